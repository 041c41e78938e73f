"""Rows of a temporary table: how values of a topology come into SQL without becoming part of its statements."""

from collections.abc import Iterable, Sequence

from components.rendering.sql import literal


def insert(table: str, rows: Iterable[Sequence[str | bool]]) -> str:
    """An INSERT of constants; a comment where there are none."""
    lines = [f"  ({', '.join(_constant(value) for value in row)})" for row in rows]
    if not lines:
        return f"-- {table}: none"
    return f"INSERT INTO {table} VALUES\n" + ",\n".join(lines) + ";"


def _constant(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else literal(value)
