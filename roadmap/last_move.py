"""Which move a stack keeps registered while nothing moves: the last one that changed something.

An update without a change must show no change, so it registers again what the last real move registered; a policy pack
then still judges how the stack came to where it stands.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from roadmap.moves import Move

_ABSENT = {"previous": None, "evidence_digest": None}
"""Fields that the engine drops from an output when they are null."""


def move_to_register(judged: Move, last: Mapping[str, Any] | None) -> Move:
    """The judged move if it changes something, else the `last` exported one.

    A last move that ends elsewhere, or that this version cannot read, is not carried on.
    """
    if judged.changes or last is None:
        return judged
    try:
        carried = Move.model_validate({**_ABSENT, **last})
    except ValidationError:
        return judged
    return carried if carried.next == judged.next else judged
