"""A state that was lost while its objects stand: creating them again would end half done ("already exists")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offline.commands.refusal import Refusal
from offline.commands.stack.cluster_access import ReachedCluster
from offline.commands.stack.pulumi import Pulumi, latest_checkpoint

OWNER_LABEL = "service-extraction/owner"
OURS = "app.kubernetes.io/managed-by=pulumi"


def refuse_lost_state(pulumi: Pulumi, cluster: ReachedCluster | None) -> None:
    """Raise Refusal if the embedded cluster holds namespaces of a stack whose state, in this clone, knows of nothing.

    Elsewhere the state may lie in a backend of its own, and the engine's own message has to do.
    """
    program = pulumi.program
    if (
        cluster is None
        or not cluster.named.embedded
        or program.namespace_prefix is None
        or _knows_objects(pulumi)
    ):
        return
    found = cluster.get("namespaces", "--selector", OURS) or {"items": []}
    standing = sorted(
        item["metadata"]["name"]
        for item in found["items"]
        if _is_of(program.namespace_prefix, item["metadata"])
    )
    if standing:
        raise Refusal(
            f"stack `{program.stack}` has no state here, but its namespaces {', '.join(standing)} stand on the "
            "embedded cluster.",
            fix="restore .state, or begin anew: `make cluster-down`, then `make up`",
        )


def _is_of(prefix: str, metadata: Mapping[str, Any]) -> bool:
    """Whether a namespace is one of the stack with this prefix: `a-b-ai` is of `a-b`, and not of `a`."""
    owner = metadata.get("labels", {}).get(OWNER_LABEL, "")
    return metadata["name"] in {f"{prefix}-{part}" for part in (owner, "edge", "broker")}


def _knows_objects(pulumi: Pulumi) -> bool:
    state_file = pulumi.state_file
    if state_file is None:
        return True
    if not state_file.exists():
        return False
    latest = latest_checkpoint(state_file)
    return bool(latest.get("resources") or latest.get("pending_operations"))
