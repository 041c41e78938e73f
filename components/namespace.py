"""A namespace that is closed before anything is put into it: Pod Security `restricted` and default deny.

Principle 5 (Shared-nothing between services) begins here: whatever a topology does not declare as a path is
denied, in both directions, and one owner's objects stand in a namespace of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.labels import labels
from components.rendering.network import DEFAULT_DENY, pod_policies
from roadmap.topology import Namespace, NetworkPath

PURPOSE_ANNOTATION = "service-extraction/purpose"

POD_SECURITY = {
    # Enforced at a named version, so that an upgrade of the cluster refuses no pod overnight; warned about
    # at the newest, so that it is known before.
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "v1.35",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/audit-version": "latest",
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolatedNamespaceArgs:
    """A namespace of one owner, with the connections it allows."""

    namespace: Namespace
    """Name, owner and purpose."""
    paths: Sequence[NetworkPath]
    """All network paths of the topology; those with an end in this namespace become rules."""
    holds_state: bool
    """True when a store, the broker or a signing key stands in it: then it is protected like they are."""


class IsolatedNamespace(pulumi.ComponentResource):
    """A namespace whose name is handed out only once its default deny stands."""

    name: pulumi.Output[str]
    """Name of the namespace; whatever uses it is created after the default deny."""

    def __init__(
        self, name: str, args: IsolatedNamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:isolation:IsolatedNamespace", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        owner = args.namespace.owner
        namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata={
                "name": args.namespace.name,
                "labels": labels(owner=owner, name=args.namespace.name, component=args.namespace.purpose)
                | POD_SECURITY,
            },
            opts=pulumi.ResourceOptions(parent=self, protect=args.holds_state),
        )
        default_deny = k8s.networking.v1.NetworkPolicy(
            f"{name}-default-deny",
            metadata={
                "name": "default-deny",
                "namespace": namespace.metadata.name,
                "labels": labels(owner=owner, name="default-deny", component="network-policy"),
                "annotations": {PURPOSE_ANNOTATION: "whatever is not declared as a network path is denied"},
            },
            spec=DEFAULT_DENY,
            opts=child,
        )
        for policy in pod_policies(args.namespace.name, args.paths):
            k8s.networking.v1.NetworkPolicy(
                f"{name}-allow-{policy.name}",
                metadata={
                    "name": f"allow-{policy.name}",
                    "namespace": namespace.metadata.name,
                    "labels": labels(owner=owner, name=policy.name, component="network-policy"),
                    "annotations": {PURPOSE_ANNOTATION: "\n".join(policy.purposes)},
                },
                spec=policy.spec,
                opts=child,
            )
        self.name = default_deny.metadata.namespace
        self.register_outputs({"name": self.name})
