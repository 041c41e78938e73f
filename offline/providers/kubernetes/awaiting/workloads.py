"""When a Deployment, StatefulSet or DaemonSet counts as rolled out."""

from __future__ import annotations

from offline.providers.kubernetes.awaiting.readiness import Readiness, lacking
from offline.providers.kubernetes.manifest import Manifest, condition, field, number_field, text_field


def _observed(workload: Manifest) -> str:
    seen = number_field(workload, "status", "observedGeneration")
    generation = number_field(workload, "metadata", "generation")
    return "" if seen >= generation else "the controller has not seen the newest specification yet"


def deployment(live: Manifest) -> Readiness:
    """Rolled out: all replicas updated and available, no old one left, the controller says so itself."""
    unseen = _observed(live)
    if unseen:
        return lacking(unseen)
    wanted = number_field(live, "spec", "replicas", default=1)
    updated = number_field(live, "status", "updatedReplicas")
    available = number_field(live, "status", "availableReplicas")
    old = number_field(live, "status", "replicas") - updated
    missing = []
    if updated < wanted:
        missing.append(f"{updated} of {wanted} replicas updated")
    if old > 0:
        missing.append(f"{old} old replicas still there")
    if available < wanted:
        missing.append(f"{available} of {wanted} replicas available")
    progressing = condition(live, "Progressing")
    if progressing.get("status") == "False":
        missing.append(f"[{progressing.get('reason')}] {progressing.get('message')}")
    elif progressing and progressing.get("reason") != "NewReplicaSetAvailable" and not missing:
        missing.append("the new ReplicaSet is not complete yet")
    failure = condition(live, "ReplicaFailure")
    if failure.get("status") == "True":
        missing.append(f"[{failure.get('reason')}] {failure.get('message')}")
    return lacking(*missing)


def stateful_set(live: Manifest) -> Readiness:
    """Rolled out: all replicas ready, and of the newest revision as far as the partition asks for it."""
    unseen = _observed(live)
    if unseen:
        return lacking(unseen)
    wanted = number_field(live, "spec", "replicas", default=1)
    ready = number_field(live, "status", "readyReplicas")
    missing = []
    if ready < wanted:
        missing.append(f"{ready} of {wanted} replicas ready")
    if text_field(live, "spec", "updateStrategy", "type") == "RollingUpdate":
        partition = number_field(live, "spec", "updateStrategy", "rollingUpdate", "partition")
        updated = number_field(live, "status", "updatedReplicas")
        if updated < wanted - partition:
            missing.append(f"{updated} of {wanted - partition} replicas updated")
        current, newest = (text_field(live, "status", name) for name in ("currentRevision", "updateRevision"))
        if not missing and partition == 0 and wanted > 0 and current != newest:
            missing.append("the newest revision is not the current one yet")
    return lacking(*missing)


def daemon_set(live: Manifest) -> Readiness:
    """Rolled out: a pod of the newest revision is available on every node that should have one."""
    unseen = _observed(live)
    if unseen:
        return lacking(unseen)
    wanted = number_field(live, "status", "desiredNumberScheduled")
    missing = []
    if field(live, "spec", "updateStrategy", "type") != "OnDelete":
        updated = number_field(live, "status", "updatedNumberScheduled")
        if updated < wanted:
            missing.append(f"{updated} of {wanted} pods updated")
    available = number_field(live, "status", "numberAvailable")
    if available < wanted:
        missing.append(f"{available} of {wanted} pods available")
    return lacking(*missing)
