"""The volume of a store that runs as a StatefulSet: a claim of its own, not one made from the StatefulSet's template.

A template cannot be changed, so a larger volume would replace the StatefulSet; and what a template made is nobody's
resource, so nothing would delete the claim of a store that is discarded while it has no pod.
"""

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.core.v1 import VolumeArgsDict

from roadmap.topology import Store

VOLUME = "data"
"""Name under which the pod mounts it."""


def data_claim(
    name: str,
    store: Store,
    *,
    namespace: pulumi.Input[str],
    storage_class: str | None,
    object_labels: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> k8s.core.v1.PersistentVolumeClaim:
    """Claim of `store.storage_gib` GiB, called as a template would have called it; `opts` are the StatefulSet's.

    A larger size is taken in place where the StorageClass allows expansion; any other change replaces the claim, which
    protection refuses.
    """
    return k8s.core.v1.PersistentVolumeClaim(
        f"{name}-data",
        metadata={
            "name": f"{VOLUME}-{store.name}-0",
            "namespace": namespace,
            "labels": object_labels,
            # A class that waits for the first consumer binds nothing before the pod, which is made after the claim,
            # and a parked store has no pod. The provider knows such a class only where it may read classes; the
            # server's own readiness says whether the volume came.
            "annotations": {"pulumi.com/skipAwait": "true"},
        },
        spec={
            "access_modes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": f"{store.storage_gib}Gi"}},
            **({"storage_class_name": storage_class} if storage_class else {}),
        },
        opts=opts,
    )


def data_volume(claim: k8s.core.v1.PersistentVolumeClaim) -> VolumeArgsDict:
    """The pod's view of the claim; through its name the pod waits for it, and the claim outlasts the pod."""
    return {"name": VOLUME, "persistent_volume_claim": {"claim_name": claim.metadata.name}}
