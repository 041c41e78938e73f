"""The move that the program registers is judged again, from outside, by the roadmap's own rules."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "registered-move"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Order of phases, one domain an update, readiness, preconditions and drivers of a last phase."""
    if not stack.concerned:
        return
    if stack.move is None:
        yield violation(ID, stack.root, f"no move is registered that can be judged: {stack.unreadable}")
        return
    today = datetime.datetime.now(datetime.UTC).date()
    for reason in stack.objections(today):
        yield violation(ID, stack.root, f"the registered move is not legal: {reason}")


RULE = RoadmapRule(
    id=ID,
    section="Extraction Readiness Criteria; Global Anti-Patterns",
    cause="The registered move is not legal, or there is none.",
    explanation="The program judges its own move, and a program can be changed. What it registers is judged here again "
    "with the same rules: phases in order, one domain an update, at weight 0 beside the old path, and no last phase "
    "without evidence, preconditions and a stated driver.",
    remedy="Take the next legal step: `python -m roadmap steps FROM TO` lists them.",
    level=MANDATORY,
    check=check,
)
