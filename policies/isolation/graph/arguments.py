"""The command line of a container: flags with their values, and text to be searched for addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..addresses.settings import without_comments
from ..resources import dig, sequence, text
from .given import Variable, carriers_in, filled

_FLAG = re.compile(r"--?[A-Za-z][\w.-]+")


def arguments(container: Any, known: Mapping[str, Variable]) -> Iterator[Variable]:
    """Each argument as a variable (`--db-host=x`, `--db-host x`, `-Ddb.host=x`), or as text with the steps into it."""
    for part in ("command", "args"):
        given = [found for item in sequence(dig(container, part)) if (found := text(item))]
        flag: str | None = None
        for argument in given:
            if flag is not None and not argument.startswith("-") and not re.search(r"\s", argument):
                yield _argument(argument, part, known, flag)
                flag = None
                continue
            flag = argument if _FLAG.fullmatch(argument) else None
            name, equals, value = argument.partition("=")
            if equals and _FLAG.fullmatch(name):
                yield _argument(value, part, known, name)
            elif flag is None:
                yield _argument(without_comments("", argument), part, known, None)


def _argument(value: str, part: str, known: Mapping[str, Variable], flag: str | None) -> Variable:
    first = next(iter(carriers_in(value, known)), None)
    return Variable(
        name=flag.removeprefix("-D").lstrip("-") if flag else "",
        value=filled(value, known),
        carrier=first.carrier if first else None,
        carrier_key=first.carrier_key if first else None,
        steps=first.steps if first else ("arg" if part == "args" else part,),
        free_text=flag is None,
    )
