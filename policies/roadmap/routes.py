"""Public paths and whose Services answer them, from the HTTPRoutes of a stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies.isolation.resources import UNKNOWN, Resource, dig, sequence, text

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
        if self.pattern:
            try:
                return (
                    re.match(self.path, f"{prefix}/x") is not None or re.match(self.path, prefix) is not None
                )
            except re.error:
                return True
        path, wanted = self.path.rstrip("/"), prefix.rstrip("/")
        return path == wanted or path.startswith(wanted + "/")


def answers(stack: Stack) -> Iterator[Answer]:
    """Every path with every backend, mirrors too."""
    for route in stack.index.of_kind("HTTPRoute"):
        rules = dig(route.body, "spec", "rules")
        for rule in [UNKNOWN] if rules is UNKNOWN else sequence(rules):
            backends = list(sequence(dig(rule, "backendRefs")))
            backends += [dig(item, "requestMirror", "backendRef") for item in sequence(dig(rule, "filters"))]
            for path, pattern in _paths(rule):
                for backend in backends if rule is not UNKNOWN else [UNKNOWN]:
                    if backend is not None:
                        name, owner = _service(stack, route, backend)
                        yield Answer(route=route, path=path, pattern=pattern, service=name, owner=owner)


def _paths(rule: Any) -> Iterator[tuple[str | None, bool]]:
    matches = dig(rule, "matches")
    if matches is UNKNOWN or rule is UNKNOWN:
        yield None, False
        return
    for match in sequence(matches) or [{}]:
        value = dig(match, "path", "value")
        if value is UNKNOWN or match is UNKNOWN:
            yield None, False
        else:
            yield text(value) or "/", text(dig(match, "path", "type")) == "RegularExpression"


def _service(stack: Stack, route: Resource, backend: Any) -> tuple[str, str | None]:
    name = text(dig(backend, "name"))
    space = dig(backend, "namespace")
    namespace = text(space) or (None if space is UNKNOWN else route.namespace) or "default"
    if name is None or space is UNKNOWN:
        return "a Service that is not known yet", None
    service = stack.index.find("Service", namespace, name, route.scope)
    if service is not None:
        return name, stack.owner_of(service)
    owner = stack.owners.of_namespace(namespace, route.scope)
    return name, owner.name if owner is not None else None
