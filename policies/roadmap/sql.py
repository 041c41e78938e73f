"""SQL that a stack hands to the monolith's database: in ConfigMaps and Secrets, in arguments, in the server's own spec.

It is read for what it says outright, and for the rows from which this project's own scripts make their statements
(`INSERT INTO wanted_view VALUES …`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.isolation.graph.carriers import Carrier, data_of
from policies.isolation.resources import UNKNOWN, Resource, dig, sequence, strings, text
from roadmap.vocabulary import MONOLITH

if TYPE_CHECKING:
    from .stack import Stack

_SQL = re.compile(
    r"\b(create|alter|grant|revoke|drop|insert\s+into|refresh|comment|truncate|copy|call)\s+\w", re.IGNORECASE
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_ROWS = re.compile(r"insert\s+into\s+(?:pg_temp\.)?(\w+)\s+values\s*(\(.*?\))\s*;", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One text of SQL, without comments."""

    resource: Resource
    """What carries it."""
    name: str
    text: str

    def leaves_open(self, relation: str) -> bool:
        """Whether a name is put in only when the script runs, from rows of views that the rules judge."""
        return relation.startswith("%") and bool(self.rows("wanted_view"))

    def rows(self, table: str) -> list[tuple[object, ...]]:
        """Rows that an `INSERT … VALUES` of constants puts into a table."""
        found: list[tuple[object, ...]] = []
        for name, values in _ROWS.findall(self.text):
            if name.lower() == table:
                found += _constants(values)
        return found


def scripts(stack: Stack) -> Iterator[Script]:
    """Every SQL text of the monolith, and of whoever else uses the monolith's database."""
    users = {use.workload.key for store in stack.main_databases for use in stack.uses_of.get(store.key, ())}
    carriers = {
        reading.carrier.resource.key
        for reading in stack.readings
        if reading.carrier.resource is not None and reading.workload.key in users
    }
    for resource in stack.index.of_kind("ConfigMap", "Secret"):
        if resource.key in carriers or stack.owner_of(resource) == MONOLITH:
            carrier = Carrier(kind=resource.kind, namespace="", name=resource.name, resource=resource)
            for name, value in data_of(carrier):
                if isinstance(value, str) and (name.endswith(".sql") or _SQL.search(value)):
                    yield Script(resource=resource, name=name, text=_COMMENT.sub("", value))
    for key, workload in stack.index.workloads.items():
        if key in users or stack.owner_of(workload.resource) == MONOLITH:
            for container in workload.containers():
                for argument in (*sequence(dig(container, "command")), *sequence(dig(container, "args"))):
                    known = text(argument)
                    if known and _SQL.search(known):
                        yield Script(
                            resource=workload.resource, name="arguments", text=_COMMENT.sub("", known)
                        )
    for store in stack.main_databases:
        if store.resource is not None:
            for known in strings(dig(store.resource.body, "spec", "bootstrap")):
                if _SQL.search(known):
                    yield Script(resource=store.resource, name="bootstrap", text=_COMMENT.sub("", known))


def unknown_scripts(stack: Stack) -> list[Resource]:
    """Carriers of SQL whose text only the update will know."""
    found = []
    for resource in stack.index.of_kind("ConfigMap", "Secret"):
        if stack.owner_of(resource) == MONOLITH:
            carrier = Carrier(kind=resource.kind, namespace="", name=resource.name, resource=resource)
            if any(name.endswith(".sql") and value is UNKNOWN for name, value in data_of(carrier)):
                found.append(resource)
    return found


def _constants(values: str) -> list[tuple[object, ...]]:
    """Rows of constants; a row that is more than constants becomes one of its text."""
    rows: list[tuple[object, ...]] = []
    for row in _split(values):
        try:
            rows.append(tuple(_constant(item) for item in _split_row(row)))
        except (ValueError, SyntaxError):
            rows.append((row,))
    return rows


def _constant(item: str) -> object:
    item = item.strip()
    if item.upper() == "NULL":
        return None
    if item.lower() in ("true", "false"):
        return item.lower() == "true"
    if item.startswith(("E'", "e'")):
        return item[2:-1].replace("''", "'").replace("\\\\", "\\")
    if item.startswith("'") and item.endswith("'") and len(item) > 1:
        return item[1:-1].replace("''", "'")
    number: object = ast.literal_eval(item)
    return number


def _split(values: str) -> Iterator[str]:
    """The rows of a VALUES list, without their parentheses."""
    depth, quoted, start = 0, False, 0
    for at, sign in enumerate(values):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign == "(":
            depth += 1
            start = at + 1 if depth == 1 else start
        elif not quoted and sign == ")":
            depth -= 1
            if depth == 0:
                yield values[start:at]


def _split_row(row: str) -> Iterator[str]:
    depth, quoted, start = 0, False, 0
    for at, sign in enumerate(row):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "([":
            depth += 1
        elif not quoted and sign in ")]":
            depth -= 1
        elif not quoted and sign == "," and depth == 0:
            yield row[start:at]
            start = at + 1
    yield row[start:]
