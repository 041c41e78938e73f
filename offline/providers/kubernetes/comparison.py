"""The difference between what is stored of a live object and what the program wants now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from offline.providers.kubernetes.manifest import field
from offline.providers.kubernetes.property_paths import Path
from offline.providers.property_values import UNKNOWN


class Change(Enum):
    """What happens to a field."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field."""

    path: Path
    change: Change
    value: Any
    """The wanted value; None when the field goes."""


_MISSING: Final = object()


def field_changes(live: Any, wanted: Any, recorded: Any) -> list[FieldChange]:
    """The changed fields, each at its deepest path; lists are compared by position.

    `recorded` are the inputs of the last update. A field that they already held and the live object lacks was dropped
    by the API server (an unknown field, an empty map); wanting it again is no change.
    """
    return list(_changes((), live, wanted, recorded))


def _changes(path: Path, live: Any, wanted: Any, recorded: Any) -> list[FieldChange]:
    if wanted is _MISSING:
        return [FieldChange(path, Change.DELETE, None)]
    if live is _MISSING:
        if recorded is not _MISSING and _same(recorded, wanted):
            return []
        return [FieldChange(path, Change.ADD, wanted)]
    if wanted is UNKNOWN:
        return [FieldChange(path, Change.UPDATE, wanted)]
    if isinstance(live, dict) and isinstance(wanted, dict):
        steps: list[str | int] = [*wanted, *(key for key in live if key not in wanted)]
    elif isinstance(live, list) and isinstance(wanted, list):
        steps = list(range(max(len(live), len(wanted))))
    else:
        return [] if _same(live, wanted) else [FieldChange(path, Change.UPDATE, wanted)]
    found: list[FieldChange] = []
    for step in steps:
        found += _changes((*path, step), _child(live, step), _child(wanted, step), _child(recorded, step))
    return found


def _child(value: Any, step: str | int) -> Any:
    return _MISSING if value is _MISSING else field(value, step, default=_MISSING)


def _same(left: Any, right: Any) -> bool:
    # True == 1 in Python, but not in JSON.
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def merge_patch(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The JSON merge patch (RFC 7386) that leads from the old inputs to the new ones."""
    patch: dict[str, Any] = dict.fromkeys((key for key in old if key not in new), None)
    for key, value in new.items():
        before = old.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            inner = merge_patch(before, value)
            if inner:
                patch[key] = inner
        elif key not in old or not _same(before, value):
            patch[key] = value
    return patch
