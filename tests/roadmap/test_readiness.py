"""Seven criteria, three verdicts, every boundary of the roadmap's table (Extraction Readiness Criteria)."""

import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from roadmap import Catalog, Refusal, judge_move, resolve
from roadmap.evidence import Evidence, load_evidence
from roadmap.principles import load_principles
from roadmap.readiness import Readiness, Verdict, judge_readiness, verdict_of
from tests.roadmap.building import STACKS, TODAY, configured, evidence, measured, with_drivers

TABLE = load_principles().readiness
CRITERIA = {criterion.id: criterion for criterion in TABLE.criteria}


def _judged(catalog: Catalog, content: dict[str, Any], domain: str = "ai") -> Readiness:
    return judge_readiness(catalog.domain(domain), Evidence.model_validate(content), TABLE, TODAY)


def test_the_table_has_the_roadmaps_seven_rows() -> None:
    assert [(c.name, c.threshold) for c in TABLE.criteria] == [
        ("Independent team", ">= 3 engineers on domain"),
        ("Deploy frequency conflict", ">= 2 per sprint"),
        ("Scale divergence", "CPU/memory requirements differ 3x from monolith average"),
        ("Fault isolation", ">= 1 incident per month"),
        ("Test coverage", ">= 80%"),
        ("Event-driven communication", "100% (no direct imports from other domains)"),
        ("Data isolation", "0 inbound FKs"),
    ]


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (0, "optimize-monolith"),
        (1, "optimize-monolith"),
        (2, "optimize-monolith"),
        (3, "optimize-monolith"),
        (4, "not-justified"),
        (5, "not-justified"),
        (6, "not-justified"),
        (7, "ready"),
    ],
)
def test_every_count_of_criteria_has_its_verdict(catalog: Catalog, count: int, verdict: str) -> None:
    assert verdict_of(count, TABLE).value == verdict
    for met in combinations(CRITERIA, count):
        content = evidence(catalog.domain("ai"), TABLE)
        content["criteria"] = {name: content["criteria"][name] for name in met}
        judged = _judged(catalog, content)
        assert (judged.verdict.value, set(judged.met)) == (verdict, set(met))
        assert judged.allows_extraction == (verdict == "ready")
        assert len(judged.gaps) == 7 - count


def test_all_subsets_of_the_criteria_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [verdict_of(n, TABLE) for n in range(8) for _ in combinations(CRITERIA, n)]
    counts = {verdict: verdicts.count(verdict) for verdict in Verdict}
    assert list(counts.values()) == [1, 63, 64]
    with capsys.disabled():
        print(
            "\n  readiness, all 128 subsets of criteria: " + ", ".join(f"{n} {v}" for v, n in counts.items())
        )


BOUNDARIES = [
    ("independent_team", 2, False),
    ("independent_team", 3, True),
    ("deploy_conflicts", 1, False),
    ("deploy_conflicts", 1.99, False),
    ("deploy_conflicts", 2, True),
    ("scale_divergence", 2.99, False),
    ("scale_divergence", 3, True),
    ("scale_divergence", 3.01, True),
    ("fault_isolation", 0, False),
    ("fault_isolation", 0.99, False),
    ("fault_isolation", 1, True),
    ("test_coverage", 79.9, False),
    ("test_coverage", 79.999999, False),
    ("test_coverage", 80, True),
    ("test_coverage", 100, True),
    ("event_driven", 99.9, False),
    ("event_driven", 100, True),
    ("data_isolation", 0, True),
    ("data_isolation", 1, False),
]


@pytest.mark.parametrize(("criterion", "value", "met"), BOUNDARIES)
def test_boundaries(catalog: Catalog, criterion: str, value: float, met: bool) -> None:
    content = evidence(catalog.domain("ai"), TABLE)
    content["criteria"][criterion] = measured(CRITERIA[criterion], value)
    judged = _judged(catalog, content)
    assert (criterion in judged.met) == met
    assert judged.verdict is (Verdict.READY if met else Verdict.NOT_JUSTIFIED)
    if not met:
        (gap,) = judged.gaps
        assert gap.startswith(f"{criterion} {value:g}" if value != 79.999999 else f"{criterion} 79.999999")
        assert "needs" in gap


@pytest.mark.parametrize(("age", "met"), [(0, True), (89, True), (90, True), (91, False), (400, False)])
def test_old_measurements_count_as_none(catalog: Catalog, age: int, met: bool) -> None:
    content = evidence(catalog.domain("ai"), TABLE)
    content["criteria"]["test_coverage"]["date"] = TODAY - datetime.timedelta(days=age)
    judged = _judged(catalog, content)
    assert ("test_coverage" in judged.met) == met
    if not met:
        assert "more than 90 days before 2026-11-01" in judged.gaps[0]


