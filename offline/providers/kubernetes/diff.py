"""Diff: what an update would change, and whether it has to replace the object."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.awaiting.pods import job
from offline.providers.kubernetes.checkpoint import read_outputs
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.comparison import Change, FieldChange, field_changes
from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.live_state import pruned
from offline.providers.kubernetes.manifest import (
    REPLACE_UNREADY,
    Manifest,
    annotation_true,
    field,
    name_of,
    namespace_of,
    remove_field,
    set_field,
)
from offline.providers.kubernetes.naming import is_autonamed, is_named
from offline.providers.kubernetes.normalization import normalized
from offline.providers.kubernetes.property_paths import contains, read_path, write_path
from offline.providers.kubernetes.replacement import replaces, replacing_fields
from offline.providers.property_values import decode, without_secrets

PropertyDiff = provider_pb2.PropertyDiff
_KINDS: Final = {
    (Change.ADD, False): PropertyDiff.ADD,
    (Change.ADD, True): PropertyDiff.ADD_REPLACE,
    (Change.DELETE, False): PropertyDiff.DELETE,
    (Change.DELETE, True): PropertyDiff.DELETE_REPLACE,
    (Change.UPDATE, False): PropertyDiff.UPDATE,
    (Change.UPDATE, True): PropertyDiff.UPDATE_REPLACE,
}


def diff(cluster: Cluster, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
    """Compares the new inputs with the stored live object, as far as the old inputs describe it."""
    stored = read_outputs(decode(request.olds))
    wanted = normalized(without_secrets(decode(request.news)))
    recorded = normalized(stored.inputs)
    live = pruned(stored.live, recorded)
    _align(cluster, live, wanted, recorded, stored.live)
    ignored = [read_path(path) for path in request.ignoreChanges]
    changes = [
        change
        for change in field_changes(live, wanted, recorded)
        if not any(contains(path, change.path) for path in ignored)
    ]
    fields = replacing_fields(wanted, cluster.configuration)
    detailed = {write_path(change.path): _property_diff(change, fields) for change in changes}
    replacing = [path for path, kind in detailed.items() if kind.kind in _REPLACING]
    if _is_unready_job(cluster, wanted, stored.live):
        replacing.append(write_path(("metadata", "annotations", REPLACE_UNREADY)))
    some = (
        provider_pb2.DiffResponse.DIFF_SOME if detailed or replacing else provider_pb2.DiffResponse.DIFF_NONE
    )
    return provider_pb2.DiffResponse(
        changes=some,
        replaces=replacing,
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=bool(replacing) and _keeps_name(wanted, stored.live),
    )


_REPLACING: Final = frozenset(
    {PropertyDiff.ADD_REPLACE, PropertyDiff.DELETE_REPLACE, PropertyDiff.UPDATE_REPLACE}
)


def _property_diff(change: FieldChange, fields: tuple[tuple[str, ...], ...]) -> PropertyDiff:
    replacing = replaces(change.path, change.value, fields)
    return PropertyDiff(kind=_KINDS[change.change, replacing], inputDiff=change.change is Change.DELETE)


def _align(cluster: Cluster, live: Manifest, wanted: Manifest, recorded: Manifest, stored: Manifest) -> None:
    """Makes both sides spell alike what they may leave open: namespace, type, and the name once it is chosen."""
    if cluster.is_namespaced(type_of(wanted)):
        for side in (live, wanted):
            if not field(side, "metadata", "namespace"):
                set_field(side, cluster.namespace, "metadata", "namespace")
    else:
        for side in (live, wanted, recorded):
            remove_field(side, "metadata", "namespace")
    for key in ("apiVersion", "kind"):
        if key not in live and key in wanted:
            live[key] = wanted[key]
    if is_named(wanted):
        set_field(live, name_of(stored), "metadata", "name")


def _keeps_name(wanted: Manifest, live: Manifest) -> bool:
    """Whether old and new object cannot stand side by side: same name, and not one that the provider chose."""
    return (
        not is_autonamed(wanted)
        and name_of(wanted) == name_of(live)
        and namespace_of(wanted) == namespace_of(live)
    )


def _is_unready_job(cluster: Cluster, wanted: Manifest, live: Manifest) -> bool:
    """Whether annotation `pulumi.com/replaceUnready` asks for a new Job because the present one is not complete."""
    if wanted.get("kind") != "Job" or not annotation_true(wanted, REPLACE_UNREADY) or cluster.unreachable:
        return False
    try:
        return not job(cluster.api.get(live)).ready
    except (ApiError, ApiUnreachableError, UnknownKindError):
        return False
