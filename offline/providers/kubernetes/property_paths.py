"""Property paths as the engine writes them: `metadata.labels["app.kubernetes.io/name"]`, `spec.ports[0].port`."""

from __future__ import annotations

import re
from typing import Final

Path = tuple[str | int, ...]

_STEP: Final = re.compile(r'\.?([^.\[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]')


def write_path(path: Path) -> str:
    """The text of a path; keys with dots, quotes or brackets are quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(character in step for character in '."[]'):
            text += '["' + step.replace('"', '\\"') + '"]'
        else:
            text += f".{step}" if text else step
    return text


def read_path(text: str) -> Path:
    """The steps of a path; list positions become int, `[*]` stays "*". Raises ValueError for what is no path."""
    path: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"not a property path: {text!r} (at character {position + 1})")
        plain, index, quoted = match.groups()
        if index is not None:
            path.append("*" if index == "*" else int(index))
        else:
            path.append(plain if plain is not None else quoted.replace('\\"', '"'))
        position = match.end()
    return tuple(path)


def contains(outer: Path, inner: Path) -> bool:
    """Whether `inner` is `outer` or lies below it; a step "*" of `outer` fits any."""
    return len(outer) <= len(inner) and all(
        step in ("*", other) for step, other in zip(outer, inner, strict=False)
    )
