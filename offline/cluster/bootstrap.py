"""What a fresh API server is given: custom resource definitions, simulated nodes, a default StorageClass."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from offline.cluster.api import Answer, Server
from offline.cluster.errors import ClusterError
from offline.cluster.layout import Layout

MANAGER = "embedded-cluster"
"""Field manager of what this module applies."""

ZONES = ("a", "b", "c")
"""One simulated node in each: spread constraints and anti-affinity have something to decide on."""

STORAGE_CLASS = "simulated"
ESTABLISHED_SECONDS = 30.0
WORKING_SECONDS = 30.0

SIMULATED = "service-extraction/simulated"
"""Label of everything that stands for something a machine or an operator would do."""

_NAME = re.compile(rb"^metadata:\n(?:[ ]{2}.*\n)*?[ ]{2}name: (\S+)$", re.MULTILINE)


def apply_definitions(server: Server, layout: Layout, folder: Path) -> int:
    """Apply every CustomResourceDefinition in `folder` and wait until the API server serves it; returns how many.

    A cluster that holds the same ones already is not touched. Raises ClusterError if one is refused or not
    served in time.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ClusterError(
            f"{folder} holds no custom resource definitions: build them again with `make engine`."
        )
    texts = [path.read_bytes() for path in files]
    names = [_name(path, text) for path, text in zip(files, texts, strict=True)]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()
    if not (layout.applied_definitions.is_file() and layout.applied_definitions.read_text() == digest):
        base = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        paths = [f"{base}/{name}" for name in names]
        _apply(server, list(zip(paths, texts, strict=True)))
        layout.applied_definitions.write_text(digest)
    _await_served(server, names)
    return len(files)


def apply_objects(server: Server) -> None:
    """Apply the simulated nodes and the default StorageClass. Raises ClusterError if one is refused."""
    nodes = [(f"/api/v1/nodes/node-{zone}", _node(zone)) for zone in ZONES]
    storage = (f"/apis/storage.k8s.io/v1/storageclasses/{STORAGE_CLASS}", _storage_class())
    _apply(server, [(path, json.dumps(body).encode()) for path, body in (*nodes, storage)])


def await_working(server: Server) -> None:
    """Wait until the nodes are up and the controllers act. Raises ClusterError naming what does not come about."""
    for what, ready in (("the simulated nodes", _nodes_ready), ("the first ServiceAccount", _account_there)):
        deadline = time.monotonic() + WORKING_SECONDS
        while not ready(server):
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"{what} did not come up within {WORKING_SECONDS:.0f} s although every component runs: "
                    "see .cluster/logs, then `python -m offline.cluster down` and start again."
                )
            time.sleep(0.05)


def _nodes_ready(server: Server) -> bool:
    items = server.request("GET", "/api/v1/nodes").json["items"]
    return len(items) >= len(ZONES) and all(_is_ready(node) for node in items)


def _account_there(server: Server) -> bool:
    """The controller manager makes the ServiceAccount that every pod of a namespace needs."""
    return server.request("GET", "/api/v1/namespaces/default/serviceaccounts/default").status == 200


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    schedulable = not node["spec"].get("taints")
    return schedulable and any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _name(path: Path, text: bytes) -> str:
    found = _NAME.search(text)
    if not found:
        raise ClusterError(f"{path}: no metadata.name of a custom resource definition in it; build it again.")
    return found.group(1).decode()


def _apply(server: Server, objects: Sequence[tuple[str, bytes]]) -> None:
    """Server-side apply makes and mends alike; texts go as they are, for decoding megabytes of YAML is slow."""

    def one(item: tuple[str, bytes]) -> Answer:
        path, body = item
        return server.request(
            "PATCH", f"{path}?fieldManager={MANAGER}&force=true", body, content="application/apply-patch+yaml"
        )

    with ThreadPoolExecutor(max_workers=4) as pool:
        for (path, _), answer in zip(objects, pool.map(one, objects), strict=True):
            if answer.status not in (200, 201):
                raise ClusterError(f"the API server refuses {path} ({answer.status}): {answer.message}")


def _await_served(server: Server, names: Sequence[str]) -> None:
    """Wait until discovery lists every kind (which it does once it is Established) and the server describes its fields.

    kwok ends if the description of a kind it has stages for is not published yet.
    """
    groups = sorted({name.partition(".")[2] for name in names})
    deadline = time.monotonic() + ESTABLISHED_SECONDS
    while missing := set(names) - {name for group in groups for name in _served(server, group)}:
        if time.monotonic() > deadline:
            listed = ", ".join(sorted(missing))
            raise ClusterError(f"not served {ESTABLISHED_SECONDS:.0f} s after they were applied: {listed}")
        time.sleep(0.05)


def _served(server: Server, group: str) -> set[str]:
    answer = server.request("GET", f"/apis/{group}")
    if answer.status != 200:
        return set()
    described = server.request("GET", "/openapi/v3").json["paths"]
    versions = [version["groupVersion"] for version in answer.json["versions"]]
    lists = [
        server.request("GET", f"/apis/{version}") for version in versions if f"apis/{version}" in described
    ]
    return {f"{kind['name']}.{group}" for one in lists if one.status == 200 for kind in one.json["resources"]}


def _node(zone: str) -> dict[str, Any]:
    name = f"node-{zone}"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                SIMULATED: "true",
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/os": "linux",
                "kubernetes.io/hostname": name,
                "topology.kubernetes.io/region": "embedded",
                "topology.kubernetes.io/zone": f"embedded-{zone}",
            },
        },
    }


def _storage_class() -> dict[str, Any]:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STORAGE_CLASS,
            "labels": {SIMULATED: "true"},
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "service-extraction/simulated",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
        "allowVolumeExpansion": True,
    }
