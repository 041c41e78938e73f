"""Where a kubeconfig comes from and which cluster is active in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from offline.providers.kubernetes.kubeconfig import KubeconfigError, active_cluster, context_of, load, parse

CONFIG: dict[str, Any] = {
    "clusters": [
        {"name": "a", "cluster": {"server": "https://a", "certificate-authority": "ca.crt"}},
        {"name": "b", "cluster": {"server": "https://b"}},
    ],
    "users": [{"name": "u", "user": {"client-certificate": "u.crt", "client-key": "/keys/u.key"}}],
    "contexts": [
        {"name": "one", "context": {"cluster": "a", "user": "u"}},
        {"name": "two", "context": {"cluster": "b", "user": "u"}},
    ],
    "current-context": "one",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config").write_text(yaml.safe_dump(CONFIG))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(yaml.safe_dump({**CONFIG, "current-context": "two"}))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "environment", "current"),
    [
        pytest.param("config", {}, "one", id="relative-path"),
        pytest.param("~/config", {}, "one", id="home"),
        pytest.param("", {"KUBECONFIG": "config"}, "one", id="from-the-environment"),
        pytest.param("", {}, "two", id="the-usual-place"),
        pytest.param(yaml.safe_dump(CONFIG), {}, "one", id="contents"),
    ],
)
def test_sources(folder: Path, given: str, environment: dict[str, str], current: str) -> None:
    assert load(given, environment)["current-context"] == current


def test_files_beside_a_kubeconfig_are_found_from_anywhere(folder: Path) -> None:
    loaded = load("config", {})
    assert loaded["clusters"][0]["cluster"]["certificate-authority"] == str(folder / "ca.crt")
    assert loaded["users"][0]["user"] == {
        "client-certificate": str(folder / "u.crt"),
        "client-key": "/keys/u.key",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("/no/such/file", "no such file: /no/such/file", id="path"),
        pytest.param("a: [b\nc", "neither an existing file nor YAML in line 2", id="broken"),
        pytest.param("- a\n- b\n", "not a kubeconfig", id="list"),
    ],
)
def test_what_is_no_kubeconfig(text: str, message: str) -> None:
    with pytest.raises(KubeconfigError, match=message):
        parse(text)


def test_a_broken_file_is_named(folder: Path) -> None:
    (folder / "config").write_text("a: [b\nc")
    with pytest.raises(
        KubeconfigError, match=rf"kubeconfig {folder}/config: .*line 2|kubeconfig config: .*line 2"
    ):
        load("config", {})


def test_a_missing_context_lists_the_existing_ones() -> None:
    with pytest.raises(
        KubeconfigError, match='context "three" does not exist in the kubeconfig; it has one, two'
    ):
        context_of(CONFIG, "three")
    with pytest.raises(KubeconfigError, match="has no current-context; it has one, two"):
        context_of({**CONFIG, "current-context": ""}, "")


@pytest.mark.parametrize(
    ("context", "cluster", "server"),
    [("", "", "https://a"), ("two", "", "https://b"), ("", "b", "https://b"), ("three", "", None)],
)
def test_the_active_cluster(context: str, cluster: str, server: str | None) -> None:
    found = active_cluster(CONFIG, context, cluster)
    assert (found["server"] if found else None) == server
