"""The official engine and plugins are used where they are, or refused; the user's own folder is never touched."""

import os
import subprocess
from pathlib import Path

import pytest

from offline.toolchain import engine as engines
from offline.toolchain import environment, plugins
from offline.toolchain.engine import PROVIDERS, Engine, choose
from offline.toolchain.errors import ToolchainError
from offline.toolchain.places import VENV
from tests.offline.toolchain.conftest import Machine


def write_script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def install_pulumi(machine: Machine, version: str, *, language_host: bool = True) -> None:
    write_script(machine.bin / "pulumi", f"echo {version}")
    if language_host:
        write_script(machine.bin / "pulumi-language-python", ":")


def install_plugin(home: Path, name: str, version: str) -> Path:
    folder = home / "plugins" / f"resource-{name}-{version}"
    write_script(folder / f"pulumi-resource-{name}", "echo official")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's Pulumi folder."""
    home = tmp_path / "users-pulumi"
    monkeypatch.setenv("PULUMI_HOME", str(home))
    return home


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone's `.state`, in another place than this one's."""
    state = tmp_path / "clone" / ".state"
    for module in (engines, environment, plugins):
        monkeypatch.setattr(module, "STATE", state)
    monkeypatch.setattr(plugins, "PULUMI_HOME", state / "pulumi")
    monkeypatch.setattr(environment, "PULUMI_HOME", state / "pulumi")
    monkeypatch.setattr(plugins, "STAND_INS", state / "stand-ins")
    monkeypatch.setattr(environment, "STAND_INS", state / "stand-ins")
    monkeypatch.setattr(environment, "BACKEND", state / "backend")
    monkeypatch.setattr(environment, "PASSPHRASE", state / "passphrase")
    monkeypatch.setattr(environment, "binary", lambda name: state / name / name)
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    return state


@pytest.mark.usefixtures("home", "clone")
@pytest.mark.parametrize(
    ("version", "language_host", "forced", "official"),
    [
        pytest.param(None, True, None, False, id="nothing installed"),
        pytest.param("v3.200.0", True, None, True, id="just new enough"),
        pytest.param("v4.0.0", True, None, True, id="next major"),
        pytest.param("v3.199.9", True, None, False, id="too old"),
        pytest.param("v3.250.0", False, None, False, id="a bare CLI without its language host"),
        pytest.param("nonsense", True, None, False, id="says no version"),
        pytest.param("v3.250.0", True, "offline", False, id="forced offline"),
        pytest.param("v3.250.0", True, "", True, id="empty ENGINE is none"),
    ],
)
def test_the_engine_chosen(
    machine: Machine, version: str | None, language_host: bool, forced: str | None, official: bool
) -> None:
    if version:
        install_pulumi(machine, version, language_host=language_host)
    assert choose(forced).official is official


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize("pulumi", [None, "v3.100.0"], ids=["missing", "too old"])
def test_a_forced_engine_that_is_not_there_is_refused(
    machine: Machine, home: Path, pulumi: str | None
) -> None:
    if pulumi:
        install_pulumi(machine, pulumi)
    with pytest.raises(
        ToolchainError, match=r"ENGINE=official: no official pulumi >= 3\.200(.|\n)*fix: install Pulumi"
    ):
        choose("official")
    assert not home.exists()


@pytest.mark.usefixtures("clone")
def test_a_forced_engine_without_its_plugins_says_how_to_install_them(machine: Machine, home: Path) -> None:
    install_pulumi(machine, "v3.250.0")
    install_plugin(home, "random", PROVIDERS["random"])
    with pytest.raises(
        ToolchainError, match=r"not installed: kubernetes v\S+\.\n  fix: pulumi plugin install resource kub"
    ):
        choose("official")


@pytest.mark.usefixtures("machine")
def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ToolchainError, match="`pulumi` is not an engine"):
        choose("pulumi")


@pytest.mark.usefixtures("clone")
def test_only_the_version_that_the_sdk_asks_for_counts(machine: Machine, home: Path) -> None:
    install_plugin(home, "kubernetes", "v4.0.0")
    wanted = install_plugin(home, "random", PROVIDERS["random"])
    install_plugin(home, "random", "v1.0.0")
    assert machine.bin.exists()
    assert {plugin.name: plugin.path for plugin in choose(None).plugins} == {
        "kubernetes": None,
        "random": wanted,
    }


def test_the_built_engine_takes_official_plugins_by_link(machine: Machine, home: Path, clone: Path) -> None:
    official = install_plugin(home, "random", PROVIDERS["random"])
    assert machine.bin.exists()
    before = sorted(home.rglob("*"))
    for _ in range(2):
        plugins.install(choose(None))
    folder = clone / "pulumi" / "plugins"
    assert (folder / f"resource-random-{PROVIDERS['random']}").resolve() == official
    stand_in = folder / f"resource-kubernetes-{PROVIDERS['kubernetes']}" / "pulumi-resource-kubernetes"
    assert "offline.providers.kubernetes" in stand_in.read_text()
    plugins.install(choose("offline"))
    assert not (folder / f"resource-random-{PROVIDERS['random']}").is_symlink()
    assert sorted(home.rglob("*")) == before


def test_an_official_engine_gets_stand_ins_only_for_what_is_missing(
    machine: Machine, home: Path, clone: Path
) -> None:
    install_pulumi(machine, "v3.250.0")
    install_plugin(home, "random", PROVIDERS["random"])
    plugins.install(choose(None))
    assert [path.name for path in (clone / "stand-ins").iterdir()] == ["pulumi-resource-kubernetes"]
    install_plugin(home, "kubernetes", PROVIDERS["kubernetes"])
    plugins.install(choose(None))
    assert list((clone / "stand-ins").iterdir()) == []


def test_a_stand_in_starts_from_any_path_without_the_slow_switch(
    machine: Machine, home: Path, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "a clone's folder"
    write_script(root / "python", 'echo "$PYTHONPATH|$PYTHONDONTWRITEBYTECODE|$*"')
    monkeypatch.setattr(plugins, "ROOT", root)
    monkeypatch.setattr(plugins, "python", lambda: root / "python")
    plugins.install(choose(None))
    assert machine.bin.exists()
    assert not home.exists()
    (script,) = clone.rglob("pulumi-resource-random")
    said = subprocess.run([str(script), "127.0.0.1:1"], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}).stdout  # fmt: skip
    assert said == f"{root}||-m offline.providers.random 127.0.0.1:1\n"


def built(clone: Path) -> Engine:
    return Engine(official=False, version="v3.200.0", executable=clone / "engine" / "pulumi", plugins=())


def test_the_passphrase_is_made_once_and_for_its_owner_only(clone: Path) -> None:
    first = environment.pulumi_environment(built(clone))["PULUMI_CONFIG_PASSPHRASE_FILE"]
    text = (clone / "passphrase").read_text()
    environment.pulumi_environment(built(clone))
    assert first == str(clone / "passphrase")
    assert (clone / "passphrase").stat().st_mode & 0o777 == 0o600
    assert (clone / "passphrase").read_text() == text
    assert len(text.strip()) >= 32


@pytest.mark.parametrize(
    "name", ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_BACKEND_URL"]
)
def test_what_the_user_has_set_stays(clone: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "file:///the/users")
    applied = environment.applied(environment.pulumi_environment(built(clone)))
    assert applied[name] == "file:///the/users"
    assert environment.uses_own_backend() is (name != "PULUMI_BACKEND_URL")
    assert environment.has_users_passphrase() is (name != "PULUMI_BACKEND_URL")


def test_the_generated_passphrase_is_kept_away_on_demand(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(clone / "passphrase"))  # as after `make env`
    applied = environment.applied(environment.pulumi_environment(built(clone), generated_passphrase=False))
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in applied


def test_our_folders_come_first_on_path_and_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for _ in range(2):
        applied = environment.applied(environment.pulumi_environment(built(clone)))
        monkeypatch.setenv("PATH", applied["PATH"])
    path = applied["PATH"].split(":")
    assert path[:3] == [str(VENV / "bin"), str(clone / "kubectl"), str(clone / "engine")]
    assert len(path) == len(set(path)) or path.count(path[0]) == 1
    assert "PYTHONDONTWRITEBYTECODE" not in applied
    assert applied["PULUMI_HOME"] == str(clone / "pulumi")


def test_an_official_engine_keeps_the_users_home(clone: Path, home: Path) -> None:
    official = Engine(
        official=True, version="v3.250.0", executable=Path("/opt/pulumi/bin/pulumi"), plugins=()
    )
    assert environment.applied(environment.pulumi_environment(official))["PULUMI_HOME"] == str(home)
    assert clone.exists()
