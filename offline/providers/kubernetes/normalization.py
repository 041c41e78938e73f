"""One form for inputs that mean the same, so that the API server's own rewriting never shows as a change."""

from __future__ import annotations

import base64
import binascii
import copy
from typing import Any, Final

from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.manifest import Manifest, remove_field
from offline.providers.kubernetes.quantities import canonicalize
from offline.providers.property_values import contains_unknown

# Fields of `metadata` that only the API server writes.
_READ_ONLY: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
# Maps of text that the API server drops when they are empty; other empty maps mean something (`emptyDir: {}`).
_DROPPED_WHEN_EMPTY: Final = frozenset(
    {"annotations", "labels", "data", "binaryData", "stringData", "nodeSelector", "matchLabels", "parameters"}
)


def normalized(manifest: Manifest) -> Manifest:
    """A copy of the inputs as the API server will write them back.

    Built-in kinds without unknown values: quantities canonical, empty lists and empty label-like maps gone, a Secret's
    `stringData` turned into `data`. All kinds: the read-only fields of `metadata` gone.
    """
    result = copy.deepcopy(manifest)
    object_type = type_of(result)
    if object_type.kind and not object_type.is_custom and not contains_unknown(result):
        if str(result.get("apiVersion", "")) == "v1" and object_type.kind == "Secret":
            _encode_string_data(result)
        canonicalize(result)
        _drop_empty(result)
    for name in _READ_ONLY:
        remove_field(result, "metadata", name)
    return result


def _drop_empty(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _drop_empty(item)
    elif isinstance(value, dict):
        for key in list(value):
            item = value[key]
            if item == [] or (item == {} and key in _DROPPED_WHEN_EMPTY):
                del value[key]
            else:
                _drop_empty(item)


def _encode_string_data(secret: Manifest) -> None:
    string_data = secret.get("stringData")
    if isinstance(string_data, dict) and string_data:
        data = secret.setdefault("data", {})
        for key, text in string_data.items():
            data[key] = base64.b64encode(str(text).encode()).decode()
        del secret["stringData"]
        return
    for key, text in (secret.get("data") or {}).items():
        # The server decodes and encodes again, which drops line breaks; what is no base64 it refuses itself.
        try:
            data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
        except (binascii.Error, ValueError, AttributeError):
            continue
        secret["data"][key] = base64.b64encode(data).decode()