@pytest.mark.parametrize(
    ("domain", "count"), [("ai", 5), ("analytics", 5), ("auth", 5), ("notifications", 4)]
)
def test_every_precondition_is_needed_one_by_one(catalog: Catalog, domain: str, count: int) -> None:
    entry = catalog.domain(domain)
    assert len(entry.preconditions) == count
    for precondition in entry.preconditions:
        content = evidence(entry, TABLE)
        del content["preconditions"][precondition.id]
        judged = _judged(catalog, content, domain)
        assert judged.verdict is Verdict.READY
        assert judged.open_preconditions == (f"{precondition.id}: {precondition.words}",)
        assert not judged.allows_extraction


def test_an_old_confirmation_counts_as_none(catalog: Catalog) -> None:
    content = evidence(catalog.domain("ai"), TABLE)
    content["preconditions"]["asynchronous"]["date"] = TODAY - datetime.timedelta(days=91)
    assert len(_judged(catalog, content).open_preconditions) == 1


def test_no_file_is_no_evidence(catalog: Catalog, tmp_path: Path) -> None:
    assert load_evidence(tmp_path / "ai.yaml", catalog.domain("ai"), TABLE, TODAY) is None
    judged = judge_readiness(catalog.domain("ai"), None, TABLE, TODAY)
    assert (judged.verdict, judged.met, judged.digest) == (Verdict.OPTIMIZE_MONOLITH, (), None)


def test_the_digest_is_of_the_content_and_not_of_its_layout(catalog: Catalog, tmp_path: Path) -> None:
    content, path = evidence(catalog.domain("ai"), TABLE), tmp_path / "ai.yaml"
    digests = []
    for style in (True, False):
        path.write_text("# a remark\n" + yaml.safe_dump(content, default_flow_style=style))
        found = load_evidence(path, catalog.domain("ai"), TABLE, TODAY)
        assert found is not None
        digests.append(found.digest)
    content["criteria"]["test_coverage"]["value"] = 81
    path.write_text(yaml.safe_dump(content))
    changed = load_evidence(path, catalog.domain("ai"), TABLE, TODAY)
    assert changed is not None
    assert digests[0] == digests[1] != changed.digest


@pytest.mark.parametrize(
    ("without", "verdict", "advice"),
    [
        (["test_coverage", "data_isolation"], "5 of 7 criteria (not-justified)", "close the gaps"),
        (
            list(CRITERIA)[:4],
            "3 of 7 criteria (optimize-monolith)",
            "do not extract. Optimize the monolith instead",
        ),
    ],
)
def test_the_refusal_names_count_verdict_and_gaps(
    catalog: Catalog, tmp_path: Path, without: list[str], verdict: str, advice: str
) -> None:
    content = evidence(catalog.domain("ai"), TABLE)
    for name in without:
        del content["criteria"][name]
    (tmp_path / "ai.yaml").write_text(yaml.safe_dump(content))
    section = with_drivers(catalog, {"ai": "service"})
    config = configured(extract=section, readiness=str(tmp_path))
    with pytest.raises(Refusal) as caught:
        judge_move(None, resolve(config, catalog), config, catalog)
    message = str(caught.value)
    assert verdict in message
    assert advice in message
    assert all(f"missing: {name} not measured" in message for name in without)


def test_evidence_gates_the_move_and_not_the_stay(catalog: Catalog) -> None:
    """Blocked deploys drop to 0 once a domain is out, so a service is not judged again."""
    section = with_drivers(catalog, {"ai": "service"})
    config = configured(extract=section)
    topology = resolve(config, catalog)
    without = configured(extract=section, readiness="nowhere")
    assert judge_move(topology.model_dump(mode="json"), topology, without, catalog).verdicts == {}
    assert judge_move(None, topology, config, catalog).verdicts == {"ai": "ready"}
    with pytest.raises(Refusal):
        judge_move(None, topology, without, catalog)


def test_the_written_table_is_the_catalogs() -> None:
    text = (STACKS / "readiness" / "README.md").read_text()
    for criterion in TABLE.criteria:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{criterion.id}` "))
        assert f"`{criterion.unit}`" in row
        assert row.endswith(
            f"| {criterion.needs.removeprefix('>= ') if criterion.id == 'event_driven' else criterion.needs} |"
        )
