"""What stands on the cluster as plain manifests: namespaces, pods, and the policies that are rendered or registered."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components.rendering.network import DEFAULT_DENY, NAMESPACE_NAME, pod_policies
from roadmap.topology import Topology
from tests.components.isolation.population import Pod
from tests.components.program import Program

Manifest = Mapping[str, Any]
NODE = "192.0.2.1"
"""A node no path names: a node may always reach the pods that run on it."""


def rendered_policies(topology: Topology) -> list[Manifest]:
    """Default deny of each namespace, and its policies as the renderer gives them to the component."""
    return [
        policy(namespace.name, name, _as_written(spec))
        for namespace in topology.namespaces
        for name, spec in (
            ("default-deny", DEFAULT_DENY),
            *(
                (f"allow-{found.name}", found.spec)
                for found in pod_policies(namespace.name, topology.network)
            ),
        )
    ]


def registered_policies(program: Program) -> list[Manifest]:
    """The policies that components registered, as they went over the wire."""
    return [
        policy(str(found.namespace), found.object_name, found.spec) for found in program.of("NetworkPolicy")
    ]


def policy(namespace: str, name: str, spec: Any) -> Manifest:
    """One NetworkPolicy."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": namespace, "name": name},
        "spec": spec,
    }


def surroundings(pods: Iterable[Pod]) -> Iterator[Manifest]:
    """The pods, running, and their namespaces with the label that the API server puts on each."""
    pods = list(pods)
    for name in sorted({pod.namespace for pod in pods}):
        metadata = {"name": name, "labels": {NAMESPACE_NAME: name}}
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    for number, pod in enumerate(pods):
        yield {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"namespace": pod.namespace, "name": pod.name, "labels": dict(pod.labels)},
            "spec": {"containers": [{"name": "main", "image": "main"}]},
            "status": {"hostIP": NODE, "podIPs": [{"ip": f"10.0.{number // 250}.{number % 250 + 1}"}]},
        }


def _as_written(value: Any) -> Any:
    """The SDK's spelling of a spec as the API server's: `pod_selector` as `podSelector`, `from_` as `from`."""
    if isinstance(value, list):
        return [_as_written(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        re.sub(r"_(\w)", lambda found: found[1].upper(), key.rstrip("_")):
        # Labels are the topology's words, not the SDK's.
        dict(item) if key == "match_labels" else _as_written(item)
        for key, item in value.items()
    }  # fmt: skip
