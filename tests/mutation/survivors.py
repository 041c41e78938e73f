"""Mutants that no test kills, and the file in which each stands with the reason why that is right.

A survivor is told by what it changes, not by a line or a number, so that unrelated edits do not move it.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("survivors.yaml")
_FIELDS, _FIELDS_OF_A_CHANGE = {"module", "function", "why", "changes"}, {"was", "becomes", "times"}


@dataclass(frozen=True, slots=True, order=True)
class Survivor:
    """One change of one function that the tests do not notice."""

    module: str
    function: str
    """`name`, or `Class.name`."""
    was: str
    becomes: str
    """Empty where an argument was left out."""


def survivor(mutant: str, difference: str) -> Survivor:
    """A survivor from mutmut's name for it and its unified diff."""
    module, _, name = mutant.rpartition("__mutmut_")[0].rpartition(".")
    function = name[2:] if name.startswith("x_") else name.removeprefix("xǁ").replace("ǁ", ".")
    return Survivor(module, function, _side("-", difference), _side("+", difference))


def _side(sign: str, difference: str) -> str:
    lines = [line[1:] for line in difference.splitlines() if line[:1] == sign and line[:3] != sign * 3]
    return textwrap.dedent("\n".join(lines)).strip()


def listed(entries: Iterable[dict[str, Any]]) -> Counter[Survivor]:
    """The survivors of the file's entries; one change may stand at several places of a function."""
    found = Counter[Survivor]()
    for entry in entries:
        for change in entry["changes"]:
            item = Survivor(
                entry["module"], entry["function"], change["was"].strip(), change["becomes"].strip()
            )
            found[item] += change.get("times", 1)
    return found


def read() -> list[dict[str, Any]]:
    """The entries of the file."""
    return list(yaml.safe_load(FILE.read_text()) or [])


def faults(entries: Iterable[dict[str, Any]]) -> list[str]:
    """A sentence for each entry that is not of the file's form or does not explain itself."""
    found = []
    for at, entry in enumerate(entries):
        place = f"{FILE.name}[{at}] ({entry.get('module')}, {entry.get('function')})"
        if set(entry) != _FIELDS:
            found.append(f"{place}: has {', '.join(sorted(entry))}; needs {', '.join(sorted(_FIELDS))}")
            continue
        if len(str(entry["why"]).split()) < 4:
            found.append(f"{place}: `why` explains nothing")
        for change in entry["changes"] or [{}]:
            texts = [change.get("was"), change.get("becomes")]
            if not set(change) <= _FIELDS_OF_A_CHANGE or not all(isinstance(text, str) for text in texts):
                found.append(f"{place}: a change has `was`, `becomes` and, if more than one, `times`")
            elif texts[0] == texts[1]:
                found.append(f"{place}: {texts[0]} changes nothing")
    return found


def to_paste(items: Counter[Survivor]) -> str:
    """Entries for the file, but for the reason."""
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item, times in sorted(items.items()):
        change: dict[str, Any] = {"was": item.was, "becomes": item.becomes}
        if times > 1:
            change["times"] = times
        grouped.setdefault((item.module, item.function), []).append(change)
    entries = [
        {"module": module, "function": function, "why": "", "changes": changes}
        for (module, function), changes in grouped.items()
    ]
    return yaml.safe_dump(entries, sort_keys=False, width=116, allow_unicode=True) if entries else ""
