"""What an update does to each resource of a graph, decided by the diff of the providers that will do it live."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from pulumi.runtime.proto import provider_pb2

from offline.providers.engine_log import EngineLog
from offline.providers.kubernetes.check import check
from offline.providers.kubernetes.checkpoint import outputs_of
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.configuration import Configuration
from offline.providers.kubernetes.diff import diff
from offline.providers.property_values import decode, encode
from offline.providers.random.resources import TYPES, with_defaults
from offline.providers.random.servicer import RandomProvider
from tests.components.blast_radius.graph import Graph, Node, read


class Touch(StrEnum):
    """What happens to a resource."""

    CREATED = "created"
    UPDATED = "updated"
    REPLACED = "replaced"
    DELETED = "deleted"


def touched(before: Graph, after: Graph) -> dict[str, Touch]:
    """What is not left as it was, by URN: resources are the same if their URN is, as they are for the engine."""
    mutable = _mutable(before)
    assert mutable == _mutable(after), "the provider itself changes"
    found: dict[str, Touch] = {}
    for urn, node in after.items():
        former = before.get(urn)
        if not node.is_managed or node is former:
            continue
        if former is None:
            found[urn] = Touch.CREATED
        elif former.text != node.text and (touch := _diff(former, node, mutable)) is not None:
            found[urn] = touch
    return found | {
        urn: Touch.DELETED for urn, node in before.items() if node.is_managed and urn not in after
    }


def _mutable(graph: Graph) -> tuple[bool, bool]:
    """Whether ConfigMaps and Secrets are updated in place, as the program configures its provider."""
    (provider,) = (node for node in graph.values() if node.token == "pulumi:providers:kubernetes")
    return tuple(  # type: ignore[return-value]
        str(provider.inputs.get(key)).lower() == "true"
        for key in ("enableConfigMapMutable", "enableSecretMutable")
    )


def _diff(before: Node, after: Node, mutable: tuple[bool, bool]) -> Touch | None:
    answer = _answer(before.urn, before.text, after.text, after.ignore_changes, mutable)
    if answer.changes != provider_pb2.DiffResponse.DIFF_SOME:
        return None
    return Touch.REPLACED if answer.replaces else Touch.UPDATED


@cache
def _answer(
    urn: str, before: str, after: str, ignore_changes: tuple[str, ...], mutable: tuple[bool, bool]
) -> provider_pb2.DiffResponse:
    ask = _random if _token(urn).startswith("random:") else _kubernetes
    return ask(urn, before, after, ignore_changes, mutable)


def _token(urn: str) -> str:
    return urn.split("::")[2].rsplit("$", maxsplit=1)[-1]


@cache
def _cluster(mutable: tuple[bool, bool]) -> Cluster:
    """The provider without an API server: it then compares inputs, and takes a custom resource for namespaced."""
    configuration = Configuration(
        kubeconfig="{}", config_map_mutable=mutable[0], secret_mutable=mutable[1], namespace="default"
    )
    cluster = Cluster(configuration, {}, EngineLog(""))
    assert cluster.unreachable
    return cluster


def _kubernetes(
    urn: str, before: str, after: str, ignore_changes: tuple[str, ...], mutable: tuple[bool, bool]
) -> provider_pb2.DiffResponse:
    cluster = _cluster(mutable)
    old, new = (
        check(cluster, provider_pb2.CheckRequest(urn=urn, news=encode(dict(read(text))))).inputs
        for text in (before, after)
    )
    inputs = decode(old)
    state = outputs_of(inputs, inputs, inputs, initial_api_version="", field_manager="test")
    request = provider_pb2.DiffRequest(urn=urn, olds=encode(state), news=new, ignoreChanges=ignore_changes)
    return diff(cluster, request)


def _random(
    urn: str, before: str, after: str, ignore_changes: tuple[str, ...], _mutable: tuple[bool, bool]
) -> provider_pb2.DiffResponse:
    assert not ignore_changes, f"{urn}: a value that is drawn once has nothing to ignore"
    old = with_defaults(TYPES[_token(urn)], dict(read(before)))
    request = provider_pb2.DiffRequest(urn=urn, olds=encode(old), news=encode(dict(read(after))))
    answer: provider_pb2.DiffResponse = RandomProvider().Diff(request, None)
    return answer


def changed_fields(before: Graph, after: Graph, urn: str) -> tuple[str, ...]:
    """Paths that an update of this resource changes; none where it is created or deleted."""
    former, node = before.get(urn), after.get(urn)
    if former is None or node is None:
        return ()
    answer = _answer(urn, former.text, node.text, node.ignore_changes, _mutable(before))
    return tuple(sorted(answer.detailedDiff))


def sums(found: Mapping[str, Touch]) -> dict[str, int]:
    """How many resources are touched, by what happens to them."""
    return {touch.value: sum(value is touch for value in found.values()) for touch in Touch}
