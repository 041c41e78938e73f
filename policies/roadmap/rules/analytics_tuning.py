"""The main database is not tuned for analytics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.resources import UNKNOWN, dig, mapping, sequence, text
from roadmap.anti_patterns import VIEWS_SCHEMA, is_neutral_parameter

from ..rule import RoadmapRule, violation
from ..stack import Stack

ID = "analytics-tuning"
_RELATION = r'(?P<relation>"?[\w$%]+"?(?:\."?[\w$%]+"?)?)'
_STATEMENTS = (
    (
        "index",
        re.compile(rf"\bcreate\s+(?:unique\s+)?index\b[^;]*?\bon\s+(?:only\s+)?{_RELATION}", re.IGNORECASE),
    ),
    ("statistics", re.compile(rf"\bcreate\s+statistics\b[^;]*?\bfrom\s+{_RELATION}", re.IGNORECASE)),
    (
        "changed table",
        re.compile(
            rf"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{_RELATION}\s+(?:add|alter|set|cluster|drop)\b",
            re.IGNORECASE,
        ),
    ),
)
_SETTING = re.compile(r"\balter\s+(?:system|database\s+\S+)\s+set\s+(?P<name>[\w.]+)", re.IGNORECASE)


def check(stack: Stack, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Parameters of the main database's server, and DDL outside schema `analytics`."""
    also = tuple(known for item in sequence(config.get("neutralParameters")) if (known := text(item)))
    for store in stack.main_databases:
        assert store.resource is not None
        for place in (("postgresql", "parameters"), ("parameters",)):
            parameters = dig(store.resource.body, "spec", *place)
            if parameters is UNKNOWN:
                yield violation(ID, store.resource, f"{store.title} has parameters that are not known yet")
            for name in mapping(parameters):
                if not is_neutral_parameter(name, also):
                    yield violation(
                        ID, store.resource, f"{store.title} sets {name}, which favours a kind of query"
                    )
        libraries = dig(store.resource.body, "spec", "postgresql", "shared_preload_libraries")
        for library in sequence(libraries):
            if (known := text(library)) not in ("pg_stat_statements", "auto_explain"):
                yield violation(
                    ID, store.resource, f"{store.title} loads {known or 'a library not known yet'}"
                )
    for script in stack.scripts:
        where = f"{script.resource.title} ({script.name})"
        for what, pattern in _STATEMENTS:
            for match in pattern.finditer(script.text):
                relation = match["relation"].replace('"', "")
                if not relation.lower().startswith(f"{VIEWS_SCHEMA}.") and not script.leaves_open(relation):
                    yield violation(
                        ID, script.resource, f"{where}: {what} of {relation}, outside schema {VIEWS_SCHEMA}"
                    )
        for match in _SETTING.finditer(script.text):
            if not is_neutral_parameter(match["name"].lower(), also):
                yield violation(
                    ID, script.resource, f"{where}: sets {match['name'].lower()} for the whole server"
                )


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
