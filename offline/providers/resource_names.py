"""What a URN says of a resource, and the random names that a resource gets when the program gives none."""

from __future__ import annotations

import random
import secrets


def type_token(urn: str) -> str:
    """The type token of a URN without its parents, for example `kubernetes:apps/v1:Deployment`."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def resource_name(urn: str) -> str:
    """The name that the program gave the resource."""
    return urn.split("::", 3)[3]


def random_hex(seed: bytes, digits: int = 8) -> str:
    """Random hexadecimal digits; the same seed gives the same digits, as an update plan needs it."""
    if not seed:
        return secrets.token_hex(digits)[:digits]
    generator = random.Random(seed)  # noqa: S311 -- a name, not a secret; the engine's seed must decide it
    return "".join(generator.choice("0123456789abcdef") for _ in range(digits))
