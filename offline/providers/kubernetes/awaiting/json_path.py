"""The part of JSONPath that waits are written in: fields, list positions, `[*]`, filters on equality."""

from __future__ import annotations

import re
from typing import Any, Final

_STEP: Final = re.compile(
    r"""\.(?P<field>[A-Za-z0-9_\-]+)
      | \[\s*'(?P<quoted>[^']*)'\s*\]
      | \[\s*(?P<index>-?\d+)\s*\]
      | \[\s*(?P<all>\*)\s*\]
      | \[\?\(\s*@\.(?P<key>[A-Za-z0-9_.\-]+)\s*==\s*["'](?P<value>[^"']*)["']\s*\)\]""",
    re.VERBOSE,
)


def find(document: Any, path: str) -> list[Any]:
    r"""Every value at the path, for example `.status.conditions[?(@.type=="Ready")].status`; `\.` escapes a dot.

    Raises ValueError for a path that is not understood.
    """
    expression = path.strip().removeprefix("{").removesuffix("}").strip().removeprefix("$")
    expression = re.sub(
        r"\.((?:[A-Za-z0-9_\-/]|\\\.)*\\\.(?:[A-Za-z0-9_\-/]|\\\.)*)", _quote_escaped, expression
    )
    if not expression.startswith((".", "[")):
        expression = "." + expression
    values, position = [document], 0
    while position < len(expression):
        match = _STEP.match(expression, position)
        if match is None:
            raise ValueError(f"JSONPath {path!r} is not understood at {expression[position:]!r}")
        values = [found for value in values for found in _step(value, match)]
        position = match.end()
    return values


def _quote_escaped(match: re.Match[str]) -> str:
    return "['" + match.group(1).replace("\\.", ".") + "']"


def _step(value: Any, match: re.Match[str]) -> list[Any]:
    name = match["field"] if match["field"] is not None else match["quoted"]
    if name is not None:
        return [value[name]] if isinstance(value, dict) and name in value else []
    if match["all"]:
        return (
            list(value.values())
            if isinstance(value, dict)
            else list(value)
            if isinstance(value, list)
            else []
        )
    if not isinstance(value, list):
        return []
    if match["index"] is not None:
        index = int(match["index"])
        return [value[index]] if -len(value) <= index < len(value) else []
    return [item for item in value if _field(item, match["key"]) == match["value"]]


def _field(item: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        item = item.get(name) if isinstance(item, dict) else None
    return item
