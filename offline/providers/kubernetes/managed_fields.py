"""Who owns which field of an object (`metadata.managedFields`)."""

from __future__ import annotations

import copy
from typing import Any, Final

from offline.providers.kubernetes.manifest import Manifest, field
from offline.providers.kubernetes.property_paths import Path

CREATE_MANAGER: Final = "pulumi-kubernetes"
# Managers whose fields the first server-side apply takes over: earlier ways of this provider and of kubectl.
_TAKEN_OVER: Final = frozenset(
    {
        ("kubectl", "Apply"),
        ("kubectl", "Update"),
        ("before-first-apply", "Update"),
        (CREATE_MANAGER, "Update"),
        ("pulumi-kubernetes.exe", "Update"),
        ("pulumi-resource-kubernetes", "Update"),
    }
)
_OWN_UPDATE_MANAGERS: Final = frozenset(
    {CREATE_MANAGER, "pulumi-kubernetes.exe", "pulumi-resource-kubernetes"}
)


def has_own_update_manager(live: Manifest) -> bool:
    """Whether fields still belong to the manager of the creation, which the first update moves over."""
    return any(
        entry.get("manager") in _OWN_UPDATE_MANAGERS and entry.get("operation") == "Update"
        for entry in _entries(live)
    )


def takeover_patch(live: Manifest, field_manager: str) -> list[dict[str, Any]]:
    """The JSON patch that moves the fields of earlier managers to `field_manager`; empty without any."""
    taken = [entry for entry in _entries(live) if _is_taken_over(entry)]
    if not taken:
        return []
    others = [
        entry for entry in _entries(live) if not _is_taken_over(entry) and not _is_own(entry, field_manager)
    ]
    own = [entry for entry in _entries(live) if _is_own(entry, field_manager)]
    fields: dict[str, Any] = {}
    for entry in [*taken, *own]:
        fields = _union(fields, entry.get("fieldsV1", {}))
    merged = {**taken[-1], "manager": field_manager, "operation": "Apply", "fieldsV1": fields}
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": [merged, *others]},
        {
            "op": "replace",
            "path": "/metadata/resourceVersion",
            "value": field(live, "metadata", "resourceVersion"),
        },
    ]


def owners_of(live: Manifest, path: Path) -> set[str]:
    """The managers that own the field at the path, or anything below it."""
    return {str(entry.get("manager")) for entry in _entries(live) if _owns(entry.get("fieldsV1", {}), path)}


def _owns(fields: dict[str, Any], path: Path) -> bool:
    if not path:
        return True
    step = path[0]
    if isinstance(step, int) or step == "*":
        # List items are keyed by their content; owning any of them counts.
        return any(_owns(inner, path[1:]) for key, inner in fields.items() if key != ".")
    return f"f:{step}" in fields and _owns(fields[f"f:{step}"], path[1:])


def _entries(live: Manifest) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = field(live, "metadata", "managedFields", default=[])
    return entries


def _is_taken_over(entry: dict[str, Any]) -> bool:
    return (entry.get("manager"), entry.get("operation")) in _TAKEN_OVER and not entry.get("subresource")


def _is_own(entry: dict[str, Any], field_manager: str) -> bool:
    return (
        entry.get("manager") == field_manager
        and entry.get("operation") == "Apply"
        and not entry.get("subresource")
    )


def _union(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    result = copy.deepcopy(left)
    for key, value in right.items():
        result[key] = _union(result[key], value) if key in result else copy.deepcopy(value)
    return result
