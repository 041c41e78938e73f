"""`verify`: of a pack, or of several that run as one, no rule is missing, no level lowered, no exemption expired.

A pack can be weakened without touching a rule: by a policy configuration that lowers a level, by an
exemption that nobody looks at any more. `levels.yaml` says what each rule's level has to be; a change of it
shows in a review.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .configuration import ALL, read_configuration
from .exemptions import Exemption, parse_exemptions, read_exemptions
from .findings import ADVISORY, MANDATORY
from .packs import Pack

_ORDER = {"disabled": 0, ADVISORY: 1, MANDATORY: 2, "remediate": 2}


@dataclass(slots=True, kw_only=True)
class Verification:
    """What is wrong with how the pack is used."""

    lowered: list[str] = field(default_factory=list)
    """Levels and exemptions that weaken the pack."""
    problems: list[str] = field(default_factory=list)
    """Input that cannot be read."""
    exemptions: list[str] = field(default_factory=list)
    """Exemptions in force."""

    @property
    def exit_code(self) -> int:
        """2 for bad input, 1 for anything lowered, else 0."""
        return 2 if self.problems else 1 if self.lowered else 0


def verify(
    packs: Sequence[Pack], policy_config: Path | None, exemptions: Path | None, today: datetime.date
) -> Verification:
    """Hold the rules of packs that run together, their configuration and the exemptions against the written levels."""
    result = Verification()
    wanted: dict[str, str] = {}
    for pack in packs:
        wanted |= _levels(pack, result)
    if policy_config is not None:
        _configured(policy_config, packs, wanted, result, today)
    kept = (pack.exemptions for pack in packs if pack.exemptions.exists())
    for path in dict.fromkeys((*kept, *((exemptions,) if exemptions is not None else ()))):
        _exempted(*read_exemptions(path, wanted), path, result, today)
    return result


def _levels(pack: Pack, result: Verification) -> dict[str, str]:
    """The level that each rule of a pack has to be at, after its rules have been held against it."""
    wanted: dict[str, str] = yaml.safe_load(pack.levels.read_text())
    actual = {rule.id: rule.level for rule in pack.rules}
    place = f"{pack.name}/{pack.levels.name}"
    for rule, level in wanted.items():
        if rule not in actual:
            result.lowered.append(f"{place}: rule {rule} is not in the pack any more")
        elif _ORDER[actual[rule]] < _ORDER[level]:
            result.lowered.append(f"{place}: rule {rule} is {actual[rule]}, and has to be {level}")
    result.problems += [f"{place}: rule {rule} has no level" for rule in actual if rule not in wanted]
    return wanted


def _exempted(
    found: list[Exemption], problems: list[str], path: Path, result: Verification, today: datetime.date
) -> None:
    result.problems += problems
    for exemption in found:
        if exemption.expires < today:
            result.lowered.append(f"{path}: {exemption.title} has expired")
        else:
            left = (exemption.expires - today).days
            result.exemptions.append(f"{exemption.title}, {left} days left: {exemption.reason}")


def _configured(
    path: Path, packs: Sequence[Pack], wanted: Mapping[str, str], result: Verification, today: datetime.date
) -> None:
    content, problems = read_configuration(path, packs)
    result.problems += problems
    for rule, value in content.items():
        level = value.get("enforcementLevel") if isinstance(value, dict) else str(value)
        if level is not None and str(level) not in _ORDER:
            result.problems.append(
                f"{path}: {rule}: no level {level!r}; there are {', '.join(sorted(_ORDER))}"
            )
        elif level is not None and any(
            _ORDER[level] < _ORDER[needed] for name, needed in wanted.items() if rule in {name, ALL}
        ):
            result.lowered.append(f"{path}: {rule}: lowered to {level}")
        if isinstance(value, dict):
            exempted = parse_exemptions(value.get("exemptions"), f"{path}: {rule}", wanted)
            _exempted(*exempted, path, result, today)
