"""ignore_changes under server-side apply: ignored fields stay as they are, whoever owns them."""

from __future__ import annotations

import copy
from typing import Any

from offline.providers.kubernetes.managed_fields import owners_of
from offline.providers.kubernetes.manifest import Manifest, field, remove_field
from offline.providers.kubernetes.property_paths import Path, read_path


def keep_ignored_fields(inputs: Manifest, live: Manifest, ignored: list[str], field_manager: str) -> Manifest:
    """A copy of the inputs to apply, in which each ignored field is left to its owner or keeps its live value.

    A field that only other managers own is left out: applying it would conflict, or make this manager a co-owner. Any
    other ignored field gets its live value: leaving it out would remove it.
    """
    result = copy.deepcopy(inputs)
    for text in ignored:
        path = read_path(text)
        if "*" in path:
            continue
        owners = owners_of(live, path)
        if owners and field_manager not in owners:
            remove_field(result, *path)
            continue
        value = field(live, *path)
        if value is not None:
            _set(result, path, copy.deepcopy(value))
    return result


def _set(manifest: Manifest, path: Path, value: object) -> None:
    parent: Any = field(manifest, *path[:-1])
    last: Any = path[-1]
    if isinstance(parent, dict) or (
        isinstance(parent, list) and isinstance(last, int) and last < len(parent)
    ):
        parent[last] = value
