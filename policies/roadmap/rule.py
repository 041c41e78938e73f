"""A rule of this roadmap, and the violations it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.isolation.findings import MANDATORY, Finding, Rule
from policies.isolation.resources import Resource, sequence, text


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapRule(Rule):
    """A rule with the place of ROADMAP.md that it comes from."""

    section: str
    """Heading, and the part of it where there is one: `1. AI Module Extraction, Anti-Patterns`."""


def violation(
    rule: str, resource: Resource | None, message: str, *, owners: Iterable[str] = (), level: str = MANDATORY
) -> Finding:
    """A finding that blames one resource; without one, the stack as a whole."""
    name = resource.name if resource is not None else ""
    return Finding(
        rule=rule,
        level=level,
        store_kind=resource.kind if resource is not None else "",
        store_name=name,
        store_namespace=resource.namespace if resource is not None else None,
        logical=None,
        users=(name,) if name else (),
        owners=tuple(owners),
        paths=(),
        message=message,
        resource=resource.key if resource is not None else "",
        origin=resource.origin if resource is not None else "",
    )


def texts_of(config: Mapping[str, Any], name: str, default: Sequence[str] = ()) -> tuple[str, ...]:
    """What a list of a rule's configuration holds: `default` where there is none, nothing for an empty one."""
    given = config.get(name)
    return tuple(known for item in sequence(default if given is None else given) if (known := text(item)))
