"""Reading and writing single fields of a Kubernetes object held as plain Python."""

from __future__ import annotations

from typing import Any, Final

Manifest = dict[str, Any]
"""A Kubernetes object as decoded JSON; inputs of a preview may hold `UNKNOWN`."""

AUTONAMED: Final = "pulumi.com/autonamed"
PATCH_FORCE: Final = "pulumi.com/patchForce"
PATCH_FIELD_MANAGER: Final = "pulumi.com/patchFieldManager"
SKIP_AWAIT: Final = "pulumi.com/skipAwait"
TIMEOUT_SECONDS: Final = "pulumi.com/timeoutSeconds"
WAIT_FOR: Final = "pulumi.com/waitFor"
REPLACE_UNREADY: Final = "pulumi.com/replaceUnready"
DELETION_PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"


def field(manifest: Any, *path: str | int, default: Any = None) -> Any:
    """The value at the path, or the default where the path leads nowhere."""
    for step in path:
        inside = step in manifest if isinstance(manifest, dict) else _is_position(manifest, step)
        if not inside:
            return default
        manifest = manifest[step]
    return manifest


def _is_position(items: Any, step: str | int) -> bool:
    return isinstance(items, list) and isinstance(step, int) and 0 <= step < len(items)


def text_field(manifest: Any, *path: str | int) -> str:
    """The text at the path; "" where there is none or it is not known yet."""
    value = field(manifest, *path)
    return value if isinstance(value, str) else ""


def number_field(manifest: Any, *path: str | int, default: int = 0) -> int:
    """The number at the path, or the default where there is none."""
    value = field(manifest, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def set_field(manifest: Manifest, value: Any, *path: str) -> None:
    """Sets the value, creating the maps on the way."""
    for step in path[:-1]:
        inner = manifest.get(step)
        if not isinstance(inner, dict):
            inner = manifest[step] = {}
        manifest = inner
    manifest[path[-1]] = value


def remove_field(manifest: Any, *path: str | int) -> None:
    """Removes the value at the path, if it is there."""
    parent = field(manifest, *path[:-1])
    last = path[-1]
    if isinstance(parent, dict):
        parent.pop(last, None)
    elif isinstance(parent, list) and isinstance(last, int) and 0 <= last < len(parent):
        del parent[last]


def name_of(manifest: Manifest) -> str:
    """`metadata.name`, or ""."""
    return text_field(manifest, "metadata", "name")


def namespace_of(manifest: Manifest) -> str:
    """`metadata.namespace`, or ""."""
    return text_field(manifest, "metadata", "namespace")


def annotation(manifest: Manifest, key: str) -> str:
    """The annotation's text, or ""."""
    return text_field(manifest, "metadata", "annotations", key)


def annotation_true(manifest: Manifest, key: str) -> bool:
    """Whether the annotation says "true"."""
    return annotation(manifest, key) == "true"


def resource_id(manifest: Manifest) -> str:
    """The provider's id of an object: `namespace/name`, or `name` of a cluster-scoped one."""
    namespace = namespace_of(manifest)
    return f"{namespace}/{name_of(manifest)}" if namespace else name_of(manifest)


def split_id(identifier: str) -> tuple[str, str]:
    """Namespace ("" for a cluster-scoped object) and name of an id."""
    namespace, _, name = identifier.rpartition("/")
    return namespace, name


def condition(manifest: Manifest, condition_type: str) -> dict[str, Any]:
    """The condition of that type in the status, or an empty map."""
    for item in field(manifest, "status", "conditions", default=[]):
        if isinstance(item, dict) and item.get("type") == condition_type:
            return item
    return {}
