"""The resource types of the provider: their inputs, their defaults and how their value is drawn."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from offline.providers.property_values import Secret
from offline.providers.random.characters import alphabets, draw

Inputs = dict[str, Any]
HIDDEN_ID: Final = "none"
BCRYPT_BYTES: Final = 72


@dataclass(frozen=True, slots=True)
class Drawn:
    """A value that was drawn: the id and the outputs beside the inputs."""

    id: str
    outputs: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """What one type takes and gives."""

    types: Mapping[str, type]
    """Each input's type; `keepers` is taken by all."""
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[Inputs], Drawn]
    schema_version: int = 0
    """Version under which the official provider stores the type."""
    verify: Callable[[Inputs], object] = lambda _inputs: None
    """Raises ValueError for inputs that contradict each other."""


def _text(inputs: Inputs) -> str:
    return draw(inputs["length"], alphabets(inputs))


def _password(inputs: Inputs) -> Drawn:
    # Only this type needs the package, and a provider that draws no password need not load it.
    import bcrypt

    result = _text(inputs)
    digest = bcrypt.hashpw(result.encode()[:BCRYPT_BYTES], bcrypt.gensalt(rounds=10)).decode()
    return Drawn(HIDDEN_ID, {"result": Secret(result), "bcryptHash": Secret(digest)})


def _string(inputs: Inputs) -> Drawn:
    result = _text(inputs)
    return Drawn(result, {"result": result})


def _bytes(inputs: Inputs) -> Drawn:
    data = secrets.token_bytes(inputs["length"])
    outputs = {"base64": Secret(base64.b64encode(data).decode()), "hex": Secret(data.hex())}
    return Drawn(HIDDEN_ID, outputs)


def _id(inputs: Inputs) -> Drawn:
    data, prefix = secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(data).decode().rstrip("=")
    outputs = {
        "b64Std": prefix + base64.b64encode(data).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(data, "big")),
        "hex": prefix + data.hex(),
    }
    return Drawn(url, outputs)


def _uuid(_inputs: Inputs) -> Drawn:
    result = str(uuid.uuid4())
    return Drawn(result, {"result": result})


_TEXT_TYPES: Final[Mapping[str, type]] = {
    "length": int,
    "special": bool,
    "upper": bool,
    "lower": bool,
    "number": bool,
    "numeric": bool,
    "minUpper": int,
    "minLower": int,
    "minNumeric": int,
    "minSpecial": int,
    "overrideSpecial": str,
}
_TEXT_DEFAULTS: Final[Mapping[str, Any]] = {
    "special": True,
    "upper": True,
    "lower": True,
    "minUpper": 0,
    "minLower": 0,
    "minNumeric": 0,
    "minSpecial": 0,
}

TYPES: Final[Mapping[str, ResourceType]] = {
    "random:index/randomBytes:RandomBytes": ResourceType(
        types={"length": int}, required=("length",), draw=_bytes
    ),
    "random:index/randomId:RandomId": ResourceType(
        types={"byteLength": int, "prefix": str}, required=("byteLength",), draw=_id
    ),
    "random:index/randomPassword:RandomPassword": ResourceType(
        types=_TEXT_TYPES,
        required=("length",),
        defaults=_TEXT_DEFAULTS,
        draw=_password,
        schema_version=3,
        verify=alphabets,
    ),
    "random:index/randomString:RandomString": ResourceType(
        types=_TEXT_TYPES,
        required=("length",),
        defaults=_TEXT_DEFAULTS,
        draw=_string,
        schema_version=2,
        verify=alphabets,
    ),
    "random:index/randomUuid:RandomUuid": ResourceType(types={}, draw=_uuid),
}


def with_defaults(resource_type: ResourceType, inputs: Inputs) -> Inputs:
    """The inputs with the defaults of the type; `number` is the old name of `numeric`, and both are kept alike."""
    filled = {**resource_type.defaults, **inputs}
    if "numeric" in resource_type.types:
        numeric = filled.get("numeric", filled.get("number", True))
        filled["numeric"] = filled["number"] = numeric
    return filled
