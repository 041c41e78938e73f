"""A stack file is read alike from the file, from the engine's config and from whatever `pulumi config set` wrote."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from roadmap import (
    Catalog,
    StackConfig,
    decide,
    judge_move,
    load_catalog,
    load_stack_file,
    parse_stack_config,
    resolve,
)
from tests.roadmap.building import STACKS, STATEMENT, configured, values

NAMES = sorted(
    path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in STACKS.glob("Pulumi.*.yaml")
)


def test_every_stack_of_the_project_is_here() -> None:
    assert {"dev", "year1", "year2", "year3"} <= set(NAMES)


@pytest.mark.parametrize("name", ["dev", "year1", "year2", "year3"])
def test_every_stack_resolves(catalog: Catalog, name: str) -> None:
    topology = resolve(load_stack_file(STACKS / f"Pulumi.{name}.yaml"), catalog)
    assert topology.stack == name


@pytest.mark.parametrize("name", ["dev", "year1", "year2", "year3"])
def test_the_engines_runtime_config_gives_the_same(name: str) -> None:
    """Objects arrive as JSON text with sorted keys, scalars as text."""
    path = STACKS / f"Pulumi.{name}.yaml"
    config = yaml.safe_load(path.read_text())["config"]
    runtime = {
        key: json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else _scalar(value)
        for key, value in config.items()
    }
    assert parse_stack_config(name, str(path), runtime, set()) == load_stack_file(path)


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    "extract",
    [
        pytest.param({"phase": "service", "weight": 10}, id="a number, as --path writes it"),
        pytest.param({"phase": "service", "weight": "10"}, id="a number as text"),
    ],
)
def test_a_flag_may_be_written_as_the_engine_writes_it(catalog: Catalog, extract: dict[str, Any]) -> None:
    config = configured(
        extract={"ai": {"drivers": {"llm_compute_needs_dedicated_scaling": STATEMENT}, **extract}}
    )
    placement = resolve(config, catalog).domains[0]
    assert (placement.phase, placement.weight, placement.old_path) == ("service", 10, "kept")


@pytest.mark.parametrize("parked", [True, "true"])
def test_a_boolean_may_be_text(parked: object) -> None:
    assert configured(extract={"ai": {"parked": parked}}).extract["ai"].parked is True


@pytest.mark.parametrize("year", [2, "2"])
def test_a_year_may_be_text(year: object) -> None:
    assert configured(year=year).year == 2


def test_a_date_may_be_text_or_a_date() -> None:
    assert configured(as_of="2026-11-01") == configured(as_of=yaml.safe_load("2026-11-01"))


def test_a_stack_file_holds_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.test.yaml"
    settings = {f"service-extraction:{key}": value for key, value in values().items()}
    settings["service-extraction:application_secrets"] = {
        "SMTP_PASSWORD": {"secure": "v1:ciphertext"},
        "LLM_API_KEY": {"secure": "v1:ciphertext"},
    }
    path.write_text(yaml.safe_dump({"config": settings, "encryptionsalt": "v1:salt"}))
    config = load_stack_file(path)
    assert config.application_secrets == ("LLM_API_KEY", "SMTP_PASSWORD")
    assert "ciphertext" not in config.model_dump_json()


def test_secrets_in_clear_from_the_engine_leave_only_their_names() -> None:
    key = "service-extraction:application_secrets"
    config = configured(secret_keys=frozenset({key}), application_secrets='{"LLM_API_KEY": "hunter2"}')
    assert config.application_secrets == ("LLM_API_KEY",)
    assert "hunter2" not in config.model_dump_json()


def test_keys_of_other_projects_are_left_alone() -> None:
    runtime = {"kubernetes:context": "other", "pulumi:tags": "{}"}
    runtime |= {
        f"service-extraction:{key}": json.dumps(v) if isinstance(v, dict) else str(v)
        for key, v in values().items()
    }
    assert isinstance(parse_stack_config("test", "Pulumi.test.yaml", runtime, set()), StackConfig)


def test_the_order_of_keys_does_not_matter(catalog: Catalog) -> None:
    settings = values()
    backwards = dict(reversed(settings.items()))
    first = resolve(configured(**settings), catalog)
    assert first == resolve(configured(**backwards), catalog)


@pytest.mark.parametrize(("name", "verdicts"), [
    ("year1", {}),
    ("year2", {"ai": "ready"}),
    ("year3", {"ai": "ready", "analytics": "ready", "auth": "ready", "notifications": "ready"}),
])  # fmt: skip
def test_the_evidence_of_the_embedded_stacks_carries_them(name: str, verdicts: dict[str, str]) -> None:
    config, catalog = load_stack_file(STACKS / f"Pulumi.{name}.yaml"), load_catalog()
    assert judge_move(None, resolve(config, catalog), config, catalog).verdicts == verdicts


def test_year_1_may_be_deployed(catalog: Catalog) -> None:
    topology, _ = decide(None, load_stack_file(STACKS / "Pulumi.year1.yaml"), catalog)
    assert topology.year == 1
