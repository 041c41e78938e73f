"""`python -m policies.isolation.accuracy CORPUS`: precision and recall over hand-labelled systems.

A corpus is a folder with a `labels.yaml` that describes its own format, and one folder of manifests for each
system. Strict are the stores that the manifests alone decide (`detectable: yes`, `violation` true or false);
debatable and undetectable ones are counted apart, and advisory findings are no refusals.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .audit import audit
from .findings import MANDATORY, Finding
from .resources import mapping, sequence, text


@dataclass(slots=True, kw_only=True)
class Score:
    """What one system, or all of them, came to."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    debatable: int = 0
    beyond: int = 0
    """Violations found although the labels hold them undetectable."""
    users: list[str] = field(default_factory=list)
    """Right stores whose users differ from the labelled ones."""
    advisory: int = 0
    harmless: int = 0
    """Labelled negatives that were left in peace."""

    def add(self, other: Score) -> None:
        """Add another system's score."""
        self.right += other.right
        self.debatable += other.debatable
        self.beyond += other.beyond
        self.advisory += other.advisory
        self.harmless += other.harmless
        self.wrong += other.wrong
        self.missed += other.missed
        self.users += other.users

    @property
    def precision(self) -> float:
        """Of what was refused, how much rightly."""
        return self.right / (self.right + len(self.wrong)) if self.right + len(self.wrong) else 1.0

    @property
    def recall(self) -> float:
        """Of what should be refused, how much was."""
        return self.right / (self.right + len(self.missed)) if self.right + len(self.missed) else 1.0


def score(system: Mapping[str, Any], findings: Sequence[Finding]) -> Score:
    """Hold a system's findings against its labels, store by store."""
    name = str(system["id"])
    labels = [mapping(item) for item in sequence(system.get("stores"))]
    result = Score(advisory=sum(finding.level != MANDATORY for finding in findings))
    found: set[int] = set()
    for finding in (item for item in findings if item.level == MANDATORY):
        label = _label(labels, finding)
        verdict = labels[label].get("violation") if label is not None else None
        if label is None or verdict is False:
            result.wrong.append(
                f"{name}: {finding.rule} on {finding.store_name} ({', '.join(finding.users)})"
            )
            continue
        found.add(label)
        if verdict == "debatable":
            result.debatable += 1
        elif text(labels[label].get("detectable")) != "yes":
            result.beyond += 1
        else:
            result.right += 1
            wanted = set(sequence(labels[label].get("declared_users") or labels[label].get("users")))
            if wanted != set(finding.users):
                result.users.append(
                    f"{name}: {finding.store_name}: {sorted(finding.users)}, not {sorted(wanted)}"
                )
    for position, label_body in enumerate(labels):
        if label_body.get("violation") is False and position not in found:
            result.harmless += 1
        strict = label_body.get("violation") is True and text(label_body.get("detectable")) == "yes"
        if strict and position not in found:
            result.missed.append(f"{name}: {label_body.get('store')} / {label_body.get('logical')}")
    return result


def _label(labels: Sequence[Mapping[str, Any]], finding: Finding) -> int | None:
    """The label of a finding's store; the one of its logical store where a server has several."""
    if finding.store_kind == "external":
        handle = f"external:{finding.store_name}"
    else:
        handle = f"{finding.store_kind}/{finding.store_name}"
    same = [position for position, label in enumerate(labels) if label.get("store") == handle]
    exact = [at for at in same if labels[at].get("logical") == finding.logical]
    loose = [at for at in same if labels[at].get("logical") is None or finding.logical is None]
    return next(iter([*exact, *loose]), None)


def main(arguments: Sequence[str]) -> int:
    """Print the scores; exit code 0 for a perfect one, 1 otherwise, 2 if there is no corpus."""
    if len(arguments) != 1 or not (Path(arguments[0]) / "labels.yaml").is_file():
        print(
            "usage: python -m policies.isolation.accuracy CORPUS (a folder with a labels.yaml)",
            file=sys.stderr,
        )
        return 2
    corpus = Path(arguments[0])
    labels = yaml.safe_load((corpus / "labels.yaml").read_text())
    total = Score()
    print(f"{'system':<24} right wrong missed debatable beyond harmless advisory")
    for system in sequence(mapping(labels).get("systems")):
        one = score(system, audit([corpus / str(system["dir"])]).findings)
        total.add(one)
        _row(str(system["id"]), one)
    _row("all", total)
    for kind, items in (("wrong", total.wrong), ("missed", total.missed), ("other users", total.users)):
        for item in items:
            print(f"{kind}: {item}")
    print(f"precision {total.precision:.3f}  recall {total.recall:.3f}  (strict, detectable)")
    return 1 if total.wrong or total.missed or total.users else 0


def _row(name: str, item: Score) -> None:
    print(
        f"{name:<24} {item.right:>5} {len(item.wrong):>5} {len(item.missed):>6} {item.debatable:>9} "
        f"{item.beyond:>6} {item.harmless:>8} {item.advisory:>8}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
