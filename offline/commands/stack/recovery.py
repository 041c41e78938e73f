"""After a kill in the middle of an update: ends what still runs, and adopts the objects whose creation was cut off.

The engine notes a creation before it asks for it. Killed in between, it keeps the note without an id: a second `up`
would fail on the object ("already exists"), or make it twice. Each such object that the API server has is put into the
state with the id that the provider would have given it, and a refresh reads the rest. Nothing is deleted, every uid is
kept.
"""

from __future__ import annotations

import json
from typing import Any

from offline.commands.refusal import Refusal
from offline.commands.stack import processes
from offline.commands.stack.cluster_access import ReachedCluster
from offline.commands.stack.locks import clear_dead_locks
from offline.commands.stack.pulumi import Pulumi, latest_checkpoint


def recover(pulumi: Pulumi, cluster: ReachedCluster | None) -> bool:
    """Mend what a killed run left; returns whether there was anything, in which case the state must be refreshed."""
    ended = processes.end_survivors_of_last_run(pulumi.program)
    cleared = clear_dead_locks(pulumi)
    if ended or cleared:
        print(
            f"the last run on stack `{pulumi.program.stack}` was killed: "
            f"ended {ended} processes it left, took its lock away"
        )
    return _adopt_pending(pulumi, cluster) or cleared


def _adopt_pending(pulumi: Pulumi, cluster: ReachedCluster | None) -> bool:
    state_file = pulumi.state_file
    if state_file is None or not state_file.exists():
        return False
    if not latest_checkpoint(state_file).get("pending_operations"):
        return False
    state = pulumi.export()
    adopted, dropped = adopt(state["deployment"], cluster)
    imported = pulumi.quietly("stack", "import", text=json.dumps(state))
    if imported.returncode != 0:
        raise Refusal(
            f"stack `{pulumi.program.stack}`: the state of a killed update could not be mended.\n"
            f"    {imported.stderr.strip()}",
            fix='eval "$(make -s env)" && pulumi refresh, and answer its questions',
        )
    print(f"  cut-off operations: {len(adopted)} objects adopted, {len(dropped)} had not happened yet")
    for urn in adopted:
        print(f"    adopted {urn.rpartition('::')[2]} ({urn.split('::')[-2].rpartition('$')[2]})")
    return True


def adopt(deployment: dict[str, Any], cluster: ReachedCluster | None) -> tuple[list[str], list[str]]:
    """Replace the pending operations of a state by what came of them; returns the URNs adopted and those dropped."""
    adopted, dropped = [], []
    resources = deployment.setdefault("resources", [])
    known = {resource["urn"] for resource in resources if not resource.get("delete")}
    for operation in deployment.pop("pending_operations", None) or []:
        resource = operation["resource"]
        object_id = _id_if_it_exists(resource, cluster) if operation["type"] == "creating" else None
        if object_id is None or resource["urn"] in known:
            dropped.append(resource["urn"])
            continue
        resources.append({**resource, "id": object_id, "outputs": resource.get("inputs", {})})
        adopted.append(resource["urn"])
    return adopted, dropped


def _id_if_it_exists(resource: dict[str, Any], cluster: ReachedCluster | None) -> str | None:
    inputs = resource.get("inputs", {})
    if cluster is None or not resource["type"].startswith("kubernetes:") or not resource.get("custom"):
        return None
    metadata = inputs.get("metadata")
    kind, api_version = inputs.get("kind"), inputs.get("apiVersion")
    if not isinstance(metadata, dict) or not isinstance(kind, str) or not isinstance(api_version, str):
        return None
    name, namespace = metadata.get("name"), metadata.get("namespace")
    group, _, version = api_version.rpartition("/")
    kind_argument = f"{kind}.{version}.{group}" if group else kind
    where = ["--namespace", str(namespace)] if namespace else []
    if not isinstance(name, str) or cluster.get(kind_argument, name, *where) is None:
        return None
    return f"{namespace}/{name}" if namespace else name
