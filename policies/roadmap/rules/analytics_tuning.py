"""The main database is not tuned for analytics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, dig, items, mapping, text
from roadmap.anti_patterns import VIEWS_SCHEMA, is_neutral_parameter

from ..rule import RoadmapRule, texts_of, violation
from ..sql import Script

if TYPE_CHECKING:
    from ..stack import Stack

ID = "analytics-tuning"
_OBSERVERS = ("pg_stat_statements", "auto_explain")
_RELATION = r'(?P<relation>"?[\w$%]+"?(?:\."?[\w$%]+"?)?)'
_STATEMENTS = (
    (
        "index",
        re.compile(
            rf"\bcreate\s+(?:unique\s+)?index\b[^;]{{0,1000}}?\bon\s+(?:only\s+)?{_RELATION}", re.IGNORECASE
        ),
    ),
    ("statistics", re.compile(rf"\bcreate\s+statistics\b[^;]{{0,1000}}?\bfrom\s+{_RELATION}", re.IGNORECASE)),
    (
        "changed table",
        re.compile(
            rf"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{_RELATION}\s+(?:add|alter|set|cluster|drop)\b",
            re.IGNORECASE,
        ),
    ),
)
_SETTING = re.compile(r"\balter\s+(?:system|database\s+\S+)\s+set\s+\"?(?P<name>[\w.]+)", re.IGNORECASE)


def check(stack: Stack, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Parameters of the main database's server, and DDL outside schema `analytics`."""
    also = tuple(map(str.lower, texts_of(config, "neutralParameters")))
    for store in stack.main_databases:
        assert store.resource is not None
        for reason in _settings(dig(store.resource.body, "spec"), also):
            yield violation(ID, store.resource, f"{store.title} {reason}")
    for script in stack.scripts:
        where = f"{script.resource.title} ({script.name})"
        for reason in _statements(script, also):
            yield violation(ID, script.resource, f"{where}: {reason}")


def _settings(spec: Any, also: tuple[str, ...]) -> Iterator[str]:
    """What a server's declaration sets and loads."""
    for place in (("postgresql", "parameters"), ("parameters",)):
        parameters = dig(spec, *place)
        if parameters is UNKNOWN:
            yield "has parameters that are not known yet"
        for name in mapping(parameters):
            if not is_neutral_parameter(name.lower(), also):
                yield f"sets {name}, which favours a kind of query"
    for library in items(dig(spec, "postgresql", "shared_preload_libraries")):
        if (known := text(library)) not in _OBSERVERS:
            yield f"loads {known or 'a library not known yet'}"


def _statements(script: Script, also: tuple[str, ...]) -> Iterator[str]:
    """What a script makes outside schema `analytics`, and sets for everybody."""
    for what, pattern in _STATEMENTS:
        for match in pattern.finditer(script.text):
            relation = match["relation"].replace('"', "")
            if not relation.lower().startswith(f"{VIEWS_SCHEMA}.") and not script.leaves_open(relation):
                yield f"{what} of {relation}, outside schema {VIEWS_SCHEMA}"
    for match in _SETTING.finditer(script.text):
        name = match["name"].lower()
        if not is_neutral_parameter(name, also):
            yield f"sets {name} for the whole server"


RULE = RoadmapRule(
    id=ID,
    section="2. Analytics Module Extraction, Anti-Patterns",
    cause="The main database is tuned for analytics.",
    explanation="An index that a dashboard needs is written at every request of the product, and a planner setting "
    "that suits large scans slows small ones.",
    remedy="Optimize analytics' own store, or schema `analytics`; name in `neutralParameters` what is set for the "
    "product itself.",
    level=MANDATORY,
    check=check,
    config={"neutralParameters": {"type": "array", "items": {"type": "string"}}},
)
