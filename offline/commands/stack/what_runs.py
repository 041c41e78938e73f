"""The table of what runs where: this stack's objects, their owners, and how ready the API server says they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from offline.commands.stack.cluster_access import ReachedCluster

OWNER_LABEL = "service-extraction/owner"
COLUMNS = ("OWNER", "NAMESPACE", "KIND", "NAME", "READY", "")
ORDER = ("Cluster", "RabbitmqCluster", "StatefulSet", "Deployment", "CronJob", "Job", "Gateway", "HTTPRoute")


def _replicas(live: Mapping[str, Any]) -> str:
    status = live.get("status", {})
    return f"{status.get('readyReplicas', 0)}/{live.get('spec', {}).get('replicas', 1)}"


def _job(live: Mapping[str, Any]) -> str:
    true = [item["type"] for item in live.get("status", {}).get("conditions", []) if item["status"] == "True"]
    return "complete" if "Complete" in true else "failed" if "Failed" in true else "running"


def _schedule(live: Mapping[str, Any]) -> str:
    spec = live.get("spec", {})
    return "suspended" if spec.get("suspend") else str(spec.get("schedule", ""))


def _instances(live: Mapping[str, Any]) -> str:
    return f"{live.get('status', {}).get('readyInstances', 0)}/{live.get('spec', {}).get('instances', 1)}"


def _condition(name: str) -> Callable[[Mapping[str, Any]], str]:
    def read(live: Mapping[str, Any]) -> str:
        conditions = live.get("status", {}).get("conditions", [])
        return (
            "yes" if any(item["type"] == name and item["status"] == "True" for item in conditions) else "no"
        )

    return read


def _accepted(live: Mapping[str, Any]) -> str:
    parents = live.get("status", {}).get("parents", [])
    accepted = [
        item for parent in parents for item in parent.get("conditions", []) if item["type"] == "Accepted"
    ]
    return "yes" if accepted and all(item["status"] == "True" for item in accepted) else "no"


READINESS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    ("apps", "Deployment"): _replicas,
    ("apps", "StatefulSet"): _replicas,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _schedule,
    ("postgresql.cnpg.io", "Cluster"): _instances,
    ("rabbitmq.com", "RabbitmqCluster"): _condition("AllReplicasReady"),
    ("gateway.networking.k8s.io", "Gateway"): _condition("Programmed"),
    ("gateway.networking.k8s.io", "HTTPRoute"): _accepted,
}
"""What is shown, and how its readiness reads; by API group and kind."""


def rows(resources: Iterable[Mapping[str, Any]], cluster: ReachedCluster) -> list[tuple[str, ...]]:
    """One row for each workload, store and route among a state's resources, as the API server has it now."""
    wanted: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for resource in resources:
        inputs, object_id = resource.get("inputs", {}), str(resource.get("id", ""))
        group = str(inputs.get("apiVersion", "")).rpartition("/")[0]
        if (group, inputs.get("kind")) in READINESS and object_id and not resource.get("delete"):
            namespace, _, name = object_id.rpartition("/")
            wanted.setdefault((group, inputs["kind"]), set()).add((namespace, name))
    if not wanted:
        return []
    kinds = ",".join(f"{kind}.{group}" for group, kind in wanted)
    live = {
        _identity(item): item for item in (cluster.get(kinds, "--all-namespaces") or {"items": []})["items"]
    }
    simulated = "simulated" if cluster.named.embedded else ""
    found = []
    for (group, kind), names in wanted.items():
        for namespace, name in names:
            item = live.get((group, kind, namespace, name))
            owner = (item or {}).get("metadata", {}).get("labels", {}).get(OWNER_LABEL, "-")
            ready = READINESS[group, kind](item) if item else "missing"
            found.append((owner, namespace, kind, name, ready, simulated if kind != "CronJob" else ""))
    return sorted(found, key=lambda row: (row[0], row[1], ORDER.index(row[2]), row[3]))


def _identity(item: Mapping[str, Any]) -> tuple[str, str, str, str]:
    metadata = item["metadata"]
    return (
        item["apiVersion"].rpartition("/")[0],
        item["kind"],
        metadata.get("namespace", ""),
        metadata["name"],
    )


def aligned(found: Sequence[tuple[str, ...]]) -> str:
    """The rows under their headings, as text."""
    lines = [COLUMNS, *found]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
