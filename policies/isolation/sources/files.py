"""Files as text, whatever wrote them, and what of a folder is read."""

from __future__ import annotations

import codecs
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUFFIXES: Final = (".yaml", ".yml", ".json")
STDIN: Final = Path("-")
"""Stands for what is piped in."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, such as some shells put before what is redirected into a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Input that cannot be audited: one sentence with file and place."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def files_at(path: Path) -> list[Path]:
    """The YAML and JSON files at or below a path, in order."""
    if path == STDIN or path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())


def name_of(path: Path) -> str:
    """What a message calls a file."""
    return "stdin" if path == STDIN else str(path)


def text_of(path: Path) -> str | Problem:
    """A file's text, or why it has none."""
    try:
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
        encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
        return content.decode(encoding)
    except OSError as error:
        return Problem(place=name_of(path), message=f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return Problem(place=name_of(path), message="is no text in UTF-8 or, with a byte order mark, UTF-16")
