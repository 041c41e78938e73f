"""Why an object is not ready: what its pods, its ReplicaSets and their events say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.awaiting.pods import describe
from offline.providers.kubernetes.awaiting.readiness import Lookup
from offline.providers.kubernetes.kinds import ObjectType
from offline.providers.kubernetes.manifest import Manifest, field, namespace_of, text_field

EVENT: Final = ObjectType("v1", "Event")
POD: Final = ObjectType("v1", "Pod")
REPLICA_SET: Final = ObjectType("apps/v1", "ReplicaSet")
MOST: Final = 8


def causes_of(live: Manifest, lookup: Lookup) -> list[str]:
    """Up to `MOST` sentences, each naming its object, without repetition; empty when nothing is to be found."""
    namespace = namespace_of(live)
    if not namespace:
        return []
    try:
        owned = dict(_family(live, lookup, namespace))
        found = [
            problem for item in owned.values() if item.get("kind") == "Pod" for problem in describe(item)
        ]
        found += _warnings(owned, lookup.list(EVENT, namespace))
    except (ApiError, ApiUnreachableError, UnknownKindError):
        # The causes are a courtesy: without the right to read events the wait's own result still stands.
        return []
    return list(dict.fromkeys(found))[:MOST]


def _family(live: Manifest, lookup: Lookup, namespace: str) -> Iterator[tuple[str, Manifest]]:
    """The object, its ReplicaSets and its pods by uid."""
    family = {text_field(live, "metadata", "uid"): live}
    yield from family.items()
    for object_type in (REPLICA_SET, POD):
        if live.get("kind") not in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
            return
        for item in lookup.list(object_type, namespace):
            owners = field(item, "metadata", "ownerReferences", default=[])
            if any(owner.get("uid") in family for owner in owners):
                item.setdefault("kind", object_type.kind)
                family[text_field(item, "metadata", "uid")] = item
                yield text_field(item, "metadata", "uid"), item


def _warnings(family: dict[str, Manifest], events: list[Manifest]) -> Iterator[str]:
    for event in sorted(events, key=_time, reverse=True):
        subject = event.get("involvedObject") or {}
        if event.get("type") == "Warning" and subject.get("uid") in family:
            yield f"{subject.get('kind')} {subject.get('name')}: [{event.get('reason')}] {event.get('message')}"


def _time(event: Manifest) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
