"""The one exception of this package: an input that cannot be accepted, said so that it can be put right."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import yaml


class Refusal(Exception):  # noqa: N818 - it is the word of the domain, and nobody raises it by mistake
    """A refused input. Its text is the whole message: file, key, value, reason and fix."""

    def __init__(
        self, problem: str, *, file: str, key: str | None = None, value: object = None, fix: str
    ) -> None:
        self.file = file
        self.key = key
        self.value = value
        self.problem = problem
        self.fix = fix
        subject = file if key is None else f"{file}: {key}"
        shown = "" if value is None else f" is {quoted(value)}"
        joint = "; " if shown else (": " if key is None else " ")
        super().__init__(f"{subject}{shown}{joint}{problem}\n  fix: {fix}")


def quoted(value: object) -> str:
    """The value as a person would write it, in backquotes and at most 80 characters long."""
    if isinstance(value, str):
        text = value
    else:
        text = (
            yaml.safe_dump(value, default_flow_style=True, width=10_000).strip().removesuffix("...").strip()
        )
    text = text.replace("\n", " ")
    return f"`{text if len(text) <= 80 else text[:77] + '...'}`"


def paste(key: str, value: object) -> str:
    """YAML to paste under `config:` of a stack file that sets a dotted key, such as `extract.ai.phase`, to a value."""
    first, *rest = key.split(".")
    tree: object = value
    for part in reversed(rest):
        tree = {part: tree}
    return block({f"service-extraction:{first}": tree})


def block(tree: object) -> str:
    """A YAML block, indented so that it stands out below a sentence."""
    text = yaml.safe_dump(tree, sort_keys=False, default_flow_style=False, width=100).rstrip()
    return "".join(f"\n      {line}" for line in text.splitlines())


def one_of(names: Iterable[str]) -> str:
    """The allowed names as a list in a sentence."""
    return ", ".join(names)


def nearest(name: str, known: Sequence[str]) -> str:
    """A suggestion for a misspelt name, or the known names where none is near."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return (
        f"did you mean `{close[0]}`? Known are: {one_of(known)}" if close else f"use one of {one_of(known)}"
    )
