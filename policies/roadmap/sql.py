"""SQL that a stack hands to the monolith's database: in ConfigMaps and Secrets, in arguments, in the server's own spec.

It is read for what it says outright, and for the rows from which this project's own scripts make their statements
(`INSERT INTO wanted_view VALUES …`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies.isolation.graph.carriers import decoded_data
from policies.isolation.resources import UNKNOWN, Resource, dig, sequence, strings, text
from roadmap.vocabulary import MONOLITH

if TYPE_CHECKING:
    from .stack import Stack

_SQL = re.compile(
    r"\b(create|alter|grant|revoke|drop|insert\s+into|refresh|comment|truncate|copy|call)\s+\w", re.IGNORECASE
)
_COMMENT = re.compile(r"('[^'\n]*')|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ROWS = re.compile(
    r"insert\s+into\s+(?:pg_temp\.)?(\w+)\s+values\s*(\((?:[^';]|'[^']*')*)", re.IGNORECASE | re.DOTALL
)
_WORDS = {"NULL": None, "TRUE": True, "FALSE": False}
_ITEM = re.compile(r"((?:[^',]|'[^']*')*),")
_TEXT = re.compile(r"(e?)'((?:[^']|'')*)'", re.IGNORECASE)


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
    users = _users(stack)
    for resource, name, value in _carried(stack, users):
        if isinstance(value, str) and (name.endswith(".sql") or _SQL.search(value)):
            yield Script(resource=resource, name=name, text=without_comments(value))
    for key, workload in stack.index.workloads.items():
        if key in users or stack.owner_of(workload.resource) == MONOLITH:
            for container in workload.containers():
                for argument in (*sequence(dig(container, "command")), *sequence(dig(container, "args"))):
                    known = text(argument)
                    if known and _SQL.search(known):
                        yield Script(
                            resource=workload.resource, name="arguments", text=without_comments(known)
                        )
    for store in stack.main_databases:
        assert store.resource is not None
        for known in strings(dig(store.resource.body, "spec", "bootstrap")):
            if _SQL.search(known):
                yield Script(resource=store.resource, name="bootstrap", text=without_comments(known))


def unknown_scripts(stack: Stack) -> list[Resource]:
    """Carriers of SQL whose text only the update will know."""
    found = {
        resource.key: resource
        for resource, name, value in _carried(stack, _users(stack))
        if name.endswith(".sql") and value is UNKNOWN
    }
    return list(found.values())


def without_comments(sql: str) -> str:
    """SQL without its comments; what looks like one inside a text of one line stays."""
    return _COMMENT.sub(r"\1", sql)


def _users(stack: Stack) -> set[str]:
    """Keys of the workloads that use the monolith's database."""
    return {use.workload.key for store in stack.main_databases for use in stack.uses_of.get(store.key, ())}


def _carried(stack: Stack, users: set[str]) -> Iterator[tuple[Resource, str, Any]]:
    """What the ConfigMaps and Secrets hold that are the monolith's or that one of these workloads reads."""
    read = {
        reading.carrier.resource.key
        for reading in stack.readings
        if reading.carrier.resource is not None and reading.workload.key in users
    }
    for resource in stack.index.of_kind("ConfigMap", "Secret"):
        if resource.key in read or stack.owner_of(resource) == MONOLITH:
            for name, value in decoded_data(resource).items():
                yield resource, name, value


def _constants(values: str) -> list[tuple[object, ...]]:
    """Rows of constants; a row that is more than constants becomes one of its text."""
    rows: list[tuple[object, ...]] = []
    for row in _split(values):
        try:
            rows.append(tuple(map(_constant, _ITEM.findall(f"{row},"))))
        except ValueError:
            rows.append((row,))
    return rows


def _constant(item: str) -> object:
    item = item.strip()
    if item.upper() in _WORDS:
        return _WORDS[item.upper()]
    match = _TEXT.fullmatch(item)
    if match is None:
        return float(item)
    found = match[2].replace("''", "'")
    return found.replace("\\\\", "\\") if match[1] else found


def _split(values: str) -> Iterator[str]:
    """The rows of a VALUES list, without their parentheses; a word between them ends the list."""
    starts: list[int] = []
    quoted = False
    for at, sign in enumerate(values):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign == "(":
            starts.append(at + 1)
        elif not quoted and sign == ")" and starts:
            start = starts.pop()
            if not starts:
                yield values[start:at]
        elif not starts and sign.isalpha():
            return
