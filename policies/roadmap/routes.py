"""Public paths and whose Services answer them, from the HTTPRoutes of a stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from policies.isolation.resources import UNKNOWN, Resource, dig, items, text

if TYPE_CHECKING:
    from .stack import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One path of one route, and one Service that answers it."""

    route: Resource
    path: str | None
    """None where only the update will know."""
    pattern: bool
    """True for a regular expression."""
    service: str
    owner: str | None
    """Stated owner of the Service or of its namespace; None where nobody states one."""

    def may_answer(self, prefix: str) -> bool:
        """Whether a request below `prefix` may be one of this path's; what cannot be judged may."""
        if self.path is None:
            return True
        wanted = prefix.removesuffix("/")
        if self.pattern:
            return _may_match(self.path, wanted)
        return f"{self.path}/".startswith(f"{wanted}/")


def _may_match(pattern: str, prefix: str) -> bool:
    """Whether a regular expression, or what stands before one of its slashes, matches a prefix."""
    beginnings = accumulate(pattern.split("/"), "{}/{}".format)
    try:
        below = re.match(pattern, f"{prefix}/x") is not None
        return below or any(re.fullmatch(beginning, prefix) for beginning in beginnings)
    except re.error:
        return True


def answers(stack: Stack) -> Iterator[Answer]:
    """Every path with every backend, mirrors too."""
    for route in stack.index.of_kind("HTTPRoute"):
        for rule in items(dig(route.body, "spec", "rules")):
            backends = list(items(dig(rule, "backendRefs")))
            filters = () if rule is UNKNOWN else items(dig(rule, "filters"))
            backends += [dig(item, "requestMirror", "backendRef") for item in filters]
            for path, pattern in _paths(rule):
                for backend in backends:
                    if backend is not None:
                        name, owner = _service(stack, route, backend)
                        yield Answer(route=route, path=path, pattern=pattern, service=name, owner=owner)


def _paths(rule: Any) -> Iterator[tuple[str | None, bool]]:
    for match in items(dig(rule, "matches")) or [{}]:
        value, kind = dig(match, "path", "value"), dig(match, "path", "type")
        if value is UNKNOWN or kind is UNKNOWN:
            yield None, False
        else:
            yield text(value) or "/", text(kind) == "RegularExpression"


def _service(stack: Stack, route: Resource, backend: Any) -> tuple[str, str | None]:
    name, space = text(dig(backend, "name")), dig(backend, "namespace")
    if name is None or space is UNKNOWN:
        return "a Service that is not known yet", None
    namespace = text(space) or route.namespace or "default"
    service = stack.index.find("Service", namespace, name, route.scope)
    if service is not None:
        return name, stack.owner_of(service)
    owner = stack.owners.of_namespace(namespace, route.scope)
    return name, owner.name if owner is not None else None
