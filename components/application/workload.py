"""One Deployment of an owner with what belongs to it: settings, Service, autoscaling, disruption budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.apps.v1 import DeploymentSpecArgsDict, DeploymentStrategyArgsDict
from pulumi_kubernetes.core.v1 import EnvVarArgsDict

from components.application.pod import CHECKSUM_ANNOTATION, PodArgs, pod_spec
from components.application.queue_scaling import QueueScaling, QueueScalingArgs
from components.application.scaling import ScaledBy, cpu_autoscaler, scaled_by
from components.application.signing_key import TokenSigning
from components.connections import Connections
from components.labels import labels, selector
from components.rendering.digests import settings_digest
from roadmap.topology import Environment, Workload, WorkloadRole

IMAGE_FIELD = "spec.template.spec.containers[0].image"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSecrets:
    """Secrets that the stack supplies, and the Secret of the owner that carries them."""

    name: pulumi.Output[str]
    """Secret with one key for each setting."""
    values: Mapping[str, pulumi.Output[str]]
    """Value by name of the setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationWorkloadArgs:
    """A workload and what it is connected to."""

    owner: str
    """Owner of the workload."""
    workload: Workload
    """Command, port, scaling, connections and settings."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    image: str
    """Image of the owner."""
    released_by_pipeline: bool
    """True while the image comes from a release of the owner's pipeline: an update then leaves the field alone."""
    service_account: pulumi.Input[str]
    """The owner's ServiceAccount."""
    connections: Connections
    """Stores of the owner, and the broker."""
    secrets: ApplicationSecrets | None
    """The owner's secrets; None when no workload of the owner has any."""
    variables: Sequence[EnvVarArgsDict]
    """Further variables, left out of the checksum that rolls the pods."""
    signing: TokenSigning | None
    """Key and JWKS path, for the one workload that signs tokens."""
    environment: Environment
    """Decides how long pods may take to stop."""
    queue_autoscaler: Literal["keda"] | None
    """What scales by the depth of a queue; None: such a workload keeps its least number of pods."""
    after: Sequence[pulumi.Resource]
    """What must be there before the rollout: the migrated schema, the queues."""


class ApplicationWorkload(pulumi.ComponentResource):
    """A Deployment, its ConfigMap, and as it needs them a Service, an autoscaler and a disruption budget."""

    def __init__(
        self, name: str, args: ApplicationWorkloadArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:application:ApplicationWorkload", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        workload = args.workload
        own_labels = labels(owner=args.owner, name=workload.name, component=workload.role)
        own_selector = selector(owner=args.owner, name=workload.name)
        settings = {setting.name: setting.value for setting in workload.settings}
        config_map = k8s.core.v1.ConfigMap(
            f"{name}-settings",
            metadata={
                "name": f"{workload.name}-settings",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            data=settings,
            opts=child,
        )
        variables = [*args.connections.environment(workload.stores, workload.broker), *args.variables]
        supplied: list[pulumi.Output[str]] = []
        if args.secrets is not None:
            for setting in workload.secrets:
                variables.append(
                    {
                        "name": setting.name,
                        "value_from": {"secret_key_ref": {"name": args.secrets.name, "key": setting.name}},
                    }
                )
                supplied.append(args.secrets.values[setting.name])
        digest = pulumi.Output.all(
            pulumi.Output.all(*args.connections.passwords(workload.stores, workload.broker)),
            pulumi.Output.all(*supplied),
        ).apply(lambda found: settings_digest(settings, generated=found[0], supplied=found[1]))
        spec: DeploymentSpecArgsDict = {
            "selector": {"match_labels": own_selector},
            "strategy": _strategy(workload),
            "template": {
                "metadata": {
                    "labels": own_labels,
                    # Settings and secrets change in place; pods read them at start only.
                    "annotations": {CHECKSUM_ANNOTATION: pulumi.Output.unsecret(digest)},
                },
                "spec": pod_spec(
                    PodArgs(
                        owner=args.owner,
                        workload=workload,
                        image=args.image,
                        service_account=args.service_account,
                        settings=config_map.metadata.name,
                        variables=variables,
                        signing=args.signing,
                        environment=args.environment,
                    )
                ),
            },
        }
        scaled = scaled_by(workload.scaling, args.queue_autoscaler)
        if scaled is ScaledBy.NOBODY:
            # With an autoscaler the number of replicas is the autoscaler's field, and nobody else's.
            spec["replicas"] = workload.scaling.minimum
        deployment = k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata={
                "name": workload.name,
                "namespace": args.namespace,
                "labels": own_labels,
                # Two writers by design: the owner's pipeline sets the image of a release, and a changed
                # image in the stack's config must win over it instead of ending in a field conflict.
                "annotations": {"pulumi.com/patchForce": "true"},
            },
            spec=spec,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.after),
                ignore_changes=[IMAGE_FIELD] if args.released_by_pipeline else None,
            ),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[deployment])
        if workload.port is not None:
            # After the Deployment: a Service is awaited until it has endpoints.
            k8s.core.v1.Service(
                f"{name}-service",
                metadata={"name": workload.name, "namespace": args.namespace, "labels": own_labels},
                spec={
                    "selector": own_selector,
                    "ports": [{"name": "http", "port": workload.port, "target_port": "http"}],
                },
                opts=after,
            )
        if scaled is ScaledBy.CPU:
            cpu_autoscaler(
                name,
                workload,
                deployment=deployment.metadata.name,
                namespace=args.namespace,
                own_labels=own_labels,
                opts=child,
            )
        if scaled is ScaledBy.QUEUE:
            QueueScaling(
                f"{name}-queue-scaling",
                QueueScalingArgs(
                    owner=args.owner,
                    workload=workload,
                    namespace=args.namespace,
                    deployment=deployment.metadata.name,
                    connections=args.connections,
                ),
                child,
            )
        if workload.scaling.minimum > 1:
            k8s.policy.v1.PodDisruptionBudget(
                f"{name}-disruption-budget",
                metadata={"name": workload.name, "namespace": args.namespace, "labels": own_labels},
                spec={
                    "max_unavailable": 1,
                    "selector": {"match_labels": own_selector},
                    # A pod that is already not ready must not hold up a node's drain.
                    "unhealthy_pod_eviction_policy": "AlwaysAllow",
                },
                opts=child,
            )
        self.register_outputs({"deployment": deployment.metadata.name})


def _strategy(workload: Workload) -> DeploymentStrategyArgsDict:
    if workload.role is WorkloadRole.BEAT:
        # One scheduler at any time: two would start every task twice.
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rolling_update": {"max_unavailable": 0, "max_surge": 1}}
