"""The settings inside a configuration file: JSON, YAML, TOML, INI, properties, HOCON, and code that only assigns.

What a library of its own reads is read by that; everything else by its outline: the section that a line stands
in is part of its name, so that the host under `[database]` is another one than the host under `[mailer]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from ..resources import text

_LIMIT = 300_000
_NO_SETTINGS = (".sql", ".sh", ".lua", ".html", ".css", ".pem", ".crt")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SECTION = re.compile(r"^\s*\[+\s*([\w.\-\"' /]+?)\s*\]+\s*$")
_ASSIGNED = re.compile(
    r"^(\s*)(?:export\s+|set\s+|-\s+|const\s+|let\s+|var\s+)?[\"']?([A-Za-z_][\w.\-\[\]]*)[\"']?\s*(?:=>|:=|[=:])\s*(.*?)\s*[,;]?\s*$"
)
_OPENED = re.compile(r"^(\s*)[\"']?([A-Za-z_][\w.\-]*)[\"']?\s*[\[{(]\s*$")
_DEFINED = re.compile(r"^\s*define\(\s*[\"'](\w+)[\"']\s*,\s*[\"'](.*?)[\"']\s*\)\s*;?\s*$")
_COMMENTS = ("#", ";", "//")
_BLOCKS = re.compile(r"<!--.*?-->|^[ \t]*/\*.*?\*/", re.DOTALL | re.MULTILINE)
_TRAILING = re.compile(r"\s#\s")
_OPENERS = frozenset({"", "[", "{", "(", "array(", "&base", "|", ">"})


@lru_cache(maxsize=4096)
def settings_in(name: str, content: str) -> tuple[tuple[str, str], ...]:
    """Names and values in a configuration file called `name`; sections are part of a name, dots between."""
    if len(content) > _LIMIT or name.endswith(_NO_SETTINGS):
        return ()
    if name.endswith((".json", ".yaml", ".yml")) or content.lstrip()[:1] == "{":
        parsed = _parsed(content)
        if parsed:
            return tuple(pair for document in parsed for pair in _flatten("", document))
    return tuple(_outline(content))


def without_comments(name: str, content: str) -> str:
    """A file's content without what its readers skip: lines and blocks that are comments, and what ends a line."""
    marks: tuple[str, ...] = _COMMENTS
    if name.endswith(".properties"):
        marks = (*marks, "!")
    elif name.endswith((".sql", ".lua")):
        marks = (*marks, "--")
    lines = [line for line in _BLOCKS.sub("", content).split("\n") if not line.lstrip().startswith(marks)]
    return "\n".join(_without_end(line) for line in lines)


def _without_end(line: str) -> str:
    """A line up to a comment that ends it; a mark between quotes is none."""
    for found in _TRAILING.finditer(line):
        before = line[: found.start()]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return before
    return line


def _parsed(content: str) -> list[Any]:
    try:
        if content.lstrip()[:1] == "{":
            return [json.loads(content)]
        documents = list(yaml.load_all(content, _LOADER))
    except (ValueError, yaml.YAMLError):
        return []
    return documents if all(isinstance(item, (dict, list, type(None))) for item in documents) else []


def _flatten(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(f"{prefix}.{key}" if prefix else str(key), item)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _flatten(f"{prefix}.{position}", item)
    elif (known := text(value)) is not None:
        yield prefix, known


def _outline(content: str) -> Iterator[tuple[str, str]]:
    section: list[str] = []
    around: list[tuple[int, str]] = []
    for line in content.splitlines():
        if line.lstrip().startswith(_COMMENTS):
            continue
        header = _SECTION.match(line)
        if header:
            section, around = [header[1].strip("\"'")], []
            continue
        defined = _DEFINED.match(line)
        if defined:
            yield defined[1], defined[2]
            continue
        found = _ASSIGNED.match(line) or _OPENED.match(line)
        if found is None:
            continue
        while around and around[-1][0] >= len(found[1]):
            around.pop()
        value = found[3] if found.re is _ASSIGNED else ""
        if value in _OPENERS or value.startswith("&"):
            around.append((len(found[1]), found[2]))
        else:
            yield ".".join((*section, *(key for _, key in around), found[2])), value.strip("\"'")
