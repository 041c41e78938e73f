"""The materialized views are owned and read by analytics alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import dig, sequence, text
from roadmap.anti_patterns import VIEWS_OWNERS, VIEWS_SCHEMA

from ..rule import RoadmapRule, violation
from ..sql import Script, unknown_scripts
from ..stack import Stack

ID = "analytics-views"
_NAME = r'"?[\w$%]+"?'
_ROLES = rf"(?P<roles>{_NAME}(?:\s*,\s*{_NAME})*)"
_GRANT = re.compile(
    rf"\bgrant\s+[\w\s,]+?\s+on\s+(?:(?:all\s+\w+\s+in\s+)?schema\s+\"?{VIEWS_SCHEMA}\"?|(?:table\s+)?\"?{VIEWS_SCHEMA}\"?"
    rf"\.{_NAME})\s+to\s+{_ROLES}",
    re.IGNORECASE,
)
_DEFAULTS = re.compile(
    rf"\balter\s+default\s+privileges\b[^;]*\bin\s+schema\s+\"?{VIEWS_SCHEMA}\"?[^;]*\bgrant\b[^;]*\bto\s+{_ROLES}",
    re.IGNORECASE,
)
_OWNER = re.compile(
    rf"\balter\s+(?:materialized\s+view|view|table)\s+(?:if\s+exists\s+)?\"?{VIEWS_SCHEMA}\"?\.{_NAME}\s+owner\s+to\s+"
    rf"{_ROLES}",
    re.IGNORECASE,
)
_MEMBER = re.compile(rf"\bgrant\s+\"?analytics_\w+\"?\s+to\s+{_ROLES}", re.IGNORECASE)
_VIEW = re.compile(
    rf"\bcreate\s+materialized\s+view\s+(?:if\s+not\s+exists\s+)?(?P<view>{_NAME}(?:\.{_NAME})?)",
    re.IGNORECASE,
)


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Grants, owners and memberships in every SQL text that the monolith's database is given, and in its roles."""
    for script in stack.scripts:
        where = f"{script.resource.title} ({script.name})"
        for reason in dict.fromkeys((*_rows(script), *_statements(script))):
            yield violation(ID, script.resource, f"{where}: {reason}")
    for resource in unknown_scripts(stack):
        yield violation(
            ID, resource, f"{resource.title} holds SQL for the main database that is not known yet"
        )
    for store in stack.main_databases:
        assert store.resource is not None
        for role in sequence(dig(store.resource.body, "spec", "managed", "roles")):
            name = text(dig(role, "name")) or "a role that is not known yet"
            of = [item for item in map(text, sequence(dig(role, "inRoles"))) if item in VIEWS_OWNERS]
            if of and name not in VIEWS_OWNERS:
                yield violation(ID, store.resource, f"{store.title}: {name} is a member of {', '.join(of)}")


def _rows(script: Script) -> Iterator[str]:
    """What the rows say from which this project's own scripts make their statements."""
    for row in script.rows("wanted_schema"):
        schema, owner, reader = (*row, None, None, None)[:3]
        if schema != VIEWS_SCHEMA or owner not in VIEWS_OWNERS or reader not in VIEWS_OWNERS:
            yield f"schema {schema} is for views of {owner}, read by {reader}, and not of analytics alone"
    for row in script.rows("wanted_view"):
        schema, view, reader = (*row, None, None, None)[:3]
        if schema != VIEWS_SCHEMA:
            yield f"view {schema}.{view} lies outside schema {VIEWS_SCHEMA}"
        if reader not in VIEWS_OWNERS:
            yield f"view {schema}.{view} is read by {reader}"


def _statements(script: Script) -> Iterator[str]:
    for pattern, what in (
        (_GRANT, "may use what is in schema analytics"),
        (_DEFAULTS, "may use what will be in schema analytics"),
        (_OWNER, "owns a view of analytics"),
        (_MEMBER, "is a member of a role of analytics"),
    ):
        for match in pattern.finditer(script.text):
            for role in re.split(r"\s*,\s*", match["roles"]):
                name = role.strip('"').lower()
                if name not in VIEWS_OWNERS:
                    yield f"{name} {what}"
    for match in _VIEW.finditer(script.text):
        view = match["view"].replace('"', "")
        if not view.lower().startswith(f"{VIEWS_SCHEMA}.") and not script.leaves_open(view):
            yield f"view {view} lies outside schema {VIEWS_SCHEMA}"


RULE = RoadmapRule(
    id=ID,
    section="2. Analytics Module Extraction, Anti-Patterns",
    cause="Somebody else than analytics owns or reads its materialized views.",
    explanation="A view that the application reads can no longer be changed for a dashboard, and goes with analytics "
    "when analytics goes. Then the application breaks.",
    remedy="Keep the views in schema `analytics`, owned by `analytics_refresh` and granted to `analytics_reader` only.",
    level=MANDATORY,
    check=check,
)
