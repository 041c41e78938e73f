"""Bad input through the real engine: one message with the fix, an error code, and not one object more or less."""

import json
import re
import subprocess
import time

import pytest

from tests.engine.conftest import Project

FOREIGN_READER = "tests/policies/programs/foreign_reader"


def objects(project: Project) -> set[str]:
    """Every object of the API server that no controller made: those come and go by themselves, like events."""
    kinds = project.kubectl(
        "api-resources --verbs=list -o name | grep -vE '^(events|leases|endpoints$|componentstatuses)' | paste -sd,"
    ).split()[-1]
    # Without what kubectl warns of on the other stream.
    listed = project.kubectl(f"get {kinds} -A --ignore-not-found -o json 2>/dev/null")
    items = json.loads(listed)["items"]
    every = [(item["kind"], item["metadata"]) for item in items]
    return {
        f"{kind} {metadata.get('namespace', '')}/{metadata['name']}"
        for kind, metadata in every
        if "ownerReferences" not in metadata
    }


def test_a_second_owner_on_the_monoliths_database_is_refused_at_preview(year1: Project) -> None:
    before = objects(year1)
    refused = year1.make("preview", PROGRAM=FOREIGN_READER).must_refuse()
    assert "shared-database" in refused.text
    path = r"\(owner analytics\) → Secret \S+ → \S+ \S+ \(owner monolith\)"
    assert re.search(path, refused.text), refused.text
    assert objects(year1) == before


BAD_STACK_FILES = [
    pytest.param(
        'service-extraction:year: "1"', 'service-extraction:yeer: "1"', ["yeer", "year"], id="unknown key"
    ),
    pytest.param(
        'service-extraction:year: "1"', "service-extraction:year: first", ["year", "first"], id="wrong type"
    ),
    pytest.param("/monolith:", "/monolith", ["images.monolith", "tag"], id="image without tag or digest"),
    pytest.param(
        "context: embedded",
        "context: nowhere",
        ["cluster.context", "nowhere"],
        id="context that does not exist",
    ),
]


@pytest.mark.parametrize(("old", "new", "named"), BAD_STACK_FILES)
@pytest.mark.parametrize("command", ["make", "pulumi"])
def test_a_bad_stack_file_is_refused(
    year1: Project, old: str, new: str, named: list[str], command: str
) -> None:
    """By `make up` and by plain `pulumi up` alike, with the file and the fix."""
    before = objects(year1)
    year1.replace_in_stack_file("year1", old, new)
    try:
        if command == "make":
            refused = year1.make("up", STACK="year1").must_refuse()
        else:
            refused = year1.shell("pulumi up -s year1 --yes --skip-preview").must_refuse()
    finally:
        year1.replace_in_stack_file("year1", new, old)
    for word in (*named, "Pulumi.year1.yaml", "fix:"):
        assert word in refused.text
    assert objects(year1) == before


def test_a_skipped_phase_is_refused_with_the_steps(year1: Project) -> None:
    """The flag is set as a person sets it, on a stack that is up."""
    before, file = objects(year1), year1.root / "stacks" / "Pulumi.year1.yaml"
    text = file.read_text()
    year1.shell(
        "pulumi config set -s year1 --path service-extraction:extract.ai.phase service"
    ).must_succeed()
    try:
        refused = year1.make("preview", STACK="year1").must_refuse()
    finally:
        file.write_text(text)
    assert "it skips `worker`" in refused.text
    assert "phase: worker" in refused.text
    assert "2. ai: `worker` → `service`, at weight 0 beside the old path" in refused.text
    assert objects(year1) == before


def test_a_service_without_evidence_is_refused_with_the_gaps(year1: Project) -> None:
    """On a fresh stack, whose first deployment may start anywhere that the evidence allows."""
    before = objects(year1)
    year1.replace_in_stack_file("year2", "readiness: readiness/embedded", "readiness: readiness/none")
    try:
        refused = year1.make("preview", STACK="year2").must_refuse()
    finally:
        year1.replace_in_stack_file("year2", "readiness: readiness/none", "readiness: readiness/embedded")
    assert "optimize-monolith" in refused.text
    for criterion in ("independent_team", "test_coverage", "data_isolation"):
        assert criterion in refused.text
    assert objects(year1) == before


def test_an_unknown_stack_lists_those_that_exist(year1: Project) -> None:
    refused = year1.make("up", STACK="year9").must_refuse()
    assert "year9" in refused.text
    assert "year1" in refused.text


def test_dev_refuses_without_its_secrets_and_without_a_passphrase_of_its_own(year1: Project) -> None:
    refused = year1.make("up", STACK="dev").must_refuse()
    assert "passphrase" in refused.text
    refused = year1.run(
        "make", "--no-print-directory", "up", "STACK=dev", extra={"PULUMI_CONFIG_PASSPHRASE": "of a team"}
    ).must_refuse()
    assert "Pulumi.dev.yaml" in refused.text
    assert "fix:" in refused.text


def test_down_refuses_any_cluster_but_the_embedded_one(year1: Project) -> None:
    refused = year1.run(
        "make", "--no-print-directory", "down", "STACK=dev", extra={"PULUMI_CONFIG_PASSPHRASE": "of a team"}
    ).must_refuse()
    assert "embedded" in refused.text


def test_a_second_up_while_one_runs_is_refused(year1: Project) -> None:
    with subprocess.Popen(
        ["make", "--no-print-directory", "up", "STACK=year1"],
        cwd=year1.root, env=dict(year1.environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    ) as first:  # fmt: skip
        locks = year1.root / ".state" / "backend" / ".pulumi" / "locks"
        deadline = time.monotonic() + 60
        while not list(locks.rglob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.1)
        refused = year1.make("up", STACK="year1").must_refuse()
        first.communicate(timeout=120)
    assert first.returncode == 0
    assert re.search(r"another|already|lock", refused.text)


def test_an_api_server_that_is_down_is_said_at_once(year1: Project) -> None:
    year1.make("cluster").must_succeed()
    config = year1.root / ".cluster" / "kubeconfig"
    text = config.read_text()
    config.write_text(re.sub(r"https://127\.0\.0\.1:\d+", "https://127.0.0.1:9", text))
    try:
        refused = year1.shell("pulumi up -s year1 --yes --skip-preview").must_refuse()
    finally:
        config.write_text(text)
    assert "https://127.0.0.1:9" in refused.text
    assert "fix:" in refused.text
