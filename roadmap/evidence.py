"""Evidence files: what was measured of a domain, and which preconditions somebody confirmed.

`readiness/<domain>.yaml` beside the stack file:

    domain: ai
    criteria:
      test_coverage: {value: 84.5, unit: "%", source: coverage report of build 812, date: 2026-10-01}
    preconditions:
      asynchronous: {evidence: no call of the engine outside Celery tasks, by: Ada Example, date: 2026-10-02}
"""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from roadmap.catalog_entries import DomainEntry
from roadmap.principles import Criterion, ReadinessTable
from roadmap.refusal import Refusal, nearest
from roadmap.topology import Frozen
from roadmap.validation import validated
from roadmap.yaml_files import read_yaml


def _measured(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number, with its unit beside it under `unit`")
    return value


class Measurement(Frozen):
    """What was measured for one criterion."""

    value: Annotated[float, BeforeValidator(_measured), Field(ge=0, allow_inf_nan=False)]
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1, examples=["link to the report or dashboard"])
    date: datetime.date = Field(examples=["2026-10-01"])


class Confirmation(Frozen):
    """That a precondition holds, by whom and from what."""

    evidence: str = Field(min_length=1, examples=["what shows it"])
    by: str = Field(min_length=1, examples=["Ada Example"])
    date: datetime.date = Field(examples=["2026-10-01"])


class Evidence(Frozen):
    """One domain's evidence file."""

    domain: str
    criteria: dict[str, Measurement] = Field(default_factory=dict)
    preconditions: dict[str, Confirmation] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal; independent of the file's layout."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def evidence_path(stack_file: str, folder: str, domain: str) -> Path:
    """Where a domain's evidence lies, for a stack file and its `readiness` folder."""
    return Path(stack_file).parent / folder / f"{domain}.yaml"


def load_evidence(
    path: Path, entry: DomainEntry, table: ReadinessTable, today: datetime.date
) -> Evidence | None:
    """Read a domain's evidence; None where there is no file.

    Raises Refusal for a file that cannot be evidence: unknown criteria or preconditions, a missing or wrong unit, an
    impossible value, a date in the future.
    """
    if not path.exists():
        return None
    file = str(path)
    evidence = validated(Evidence, read_yaml(path, what="evidence file"), file=file)
    if evidence.domain != entry.domain:
        raise Refusal(
            f"this is the file of `{entry.domain}`",
            file=file,
            key="domain",
            value=evidence.domain,
            fix=f"write `domain: {entry.domain}`",
        )
    criteria = {criterion.id: criterion for criterion in table.criteria}
    for name, measurement in evidence.criteria.items():
        if name not in criteria:
            raise Refusal(
                "the roadmap has no such criterion",
                file=file,
                key=f"criteria.{name}",
                fix=nearest(name, list(criteria)),
            )
        _check_measurement(criteria[name], measurement, f"criteria.{name}", file)
        _check_date(measurement.date, today, f"criteria.{name}.date", file)
    known = [precondition.id for precondition in entry.preconditions]
    for name, confirmation in evidence.preconditions.items():
        if name not in known:
            raise Refusal(
                f"`{entry.domain}` has no such precondition",
                file=file,
                key=f"preconditions.{name}",
                fix=nearest(name, known) if known else "remove it; the roadmap lists none",
            )
        _check_date(confirmation.date, today, f"preconditions.{name}.date", file)
    return evidence


def _check_measurement(criterion: Criterion, measurement: Measurement, key: str, file: str) -> None:
    if measurement.unit != criterion.unit:
        raise Refusal(
            f"{criterion.name} is measured in `{criterion.unit}`",
            file=file,
            key=f"{key}.unit",
            value=measurement.unit,
            fix=f'measure it so and write `unit: "{criterion.unit}"`',
        )
    if criterion.whole and measurement.value != int(measurement.value):
        raise Refusal(
            f"{criterion.unit} are counted in whole numbers",
            file=file,
            key=f"{key}.value",
            value=measurement.value,
            fix="write the count",
        )
    if criterion.at_most_possible is not None and measurement.value > criterion.at_most_possible:
        raise Refusal(
            f"no more than {criterion.at_most_possible:g} {criterion.unit} can be measured",
            file=file,
            key=f"{key}.value",
            value=measurement.value,
            fix="correct the value or its unit",
        )


def _check_date(date: datetime.date, today: datetime.date, key: str, file: str) -> None:
    if date > today:
        raise Refusal(
            f"lies after {today}, the day on which it is judged",
            file=file,
            key=key,
            value=date,
            fix="write the day on which it was measured or confirmed",
        )
