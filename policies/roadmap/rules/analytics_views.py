"""The materialized views are owned and read by analytics alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, dig, items, text
from roadmap.anti_patterns import VIEWS_OWNERS, VIEWS_SCHEMA

from ..rule import RoadmapRule, violation
from ..sql import Script, unknown_scripts

if TYPE_CHECKING:
    from ..stack import Stack

ID = "analytics-views"
_NAME = r'"?[\w$%]+"?'
_ROLES = rf"(?:group\s+)?(?P<roles>{_NAME}(?:\s*,\s*{_NAME})*)"
_QUALIFIED = rf"{_NAME}(?:\.{_NAME})?"
_SCHEMAS = (
    rf"(?:all\s+\w+\s+in\s+)?schema\s+(?:{_NAME}\s*,\s*){{0,200}}?\"?{VIEWS_SCHEMA}\"?(?:\s*,\s*{_NAME})*"
)
_RELATIONS = (
    rf"(?:table\s+)?(?:{_QUALIFIED}\s*,\s*){{0,200}}?\"?{VIEWS_SCHEMA}\"?\.{_NAME}(?:\s*,\s*{_QUALIFIED})*"
)
_GRANT = re.compile(
    rf"\bgrant\s+[\w\s,()\"]{{1,1000}}?\s+on\s+(?:{_SCHEMAS}|{_RELATIONS})\s+to\s+{_ROLES}",
    re.IGNORECASE,
)
# Up to the next statement of its kind, so that a long text of beginnings is not read again and again.
_ON = r"(?:(?!\balter\b)[^;])*"
_DEFAULTS = re.compile(
    rf"\balter\s+default\s+privileges\b{_ON}\bin\s+schema\s+(?:{_NAME}\s*,\s*){{0,200}}?\"?{VIEWS_SCHEMA}\b{_ON}"
    rf"\bgrant\b{_ON}\bto\s+{_ROLES}",
    re.IGNORECASE,
)
_OWNER = re.compile(
    rf"(?:\balter\s+(?:(?:materialized\s+view|view|table)\s+(?:if\s+exists\s+)?\"?{VIEWS_SCHEMA}\"?\.{_NAME}"
    rf"|schema\s+\"?{VIEWS_SCHEMA}\"?)\s+owner\s+to"
    rf"|\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?\"?{VIEWS_SCHEMA}\"?\s+authorization)\s+{_ROLES}",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    rf"\bgrant\s+(?:{_NAME}\s*,\s*){{0,200}}?\"?analytics(?:_\w+)?\"?(?:\s*,\s*{_NAME})*\s+to\s+{_ROLES}",
    re.IGNORECASE,
)
_VIEW = re.compile(
    rf"\bcreate\s+materialized\s+view\s+(?:if\s+not\s+exists\s+)?(?P<view>{_NAME}(?:\.{_NAME})?)",
    re.IGNORECASE,
)


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Grants, owners and memberships in every SQL text that the monolith's database is given, and in its roles."""
    for script in stack.scripts:
        where = f"{script.resource.title} ({script.name})"
        for reason in (*_rows(script), *_statements(script)):
            yield violation(ID, script.resource, f"{where}: {reason}")
    for resource in unknown_scripts(stack):
        yield violation(
            ID, resource, f"{resource.title} holds SQL for the main database that is not known yet"
        )
    for store in stack.main_databases:
        assert store.resource is not None
        for role in items(dig(store.resource.body, "spec", "managed", "roles")):
            name = text(dig(role, "name")) or "a role that is not known yet"
            if name in VIEWS_OWNERS or text(dig(role, "ensure")) == "absent":
                continue
            within = items(dig(role, "inRoles"))
            of = [item for item in map(text, within) if item in VIEWS_OWNERS]
            if of:
                yield violation(ID, store.resource, f"{store.title}: {name} is a member of {', '.join(of)}")
            elif UNKNOWN in within:
                yield violation(
                    ID, store.resource, f"{store.title}: {name} may be a member of a role of analytics"
                )


def _rows(script: Script) -> Iterator[str]:
    """What the rows say from which this project's own scripts make their statements."""
    for table in ("wanted_schema", "wanted_view"):
        for row in script.rows(table):
            if len(row) < 3:
                yield f"a row of {table} is not written out"
    for schema, owner, reader in _beginnings(script, "wanted_schema"):
        if schema != VIEWS_SCHEMA or owner not in VIEWS_OWNERS or reader not in VIEWS_OWNERS:
            yield f"schema {schema} is for views of {owner}, read by {reader}, and not of analytics alone"
    for schema, view, reader in _beginnings(script, "wanted_view"):
        if schema != VIEWS_SCHEMA:
            yield f"view {schema}.{view} lies outside schema {VIEWS_SCHEMA}"
        if reader not in VIEWS_OWNERS:
            yield f"view {schema}.{view} is read by {reader}"


def _beginnings(script: Script, table: str) -> list[tuple[object, ...]]:
    return [row[:3] for row in script.rows(table) if len(row) >= 3]


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
