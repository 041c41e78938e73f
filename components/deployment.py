"""From a topology to everything it is made of, through one provider, under one root."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.extraction_roadmap import ExtractionRoadmap
from components.support import refuse_unbuildable
from roadmap.registered_move import RegisteredMove
from roadmap.topology import Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAccess:
    """The one cluster that a stack names."""

    kubeconfig: str
    """Path or content of the kubeconfig."""
    context: str
    """Context in it; the provider replaces its resources only if this changes."""


def deploy(
    topology: Topology,
    *,
    cluster: ClusterAccess,
    application_secrets: Mapping[str, pulumi.Output[str]],
    move: RegisteredMove,
    released_images: Mapping[str, str],
) -> ExtractionRoadmap:
    """Register everything a topology is made of.

    `application_secrets` holds the secret settings that the stack's config supplies, by name;
    `released_images` the image of each owner whose pipeline released one after the stack's configured one.
    Raises `pulumi.RunError` before the first resource when the topology needs what no component here
    builds.
    """
    refuse_unbuildable(topology, supplied_secrets=application_secrets.keys())
    provider = k8s.Provider(
        "cluster",
        kubeconfig=cluster.kubeconfig,
        context=cluster.context,
        # Another path or certificate to the same cluster must not replace what is in it.
        cluster_identifier=cluster.context,
        # A changed setting is an update of its carrier, not another carrier; a checksum on the pods rolls
        # them.
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
    )
    root = ExtractionRoadmap(
        "roadmap",
        topology=topology,
        application_secrets=application_secrets,
        move=move,
        released_images=released_images,
        opts=pulumi.ResourceOptions(providers=[provider]),
    )
    root.settled = CompletedUpdate("completed-update", root).settled
    return root


class CompletedUpdate(pulumi.ComponentResource):
    """Registered after every other resource: what waits for it goes by the last *completed* update."""

    settled: pulumi.Output[bool]
    """True once everything under the root exists; fails when one resource fails."""

    def __init__(self, name: str, root: ExtractionRoadmap) -> None:
        # Beside the root and not under it, for it depends on all that is under it.
        super().__init__(
            "extraction:roadmap:CompletedUpdate", name, None, pulumi.ResourceOptions(depends_on=[root])
        )
        self.settled = self.urn.apply(lambda _: True)
        self.register_outputs({})
