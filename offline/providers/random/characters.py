"""Random text of which each kind of character appears a minimum number of times."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Any, Final

SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
_CHOICES: Final = (
    ("upper", "minUpper", string.ascii_uppercase),
    ("lower", "minLower", string.ascii_lowercase),
    ("numeric", "minNumeric", string.digits),
    ("special", "minSpecial", SPECIAL),
)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """One kind of character."""

    characters: str
    minimum: int


def alphabets(inputs: dict[str, Any]) -> list[Alphabet]:
    """The kinds of characters that the inputs (defaults filled in) allow.

    Raises ValueError when they allow none, or ask for more than `length` characters.
    """
    found = []
    for flag, minimum, characters in _CHOICES:
        if flag == "special":
            characters = inputs.get("overrideSpecial") or characters
        if inputs[flag] or inputs[minimum]:
            found.append(Alphabet(characters if inputs[flag] else "", inputs[minimum]))
    if not any(alphabet.characters for alphabet in found):
        raise ValueError(
            "length: no kind of character is allowed; set one of lower, upper, numeric, special to true"
        )
    wanted = sum(alphabet.minimum for alphabet in found)
    if wanted > inputs["length"]:
        raise ValueError(
            f"length: {inputs['length']} is less than the {wanted} characters that the minimums ask for"
        )
    for alphabet in found:
        if alphabet.minimum and not alphabet.characters:
            raise ValueError("a minimum is set for a kind of character that is switched off")
    return found


def draw(length: int, kinds: list[Alphabet]) -> str:
    """`length` characters in random order, with at least the minimum of each kind."""
    every = "".join(kind.characters for kind in kinds)
    text = [secrets.choice(kind.characters) for kind in kinds for _ in range(kind.minimum)]
    text += [secrets.choice(every) for _ in range(length - len(text))]
    secrets.SystemRandom().shuffle(text)
    return "".join(text)
