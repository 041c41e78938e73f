"""What an audit is given: files of every kind and encoding, pipes, exports of empty stacks, a policy configuration."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from .test_audit import ROOT, SHOP, export, run, workload, write

NOTHING = "holds neither Kubernetes objects nor a stack export"
TEXT = yaml.safe_dump_all(SHOP)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_whatever_wrote_it(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_bytes(TEXT.encode(encoding))
    code, out, err = run(file, capsys=capsys)
    assert (code, err) == (1, "")
    assert "MANDATORY shared-database" in out


@pytest.mark.parametrize("piped", ["manifests", "export"])
def test_what_is_piped_in_is_read(
    piped: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = TEXT if piped == "manifests" else export(tmp_path / "prod.json", *SHOP).read_text()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))
    code, out, err = run("-", capsys=capsys)
    assert (code, err) == (1, "")
    assert "MANDATORY shared-database" in out


@pytest.mark.parametrize("order", [1, -1], ids=["first", "last"])
@pytest.mark.parametrize("content", ["", "replicas: 2\n"], ids=["empty", "values"])
def test_a_file_that_holds_nothing_is_named_wherever_it_stands(
    content: str, order: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = tmp_path / "values.yaml"
    nothing.write_text(content)
    code, _, err = run(*[nothing, write(tmp_path / "shop.yaml", SHOP)][::order], capsys=capsys)
    assert (code, err) == (2, f"error: {nothing}: {NOTHING}\n")


def test_a_folder_without_an_object_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "values.yaml").write_text("replicas: 2\n")
    assert run(tmp_path, capsys=capsys)[::2] == (2, f"error: {tmp_path}: {NOTHING}\n")
    write(tmp_path / "shop.yaml", SHOP[:3])
    assert run(tmp_path, capsys=capsys)[::2] == (0, "")


@pytest.mark.parametrize("deployment", [{}, {"resources": None}, {"resources": []}])
def test_an_empty_stack_is_no_problem(
    deployment: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new"
    file.write_text(json.dumps({"version": 3, "deployment": deployment}))
    assert run(file, capsys=capsys)[::2] == (0, "")


def test_a_file_that_two_paths_hold_is_read_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "shop.yaml", SHOP)
    code, out, err = run(file, tmp_path, capsys=capsys)
    assert (code, err) == (1, "")
    assert out.splitlines()[-1].startswith(f"{len(SHOP)} resources, ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x93NUMPY\x01\x00\xff", "is no text in UTF-8"),
        ("name: \u00fc".encode("latin-1"), "is no text in UTF-8"),
        (b"a:\n  {{- include }}\n", "render it first: helm template CHART | ... audit -"),
        (b"[" * 5000 + b"]" * 5000, "nested too deeply"),
    ],
    ids=["binary", "another encoding", "template", "deep"],
)
def test_what_cannot_be_read_is_told_with_a_reason(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    code, _, err = run(file, capsys=capsys)
    assert code == 2
    assert err.startswith(f"error: {file}")
    assert message in err


def test_a_kustomization_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "shop.yaml", SHOP[:3])
    named = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["shop.yaml"],
    }
    file = write(tmp_path / "kustomization.yaml", [named])
    code, _, err = run(tmp_path, capsys=capsys)
    assert code == 0
    assert err.startswith(f"note: {file}:1: what this kustomization changes")


def test_a_finding_says_in_which_line_the_object_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "a shop.yaml", SHOP)
    line = file.read_text().splitlines().index("  name: orders")
    begins = (
        max(at for at, text in enumerate(file.read_text().splitlines()) if text == "---" and at < line) + 2
    )
    assert f"at {file}:{begins}\n" in run(file, capsys=capsys)[1]
    place = sarif(run(file, "--format", "sarif", capsys=capsys)[1])
    assert place == {
        "artifactLocation": {"uri": str(file).replace(" ", "%20")}, "region": {"startLine": begins},
    }  # fmt: skip


def test_a_finding_in_an_export_has_a_place_that_code_hosts_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = export(tmp_path / "prod.json", *SHOP)
    place = sarif(run(file, "--format", "sarif", capsys=capsys)[1])
    assert place == {"artifactLocation": {"uri": str(file)}, "region": {"startLine": 1}}


def sarif(text: str) -> Any:
    """Where the one result is."""
    [result] = json.loads(text)["runs"][0]["results"]
    return result["locations"][0]["physicalLocation"]


TEAMS = [
    workload("pg", image="postgres:16", labels={"team": "stock"}),
    *SHOP[1:2],
    workload("till", env={"DATABASE_URL": "postgres://pg/stock"}, labels={"team": "sales"}),
]
EXEMPTION = {
    "rule": "shared-database", "resource": "till", "owner": "sales", "reason": "it moves", "expires": "2999-01-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        ({}, 0, "0 mandatory"),
        ({"shared-cache": {"ownerKeys": ["team"]}}, 1, "till (owner sales)"),
        (
            {"shared-cache": {"ownerKeys": ["team"], "exemptions": [EXEMPTION]}},
            0,
            "exemption from shared-database",
        ),
        (
            {"unprotected-store": {"ownerKeys": ["team"]}, "unowned-store": {"level": "mandatory"}},
            1,
            "owner sales",
        ),
        ({"shared-cache": {"ownerKey": ["team"]}}, 2, "shared-cache: unknown key ownerKey"),
        ({"shared-cache": {"exemptions": [{**EXEMPTION, "reason": ""}]}}, 2, "exemptions[0]: lacks reason"),
        ([], 2, "not a mapping"),
    ],
)
def test_an_audit_takes_the_configuration_of_a_preview(
    config: Any, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(config))
    found, out, err = run(write(tmp_path / "shop.yaml", TEAMS), "--policy-config", file, capsys=capsys)
    assert found == code
    assert said in out + err


def test_a_reader_who_has_had_enough_is_no_error(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(ROOT / "policies" / "isolation"),
        "audit",
        str(write(tmp_path / "shop.yaml", SHOP)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (1, b"")


def test_its_output_is_utf_8_whatever_the_machine_prefers(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(ROOT / "policies" / "isolation"),
        "audit",
        str(write(tmp_path / "shop.yaml", SHOP)),
    ]
    result = subprocess.run(command, capture_output=True, check=False, env={"PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stderr) == (1, b"")
    assert "orders (owner orders) → env" in result.stdout.decode()


@pytest.mark.parametrize("name", ["isolation-0.1.0", "json"], ids=["a version in it", "a module's"])
def test_the_folder_may_be_called_anything(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(ROOT / "policies" / "isolation", folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(folder), "audit", str(write(tmp_path / "shop.yaml", SHOP))]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "")
