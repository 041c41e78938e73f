"""One value that a container is given, and what Kubernetes fills into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .carriers import Carrier

_KUBERNETES = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_PROGRAM = re.compile(
    r"\$\{([A-Za-z_][A-Za-z0-9_.-]*)(?::[-=]?([^{}]*))?\}|(?<!\$)\$([A-Z_][A-Z0-9_]*)(?![A-Za-z0-9_(])"
)

# What Kubernetes itself tells every pod of each Service: its address under these names.
_SERVICE_VARIABLE = re.compile(r"^(.+?)_(?:SERVICE_HOST|PORT(?:_\d+_(?:TCP|UDP))?_ADDR)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One value that a container is given under a name."""

    name: str
    value: Any
    """Text, `UNKNOWN`, or None where the carrier is not in the input."""
    carrier: Carrier | None = None
    carrier_key: str | None = None
    steps: tuple[str, ...] = ()
    free_text: bool = False
    """Whether this is a command or a file to be searched for addresses, not one value."""
    waiting: bool = False
    """Whether its container does nothing but wait for what it names."""
    lists: tuple[str, ...] = ()
    """What names the list that it came with, needed or not: its carrier, and the content of a carrier or a file."""


def in_order(given: Iterable[Variable]) -> list[Variable]:
    """The variables that a container sees of those it is given, in the order that Kubernetes reads them.

    A later one replaces an earlier one of its name, and `$(NAME)` means one that stands before it. What is not in the
    input replaces nothing: it may be optional.
    """
    known: dict[str, Variable] = {}
    others: list[Variable] = []
    for variable in given:
        if not variable.name or (variable.value is None and variable.name in known):
            others.append(variable)
            continue
        seen = _expanded(variable, known, _KUBERNETES)
        known.pop(variable.name, None)
        known[variable.name] = seen
    return [*(_expanded(variable, known, _PROGRAM) for variable in known.values()), *others]


def filled(value: str, known: Mapping[str, Variable]) -> str:
    """A command or file with the container's variables filled in, by Kubernetes and then by a shell or a framework."""
    return fill(fill(value, known, _KUBERNETES), known, _PROGRAM)


def fill(
    value: str, known: Mapping[str, Variable], pattern: re.Pattern[str] = _PROGRAM, depth: int = 0
) -> str:
    """A text with the variables filled in; what is not known stays as it is written, or has its default."""

    def replacement(match: re.Match[str]) -> str:
        name = next((group for group in (match[1], match[match.re.groups]) if group), None)
        if name is None:
            return "$"  # `$$(NAME)` is the text `$(NAME)`
        found = known.get(name)
        service = _SERVICE_VARIABLE.match(name) if found is None else None
        if service is not None:
            return service[1].lower().replace("_", "-")
        if found is None or not isinstance(found.value, str):
            default = match[2] if found is None and match.re.groups > 1 else None
            return default or match[0]
        again = pattern is _PROGRAM and depth < 4
        return fill(found.value, known, pattern, depth + 1) if again else found.value

    return pattern.sub(replacement, value) if "$" in value else value


def carriers_in(
    value: str,
    known: Mapping[str, Variable],
    patterns: tuple[re.Pattern[str], ...] = (_KUBERNETES, _PROGRAM),
) -> list[Variable]:
    """The variables filled into a text that came through a Secret or ConfigMap."""
    names = [
        next((group for group in groups if group), "")
        for pattern in patterns
        for match in pattern.finditer(value)
        for groups in [(match[1], match[match.re.groups])]
    ]
    return [known[name] for name in names if name in known and known[name].carrier is not None]


def _expanded(variable: Variable, known: Mapping[str, Variable], pattern: re.Pattern[str]) -> Variable:
    """A value with what `pattern` finds filled in; into what a carrier holds a program may fill, and Kubernetes not."""
    value = variable.value
    carried = variable.carrier_key is not None
    if not isinstance(value, str) or "$" not in value or (carried and pattern is _KUBERNETES):
        return variable
    through = None if carried else next(iter(carriers_in(value, known, (pattern,))), None)
    return replace(
        variable,
        value=fill(value, known, pattern),
        carrier=through.carrier if through else variable.carrier,
        carrier_key=through.carrier_key if through else variable.carrier_key,
        steps=through.steps if through else variable.steps,
    )
