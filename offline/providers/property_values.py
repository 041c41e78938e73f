"""Property values of the provider protocol: protobuf Structs to plain Python and back.

Plain Python here means dict, list, str, bool, int, float and None, with two additions: `Secret` wraps a value that the
engine marked as secret, `UNKNOWN` stands for a value that a preview does not know yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import NullValue, Struct, Value

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 -- a marker of the protocol
ASSET_SIGNATURES: Final = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

# The engine sends one marker for each type of the value that is not known yet.
UNKNOWN_MARKERS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
UNKNOWN_MARKER: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

Properties = dict[str, Any]
"""Property names to values, `Secret` and `UNKNOWN` included."""


class _Unknown:
    """The one value of its kind: an output that a preview cannot know."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: dict[int, Any]) -> _Unknown:
        return self

    def __copy__(self) -> _Unknown:
        return self


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that the engine encrypts in the state and hides on the screen."""

    value: Any


def decode(struct: Struct) -> Properties:
    """Properties of a Struct; nulls are left out, as the official provider leaves them out.

    Raises ValueError for an asset or archive, which no resource of these providers takes.
    """
    return {key: _decode(value) for key, value in struct.fields.items() if not _is_null(value)}


def _is_null(value: Value) -> bool:
    return value.WhichOneof("kind") in (None, "null_value")


def _decode(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text in UNKNOWN_MARKERS else text
        case "number_value":
            # A Struct knows only doubles; a port written back as 80.0 would not be the integer the API server wants.
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return _decode_object(value.struct_value)
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
    return None


def _decode_object(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE_KEY not in fields:
        return decode(struct)
    signature = fields[SIGNATURE_KEY].string_value
    if signature == SECRET_SIGNATURE:
        return Secret(_decode(fields["value"]))
    if signature == OUTPUT_SIGNATURE:
        inner = _decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if fields["secret"].bool_value else inner
    if signature in ASSET_SIGNATURES:
        raise ValueError(
            "assets and archives are not taken here: read the file in the program and pass its text"
        )
    return decode(struct)


def encode(properties: Properties) -> Struct:
    """The Struct of these properties; None values are left out."""
    struct = Struct()
    _encode_fields(struct, properties)
    return struct


def _encode_fields(struct: Struct, properties: Properties) -> None:
    fields = struct.fields
    for key, value in properties.items():
        if value is not None:
            _encode(value, fields[key])


def _encode(value: Any, into: Value) -> None:
    if isinstance(value, str):
        into.string_value = value
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, int | float):
        into.number_value = value
    elif isinstance(value, dict):
        into.struct_value.SetInParent()
        _encode_fields(into.struct_value, value)
    elif isinstance(value, list):
        into.list_value.SetInParent()
        for item in value:
            _encode(item, into.list_value.values.add())
    elif isinstance(value, Secret):
        into.struct_value.fields[SIGNATURE_KEY].string_value = SECRET_SIGNATURE
        _encode(value.value, into.struct_value.fields["value"])
    elif value is UNKNOWN:
        into.string_value = UNKNOWN_MARKER
    else:
        into.null_value = NullValue.NULL_VALUE


def without_secrets(value: Any) -> Any:
    """A copy of the value in which every `Secret` is replaced by what it wraps."""
    if isinstance(value, Secret):
        return without_secrets(value.value)
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def contains_unknown(value: Any) -> bool:
    """Whether the value is, or holds anywhere, something not known yet."""
    return _any(value, lambda item: item is UNKNOWN)


def contains_secret(value: Any) -> bool:
    """Whether the value is, or holds anywhere, a `Secret`."""
    return _any(value, lambda item: isinstance(item, Secret))


def _any(value: Any, test: Callable[[Any], bool]) -> bool:
    if test(value):
        return True
    return any(_any(item, test) for item in _children(value))


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, Secret):
        yield value.value
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def secret_texts(value: Any, *, whole: bool = True, _inside: bool = False) -> Iterator[str]:
    """Every text that stands inside a `Secret`, so that messages can hide it.

    Without `whole`, maps and lists that are secret as a whole are passed over: most of what is in them is not.
    """
    if isinstance(value, str):
        if _inside and value:
            yield value
        return
    if isinstance(value, Secret) and isinstance(value.value, dict | list) and not whole:
        return
    for item in _children(value):
        yield from secret_texts(item, whole=whole, _inside=_inside or isinstance(value, Secret))
