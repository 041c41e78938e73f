"""The settings inside a configuration file: JSON, YAML, TOML, INI, XML, properties, HOCON, and code that only assigns.

What a library of its own reads is read by that; everything else by its outline: the section that a line stands
in is part of its name, so that the host under `[database]` is another one than the host under `[mailer]`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from ..resources import text
from ..yaml_text import read_documents

_LIMIT = 300_000
_NO_SETTINGS = (".sql", ".lua", ".html", ".css", ".pem", ".crt")
_SECTION = re.compile(r"^\s*\[+\s*([\w.\-\"' /]+?)\s*\]+\s*$")
_ASSIGNED = re.compile(
    r"^(\s*)(?:export\s+|set\s+|-\s+|const\s+|let\s+|var\s+)?[\"']?([A-Za-z_][\w.\-\[\]]*)[\"']?\s*(?:=>|:=|[=:])\s*(.*?)\s*[,;]?\s*$"
)
_OPENED = re.compile(r"^(\s*)[\"']?([A-Za-z_][\w.\-]*)[\"']?\s*[\[{(]\s*$")
_DEFINED = re.compile(r"^\s*define\(\s*[\"'](\w+)[\"']\s*,\s*[\"'](.*?)[\"']\s*\)\s*;?\s*$")
_EXPORTED = re.compile(r"^\s*export\s")
_ENTRY = re.compile(r"[\"']([A-Za-z_][\w.\-]*)[\"']\s*(?:=>|:)\s*(?:[\"']([^\"']*)[\"']|(\d+))")
_INLINE = re.compile(r"[{,]\s*([A-Za-z_][\w\-]*)\s*[:=]\s*(?:[\"']([^\"']*)[\"']|(\d+))")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>([^<]*)")
_ATTRIBUTE = re.compile(r"([\w.:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_COMMENTS = ("#", ";", "//")
_BLOCK = re.compile(r"(<!--)|^[ \t]*(/\*)", re.MULTILINE)
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
    if name.endswith("pgpass"):
        return tuple(_passwords(content))
    if name.endswith(".sh"):
        content = "\n".join(line for line in content.splitlines() if _EXPORTED.match(line))
    if content.lstrip()[:1] == "<" and not content.lstrip().startswith("<?php"):
        return tuple(_elements(content))
    return tuple(_outline(content))


def without_comments(name: str, content: str) -> str:
    """A file's content without what its readers skip: lines and blocks that are comments, and what ends a line."""
    marks: tuple[str, ...] = _COMMENTS
    if name.endswith(".properties"):
        marks = (*marks, "!")
    elif name.endswith((".sql", ".lua")):
        marks = (*marks, "--")
    lines = [line for line in _without_blocks(content).split("\n") if not line.lstrip().startswith(marks)]
    return "\n".join(_without_end(line) for line in lines)


def _without_blocks(content: str) -> str:
    """A text without comments that have an end of their own; one that never ends is none."""
    kept: list[str] = []
    at = 0
    while found := _BLOCK.search(content, at):
        closing = "-->" if found[1] else "*/"
        end = content.find(closing, found.end())
        if end < 0:
            break
        kept.append(content[at : found.start()])
        at = end + len(closing)
    return "".join((*kept, content[at:]))


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
        documents = list(read_documents(content))
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
        assigned = _ASSIGNED.match(line)
        whole = assigned is not None and _is_object(
            assigned[3]
        )  # to be read as what it is, with its name in front
        entries = _ENTRY.findall(line) if not whole else []
        if not whole and len(entries) < 2 and "{" in line:
            entries = _INLINE.findall(line)
        if len(entries) > 1:
            yield from (
                (".".join((*section, *(key for _, key in around), key)), item or number)
                for key, item, number in entries
            )
            continue
        found = assigned or _OPENED.match(line)
        if found is None:
            continue
        while around and around[-1][0] >= len(found[1]):
            around.pop()
        value = found[3] if found.re is _ASSIGNED else ""
        if value in _OPENERS or value.startswith("&"):
            around.append((len(found[1]), found[2]))
        else:
            yield ".".join((*section, *(key for _, key in around), found[2])), value.strip("\"'")


def _is_object(value: str) -> bool:
    try:
        return value.startswith("{") and isinstance(json.loads(value), dict)
    except ValueError:
        return False


def _elements(content: str) -> Iterator[tuple[str, str]]:
    """Attributes and texts of an XML file; an element called after its `name` or `key` holds that setting's value."""
    around: list[str] = []
    for closes, element, attributes, empty, content_text in _TAG.findall(content):
        if closes:
            if element in around:
                del around[len(around) - 1 - around[::-1].index(element) :]
            continue
        found = {key: html.unescape(first or second) for key, first, second in _ATTRIBUTE.findall(attributes)}
        called = next((found.pop(key) for key in ("name", "key") if key in found), None)
        for key, value in found.items():
            yield (
                (called if called and key == "value" else ".".join((*around, called or element, key))),
                value,
            )
        if content_text.strip():
            yield called or ".".join((*around, element)), html.unescape(content_text.strip())
        if not empty:
            around.append(element)


def _passwords(content: str) -> Iterator[tuple[str, str]]:
    """The connections of libpq's password file: `host:port:database:user:password`, stars for any."""
    for position, line in enumerate(content.splitlines()):
        host, *rest = re.split(r"(?<!\\):", line.strip())
        if len(rest) == 4 and host not in {"", "*"}:
            yield f"pgpass.{position}.host", host
            if rest[1] != "*":
                yield f"pgpass.{position}.database", rest[1]
            yield f"pgpass.{position}.user", rest[2]
