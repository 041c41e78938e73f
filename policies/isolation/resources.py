"""A resource as plain data, whichever source it came from, and reads that survive unknown values.

A preview knows only part of what will be. `UNKNOWN` stands for such a value, and none of the reads below
raise on it: a rule that stumbles over an unknown value would otherwise fall silent, which is the one thing
it must not do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final


class Unknown:
    """The type of `UNKNOWN`, a value that only the update will know."""

    def __repr__(self) -> str:
        return "<unknown>"

    def __bool__(self) -> bool:
        return False

    def __deepcopy__(self, _memo: object) -> Unknown:
        return self  # there is one, and it is recognised by identity


UNKNOWN: Final = Unknown()


@dataclass(slots=True, kw_only=True)
class Resource:
    """One declared resource: a Kubernetes object, a cloud resource or a Pulumi component."""

    key: str
    """Unique within one audit: the URN, or the file and position."""
    kind: str
    """Kubernetes kind, or the last part of the Pulumi type token."""
    group: str
    """Kubernetes API group (empty for core), or the whole Pulumi type token of anything else."""
    name: str
    """Name on the server where it is known, else the Pulumi name."""
    namespace: str | None = None
    """Kubernetes namespace; None for cluster-scoped and other resources."""
    placed: bool = True
    """Whether it states its namespace; if not, it goes wherever it is applied to."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """Properties, with `UNKNOWN` in place of what the preview does not know."""
    kubernetes: bool = True
    """Whether this is a Kubernetes object."""
    scope: str = ""
    """Stack or set of manifests in which names are looked up first."""
    declared: bool = True
    """Whether the input declares it, rather than only naming it."""
    parent: str | None = None
    """Key of the parent component."""
    inputs_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each property, the keys of the resources whose outputs went into it."""
    protected: bool | None = None
    """Pulumi's protect option; None where the source knows no such thing."""
    provider: str | None = None
    """Name of the provider that makes it; None where the source knows none."""
    provider_properties: Mapping[str, Any] = field(default_factory=dict)
    """What that provider is configured with."""
    decoded: dict[str, Any] | None = None
    """A Secret's or ConfigMap's values as text, once somebody has asked for them."""
    content: str | None = None
    """A fingerprint of those values, once somebody has asked for it."""
    origin: str = ""
    """Where a person finds it: URN, or file and document number."""

    @property
    def labels(self) -> Mapping[str, Any]:
        return mapping(dig(self.body, "metadata", "labels"))

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"


def dig(value: Any, *path: str) -> Any:
    """What lies at `path`: None when absent, `UNKNOWN` when it or anything above it is unknown."""
    for step in path:
        if type(value) is not dict:
            if value is None or value is UNKNOWN:  # the common cases, before the dear question
                return value
            if not isinstance(value, Mapping):
                return None
        value = value.get(step)
    return value


_VERSION: Final = re.compile(
    r"/v\d{8}\w*:"
)  # which version of the provider's API a type is of says nothing to us
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is a mapping, else an empty one."""
    if type(value) is dict:
        return value
    return value if value is not None and isinstance(value, Mapping) else _NOTHING


def sequence(value: Any) -> Sequence[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, (list, tuple)) else ()


def items(value: Any) -> Sequence[Any]:
    """What a list holds: one `UNKNOWN` where only the update will know, nothing if it is no list."""
    return (UNKNOWN,) if value is UNKNOWN else sequence(value)


def text(value: Any) -> str | None:
    """`value` as text if it is a known scalar, else None."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else None


def strings(value: Any) -> Iterator[str]:
    """Every string inside `value`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from strings(item)


def has_unknown(value: Any) -> bool:
    """Whether anything inside `value` is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    return value is UNKNOWN or (isinstance(value, (list, tuple)) and any(has_unknown(item) for item in value))


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Known texts at a path whose `*` walks a list; a leaf that is a list of texts counts whole."""
    if not path:
        yield from strings(value if isinstance(value, (str, list, tuple)) else ())
    elif path[0] == "*":
        for item in sequence(value):
            yield from values_at(item, path[1:])
    else:
        yield from values_at(mapping(value).get(path[0]), path[1:])


def type_parts(token: str) -> tuple[bool, str, str]:
    """Split a Pulumi type token into (is Kubernetes, group, kind); a patch resource counts as what it patches."""
    package, _, rest = token.partition(":")
    if package == "azure-native":
        token = _VERSION.sub(":", token)
    module, _, kind = rest.rpartition(":")
    kind = kind or rest
    if package == "kubernetes" and "/" in module and not module.startswith(("helm.sh/", "yaml", "kustomize")):
        group = module.partition("/")[0]
        if kind.endswith("Patch") and kind != "Patch":
            kind = kind.removesuffix("Patch")
        return True, "" if group == "core" else group, kind
    return False, token, kind
