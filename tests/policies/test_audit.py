"""The command line: manifests and stack exports together, three formats, exit codes, and input that cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.isolation.command_line import main

ROOT = Path(__file__).resolve().parents[2]
URL = "postgres://u:hunter2@pg/shop"


def workload(
    name: str, *, image: str = "app:1", env: dict[str, str] | None = None, **metadata: Any
) -> dict[str, Any]:
    labels = {"app": name}
    variables = [{"name": key, "value": text} for key, text in (env or {}).items()]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, **metadata},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": image, "env": variables}]},
            },
        },
    }


def front(name: str, port: int) -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


SHOP = [
    workload("pg", image="postgres:16"),
    front("pg", 5432),
    workload("orders", env={"DATABASE_URL": URL}),
    workload("billing", env={"DATABASE_URL": URL}),
]


def write(path: Path, documents: list[Any]) -> Path:
    path.write_text(yaml.safe_dump_all(documents))
    return path


def export(path: Path, *documents: dict[str, Any], version: int = 3) -> Path:
    states = [
        {
            "urn": f"urn:pulumi:prod::shop::kubernetes:{item['apiVersion'] if '/' in item['apiVersion'] else 'core/v1'}"
            f":{item['kind']}::{item['metadata']['name']}",
            "type": f"kubernetes:{item['apiVersion'] if '/' in item['apiVersion'] else 'core/v1'}:{item['kind']}",
            "custom": True,
            "protect": True,
            "inputs": item,
            "outputs": item,
        }
        for item in documents
    ]
    path.write_text(json.dumps({"version": version, "deployment": {"resources": states}}))
    return path


def run(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["audit", *(str(argument) for argument in arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_json_is_as_documented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(write(tmp_path / "shop.yaml", SHOP), "--format", "json", capsys=capsys)
    [finding] = json.loads(out)["findings"]
    assert (code, err) == (1, "")
    assert finding == {
        "rule": "shared-database",
        "level": "mandatory",
        "store": {"kind": "Deployment", "name": "pg", "namespace": "default"},
        "logical": "shop",
        "users": ["orders", "billing"],
        "owners": ["orders", "billing"],
        "paths": [
            ["orders", "env DATABASE_URL", "Deployment pg"],
            ["billing", "env DATABASE_URL", "Deployment pg"],
        ],
        "message": finding["message"],
    }
    assert "orders (owner orders) → env DATABASE_URL → Deployment pg" in finding["message"]


@pytest.mark.parametrize("chosen", ["table", "json", "sarif"])
def test_no_format_echoes_a_value(chosen: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(write(tmp_path / "shop.yaml", SHOP), "--format", chosen, capsys=capsys)
    assert code == 1
    assert "shared-database" in out
    assert "hunter2" not in out


def test_sarif_points_at_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "shop.yaml", SHOP)
    _, out, _ = run(file, "--format", "sarif", capsys=capsys)
    run_object = json.loads(out)["runs"][0]
    assert len(run_object["tool"]["driver"]["rules"]) == 10
    [result] = run_object["results"]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == str(file)


@pytest.mark.parametrize("shape", ["multi-document", "list", "folder", "export", "two exports"])
def test_every_shape_of_input_is_read(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / "in"]
    if shape == "multi-document":
        paths = [write(tmp_path / "shop.yaml", SHOP)]
    elif shape == "list":
        paths = [write(tmp_path / "shop.yaml", [{"apiVersion": "v1", "kind": "List", "items": SHOP}])]
    elif shape == "folder":
        (tmp_path / "in" / "deeper").mkdir(parents=True)
        write(tmp_path / "in" / "a.yaml", SHOP[:2])
        write(tmp_path / "in" / "deeper" / "b.yml", SHOP[2:])
    elif shape == "export":
        paths = [export(tmp_path / "prod.json", *SHOP)]
    else:
        paths = [export(tmp_path / "stores.json", *SHOP[:3]), export(tmp_path / "billing.json", SHOP[3])]
    code, out, err = run(*paths, "--format", "json", capsys=capsys)
    assert (code, err) == (1, "")
    assert [
        item["store"]["name"] for item in json.loads(out)["findings"] if item["level"] == "mandatory"
    ] == ["pg"]


def test_a_clean_system_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(write(tmp_path / "shop.yaml", SHOP[:3]), capsys=capsys)
    assert code == 0
    assert "0 mandatory" in out


BAD = {
    "no such file": (None, "no such file or folder"),
    "not yaml": ("a: [1, 2\nb: }", ":2: not valid YAML"),
    "another version": (
        json.dumps({"version": 1, "deployment": {}}),
        "a stack export of version 1; version 3",
    ),
    "broken json": ('{"version": 3,', "not valid JSON"),
    "nothing to audit": ("just: text", "neither Kubernetes objects nor a stack export"),
    "no urn": (
        json.dumps({"version": 3, "deployment": {"resources": [{"type": "a"}]}}),
        "resources[0]: has no urn",
    ),
    "resources of another shape": (
        json.dumps({"version": 3, "deployment": {"resources": 1}}),
        "is not a list",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_and_the_rest_still_audited(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, message = BAD[case]
    bad = tmp_path / ("bad.json" if content and content.startswith("{") else "bad.yaml")
    if content is not None:
        bad.write_text(content)
    good = write(tmp_path / "shop.yaml", SHOP)
    code, out, err = run(bad, good, capsys=capsys)
    assert code == 2
    assert err.startswith(f"error: {bad}")
    assert message in err
    assert "Traceback" not in err
    assert "shared-database" in out


def test_a_reference_to_nothing_matches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dangling = {"configMapKeyRef": {"name": "urls", "key": "db"}}
    documents = [workload("orders"), workload("billing")]
    for document in documents:
        document["spec"]["template"]["spec"]["containers"][0]["env"] = [
            {"name": "DB_URL", "valueFrom": dangling}
        ]
    code, out, _ = run(write(tmp_path / "shop.yaml", documents), "--format", "json", capsys=capsys)
    assert (code, json.loads(out)["findings"]) == (0, [])


def test_objects_with_empty_fields_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\ndata:\n---\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: b\n"
        "spec:\n  template:\n    spec:\n      containers:\n"
        "      - name: c\n        env:\n        - name: X\n          value:\n        envFrom:\n"
    )
    code, _, err = run(file, capsys=capsys)
    assert (code, err) == (0, "")


def exemption(tmp_path: Path, **changes: str) -> Path:
    entry = {
        "rule": "shared-database", "resource": "pg", "owner": "billing", "reason": "backfill", "expires": "2999-01-01",
    } | changes  # fmt: skip
    file = tmp_path / "exemptions.yaml"
    file.write_text(yaml.safe_dump({"exemptions": [{key: text for key, text in entry.items() if text}]}))
    return file


def test_an_exemption_lowers_a_violation_and_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write(tmp_path / "shop.yaml", SHOP)
    code, out, _ = run(shop, "--exemptions", exemption(tmp_path), capsys=capsys)
    assert code == 0
    assert "exemption from shared-database for pg (owner billing, until 2999-01-01): backfill" in out


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"expires": "2020-01-01"}, 1, "has expired"),
        ({"resource": "other"}, 1, "covers nothing any more"),
        ({"rule": "shared-cache"}, 1, "covers nothing any more"),
        ({"rule": "shared-everything"}, 2, "exemptions[0].rule: no rule shared-everything"),
        ({"reason": ""}, 2, "exemptions[0]: lacks reason"),
        ({"expires": "soon"}, 2, "exemptions[0].expires: not a date"),
        ({"until": "x"}, 2, "exemptions[0]: unknown key until"),
    ],
    ids=[
        "expired",
        "another resource",
        "another rule",
        "no such rule",
        "no reason",
        "no date",
        "unknown key",
    ],
)
def test_an_exemption_covers_no_more_than_it_says(
    changes: dict[str, str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write(tmp_path / "shop.yaml", SHOP)
    found, out, err = run(shop, "--exemptions", exemption(tmp_path, **changes), capsys=capsys)
    assert found == code
    assert message in out + err
    assert "MANDATORY shared-database" in out


def test_the_folder_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    """As somebody does who has only the folder."""
    shop = write(tmp_path / "shop.yaml", SHOP)
    for arguments, code, said in (
        (["audit", str(shop)], 1, "MANDATORY shared-database"),
        (["--help"], 0, "verify"),
    ):
        result = subprocess.run(
            [sys.executable, str(ROOT / "policies" / "isolation"), *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (result.returncode, result.stderr) == (code, "")
        assert said in result.stdout


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    shop = write(tmp_path / "shop.yaml", SHOP)
    command = [sys.executable, "-m", "policies.isolation", "audit", str(shop)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "MANDATORY shared-database" in result.stdout


def test_the_audit_needs_no_pulumi(tmp_path: Path) -> None:
    shop = export(tmp_path / "prod.json", *SHOP)
    program = (
        "import sys; sys.modules['pulumi'] = sys.modules['pulumi_policy'] = sys.modules['google'] = None;"
        f"from policies.isolation.command_line import main; sys.exit(main(['audit', {str(shop)!r}]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert "MANDATORY shared-database" in result.stdout


def test_the_packs_own_page_lists_every_rule_at_its_level() -> None:
    from policies.isolation.rules import RULES

    page = (ROOT / "policies" / "isolation" / "README.md").read_text()
    assert [rule.id for rule in RULES if f"| `{rule.id}` | {rule.level} |" not in page] == []
