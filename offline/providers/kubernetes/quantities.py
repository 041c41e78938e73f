"""Quantities (`500m`, `1024Mi`) in the one form in which the API server writes them back.

Built-in kinds only: the server stores `1000m` as `1`, and a program that says `1000m` would differ from it for ever.
"""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from typing import Any, Final

_QUANTITY: Final = re.compile(r"^([+-]?)(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE]?)$")
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}

# Maps whose values are quantities, wherever they stand in a built-in kind.
_QUANTITY_MAPS: Final = frozenset(
    {
        "limits",
        "requests",
        "hard",
        "capacity",
        "default",
        "defaultRequest",
        "max",
        "min",
        "maxLimitRequestRatio",
        "overhead",
    }
)
# Fields that are a quantity themselves.
_QUANTITY_FIELDS: Final = frozenset({"sizeLimit", "averageValue", "divisor"})


def canonical(quantity: Any) -> Any:
    """The canonical form of a quantity; what is none is returned unchanged."""
    text = str(quantity) if isinstance(quantity, int | float) and not isinstance(quantity, bool) else quantity
    match = _QUANTITY.match(text) if isinstance(text, str) else None
    if match is None:
        return quantity
    sign, digits, suffix = match.groups()
    number = Decimal(digits) * (-1 if sign == "-" else 1)
    if suffix in _BINARY:
        return _binary(number * Decimal(1024) ** _BINARY[suffix])
    if suffix[:1] in ("e", "E") and len(suffix) > 1:
        number = number.scaleb(int(suffix[1:]))
        return _decimal(number, exponent=True)
    return _decimal(number.scaleb(_DECIMAL[suffix]))


def _binary(number: Decimal) -> str:
    # Under 1024, or not whole, the server falls back to decimal suffixes.
    if abs(number) < 1024 or number != number.to_integral_value():
        return _decimal(number)
    whole, power = int(number), 0
    while whole % 1024 == 0 and power < 6 and whole != 0:
        whole //= 1024
        power += 1
    return f"{whole}{['', *_BINARY][power]}"


def _decimal(number: Decimal, exponent: bool = False) -> str:
    # The API server rounds resources up to thousandths.
    scaled, power = number.scaleb(3).to_integral_value(rounding=ROUND_UP), -3
    if scaled == 0:
        return "0"
    while power < 18 and int(scaled) % 1000 == 0:
        scaled, power = scaled / 1000, power + 3
    if exponent:
        return f"{int(scaled)}e{power}" if power else str(int(scaled))
    suffix = next(text for text, value in _DECIMAL.items() if value == power)
    return f"{int(scaled)}{suffix}"


def canonicalize(manifest: Any) -> None:
    """Rewrites every quantity of a built-in object in place."""
    if isinstance(manifest, list):
        for item in manifest:
            canonicalize(item)
    if not isinstance(manifest, dict):
        return
    for key, value in manifest.items():
        if key in _QUANTITY_MAPS and isinstance(value, dict):
            for resource, quantity in value.items():
                if not isinstance(quantity, dict | list):
                    value[resource] = canonical(quantity)
        if key in _QUANTITY_FIELDS and isinstance(value, str | int | float):
            manifest[key] = canonical(value)
        elif isinstance(value, dict | list):
            canonicalize(value)
