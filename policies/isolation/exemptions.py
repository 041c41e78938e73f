"""Named exemptions: one rule, one resource, an owner who answers for it, a reason and an expiry date.

An exemption lowers a violation to an advice that is printed at every run. Once it has expired it is a
violation itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from .findings import ADVISORY, MANDATORY, Finding
from .resources import mapping, text

_FIELDS = ("rule", "resource", "owner", "reason", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One violation that is tolerated for a while."""

    rule: str
    resource: str
    """Name of the workload, or of the store: on the server, or in the program that declares it."""
    owner: str
    """Who answers for it."""
    reason: str
    expires: datetime.date
    """The last day on which it counts."""

    @property
    def title(self) -> str:
        return f"exemption from {self.rule} for {self.resource} (owner {self.owner}, until {self.expires})"


def parse_exemptions(items: Any, place: str, rules: Iterable[str]) -> tuple[list[Exemption], list[str]]:
    """Exemptions from their plain form, and a sentence for each that is not usable; parsed ones stay as they are."""
    known, found, problems = set(rules), [], []
    if items is None:
        return [], []
    if not isinstance(items, (list, tuple)):
        return [], [f"{place}: exemptions are not a list"]
    for position, item in enumerate(items):
        if isinstance(item, Exemption):
            found.append(item)
            continue
        at = f"{place}: exemptions[{position}]"
        fields = {name: item.get(name) for name in _FIELDS} if isinstance(item, Mapping) else {}
        values = {name: text(fields.get(name)) or "" for name in _FIELDS if name != "expires"}
        missing = [name for name in _FIELDS if not values.get(name, fields.get("expires"))]
        unknown = sorted(set(mapping(item)) - set(_FIELDS))
        expires = _date(fields.get("expires"))
        if missing:
            problems.append(f"{at}: lacks {', '.join(missing)}")
        elif unknown:
            problems.append(f"{at}: unknown key {', '.join(unknown)}; known are {', '.join(_FIELDS)}")
        elif values["rule"] not in known:
            problems.append(f"{at}.rule: no rule {values['rule']}; there are {', '.join(sorted(known))}")
        elif expires is None:
            problems.append(f"{at}.expires: not a date; write YYYY-MM-DD")
        else:
            found.append(Exemption(**values, expires=expires))
    return found, problems


def read_exemptions(path: Path, rules: Iterable[str]) -> tuple[list[Exemption], list[str]]:
    """Exemptions from a YAML file with one key, `exemptions`."""
    try:
        content = yaml.safe_load(path.read_text())
    except OSError:
        return [], [f"{path}: cannot be read"]
    except (yaml.YAMLError, UnicodeDecodeError):
        return [], [f"{path}: not valid YAML"]
    if content is None:
        return [], []
    if not isinstance(content, dict) or set(content) != {"exemptions"}:
        return [], [f"{path}: holds something else than one key `exemptions`"]
    return parse_exemptions(content["exemptions"], str(path), rules)


def apply(
    findings: Iterable[Finding],
    exemptions: Iterable[Exemption],
    today: datetime.date,
    declared: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings with the exempted ones lowered, and one for each exemption that expired or fits nothing.

    `declared` says what a program calls the resources whose name on the server was made up for them.
    """
    result = list(findings)
    names = declared or {}
    for exemption in exemptions:
        if exemption.expires < today:
            result.append(
                _about(exemption, MANDATORY, "has expired: end the sharing, or argue for a later date")
            )
            continue
        fits = [
            at
            for at, item in enumerate(result)
            if item.level == MANDATORY and _covers(exemption, item, names)
        ]
        for at in fits:
            item = result[at]
            result[at] = replace(
                item,
                level=ADVISORY,
                message=f"{exemption.title}: {exemption.reason}. It covers: {item.message}",
            )
        if not fits:
            left = (item for item in result if item.level == MANDATORY and item.rule == exemption.rule)
            fitting = dict.fromkeys(
                names.get(name, name) for item in left for name in _concerned(item) if name
            )
            what = f", or name what is refused: {', '.join(fitting)}" if fitting else ""
            result.append(_about(exemption, ADVISORY, f"covers nothing any more: remove it{what}"))
    return result


def _covers(exemption: Exemption, finding: Finding, declared: Mapping[str, str]) -> bool:
    return exemption.rule == finding.rule and any(
        exemption.resource in {name, declared.get(name)} for name in _concerned(finding)
    )


def _concerned(finding: Finding) -> tuple[str, ...]:
    """What an exemption may name: the store, and the workload where there is only one."""
    return (finding.store_name, *(finding.users if len(finding.users) == 1 else ()))


def _about(exemption: Exemption, level: str, what: str) -> Finding:
    return Finding(
        rule=exemption.rule,
        level=level,
        store_kind="",
        store_name=exemption.resource,
        store_namespace=None,
        logical=None,
        users=(),
        owners=(exemption.owner,),
        paths=(),
        message=f"{exemption.title} {what}",
    )


def _date(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None
