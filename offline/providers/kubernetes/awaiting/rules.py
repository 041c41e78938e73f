"""Which kinds are waited for, by which judge and for how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from offline.providers.kubernetes.awaiting import pods, services, workloads
from offline.providers.kubernetes.awaiting.readiness import Judge, by_itself
from offline.providers.kubernetes.awaiting.wait_for import wait_for_judge
from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.manifest import (
    SKIP_AWAIT,
    TIMEOUT_SECONDS,
    WAIT_FOR,
    Manifest,
    annotation,
    annotation_true,
)

_JUDGES: Final[Mapping[str, tuple[Callable[[], Judge], int]]] = {
    "apps/v1/DaemonSet": (lambda: by_itself(workloads.daemon_set), 600),
    "apps/v1/Deployment": (lambda: by_itself(workloads.deployment), 600),
    "apps/v1/StatefulSet": (lambda: by_itself(workloads.stateful_set), 600),
    "batch/v1/Job": (lambda: by_itself(pods.job), 600),
    "networking.k8s.io/v1/Ingress": (lambda: by_itself(services.ingress), 600),
    "v1/PersistentVolumeClaim": (lambda: services.claim, 300),
    "v1/Pod": (lambda: by_itself(pods.pod), 600),
    "v1/ResourceQuota": (lambda: by_itself(services.resource_quota), 60),
    "v1/Service": (services.service_judge, 600),
}
WAIT_FOR_SECONDS: Final = 600
DELETE_SECONDS: Final[Mapping[str, int]] = {"apps/v1/Deployment": 600, "apps/v1/StatefulSet": 600}
DELETE_DEFAULT_SECONDS: Final = 300
# Only these kinds honour skipAwait in a deletion, a habit of the official provider.
_SKIP_DELETION_AWAIT: Final = frozenset(
    {
        "v1/Namespace",
        "v1/Pod",
        "apps/v1/DaemonSet",
        "apps/v1/Deployment",
        "apps/v1/StatefulSet",
        "batch/v1/Job",
    }
)


def judge_of(inputs: Manifest) -> tuple[Judge, int] | None:
    """The judge of an object and the default timeout in seconds; None when it is ready as soon as it exists.

    Raises ValueError for an annotation `pulumi.com/waitFor` that is not understood.
    """
    if annotation_true(inputs, SKIP_AWAIT):
        return None
    wanted = annotation(inputs, WAIT_FOR)
    if wanted:
        return wait_for_judge(wanted), WAIT_FOR_SECONDS
    rule = _JUDGES.get(str(type_of(inputs)))
    return (rule[0](), rule[1]) if rule else None


def timeout_of(inputs: Manifest, custom_timeout: float, default: int) -> float:
    """Seconds to wait: `customTimeouts` of the resource, else `pulumi.com/timeoutSeconds`, else the default."""
    if custom_timeout > 0:
        return custom_timeout
    text = annotation(inputs, TIMEOUT_SECONDS)
    return float(text) if text.isdigit() else float(default)


def skips_deletion_await(inputs: Manifest) -> bool:
    """Whether the object's deletion is not waited for."""
    return annotation_true(inputs, SKIP_AWAIT) and str(type_of(inputs)) in _SKIP_DELETION_AWAIT
