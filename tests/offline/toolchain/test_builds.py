"""The list of builds says the same as the pinned modules, and finds what it is asked for."""

import re
from pathlib import Path

import pytest

from offline.toolchain import builds
from offline.toolchain.engine import PROVIDERS
from offline.toolchain.errors import ToolchainError
from offline.toolchain.go import find_go, required_version
from offline.toolchain.places import GO_MODULES, ROOT
from tests.offline.toolchain.conftest import Machine

OUTPUTS = [output for build in builds.BUILDS for output in build.outputs]


def test_every_tool_of_the_modules_is_built() -> None:
    tools = set()
    for module in GO_MODULES.glob("*/go.mod"):
        text = module.read_text()
        block = re.findall(r"^tool \(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL)
        tools |= set(re.findall(r"^tool ([^\s(]+)$", text, re.MULTILINE)) | set("".join(block).split())
    assert len(tools) >= 8
    recipes = " ".join(build.recipe for build in builds.BUILDS).split()
    assert sorted(tools - set(recipes)) == []


@pytest.mark.parametrize(
    ("module", "pinned"),
    [
        pytest.param("pulumi", f"github.com/pulumi/pulumi/pkg/v3 {builds.PULUMI_VERSION}", id="engine"),
        pytest.param(
            "pulumi", f"sdk/v3 => github.com/pulumi/pulumi/sdk/v3 {builds.PULUMI_VERSION}", id="wrappers"
        ),
        pytest.param("cluster", f"k8s.io/kubernetes {builds.KUBERNETES_VERSION}", id="control plane"),
    ],
)
def test_versions_said_are_versions_pinned(module: str, pinned: str) -> None:
    assert pinned in (GO_MODULES / module / "go.mod").read_text()


@pytest.mark.parametrize("name", PROVIDERS)
def test_plugin_versions_are_those_of_the_sdks(name: str) -> None:
    assert (
        f"pulumi-{name}=={PROVIDERS[name].removeprefix('v')}"
        in (ROOT / "requirements.txt").read_text().split()
    )


@pytest.mark.parametrize("module", sorted(path.parent.name for path in GO_MODULES.glob("*/go.mod")))
def test_every_module_has_its_checksums(module: str) -> None:
    assert (GO_MODULES / module / "go.sum").stat().st_size > 0
    assert module in {used for build in builds.BUILDS for used in build.modules}


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("name", OUTPUTS)
def test_a_binary_that_is_not_built_is_refused_by_name(name: str) -> None:
    command = "make test" if builds.build_of(name).name in builds.TESTS else "make engine"
    with pytest.raises(ToolchainError, match=rf"`{name}` is not built.*\n  fix: run `{command}`"):
        builds.binary(name)


@pytest.mark.usefixtures("machine")
def test_an_unknown_binary_lists_those_there_are() -> None:
    with pytest.raises(ToolchainError, match=r"no build `kubelet`.*\n  fix: use one of: .*kube-apiserver"):
        builds.binary("kubelet")


def test_what_only_tests_need_is_no_part_of_everything() -> None:
    assert set(builds.TESTS) | set(builds.EVERYTHING) == {build.name for build in builds.BUILDS}
    assert not set(builds.TESTS) & set(builds.EVERYTHING)
    assert not set(builds.TESTS) & set(builds.ENGINE)


@pytest.mark.usefixtures("machine")
def test_missing_crds_are_refused() -> None:
    with pytest.raises(ToolchainError, match="CRDs are not generated"):
        builds.crds()


def test_a_folder_for_experiments_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_EXTRACTION_BIN", str(tmp_path))
    (tmp_path / "etcd").touch()
    assert builds.binary("etcd") == tmp_path / "etcd"


def test_the_key_follows_the_compiler(machine: Machine) -> None:
    before = builds.build_of("etcd").key()
    machine.install_go("go1.99.1")
    assert builds.build_of("etcd").key() != before


def test_the_key_follows_the_module(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.bin.exists()
    find_go()  # asks the real go.mod files
    monkeypatch.setattr(builds, "GO_MODULES", tmp_path)
    (tmp_path / "cluster").mkdir()
    keys = set()
    for text in ("go 1.26", "go 1.27"):
        (tmp_path / "cluster" / "go.mod").write_text(text)
        keys.add(builds.build_of("etcd").key())
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("lines", "needed"),
    [
        pytest.param(["go 1.25.0", "go 1.26.0"], (1, 26, 0), id="highest of several"),
        pytest.param(["go 1.9", "go 1.10"], (1, 10), id="numbers, not text"),
    ],
)
def test_the_needed_go_is_read_from_the_modules(
    tmp_path: Path, lines: list[str], needed: tuple[int, ...]
) -> None:
    files = []
    for number, line in enumerate(lines):
        files.append(tmp_path / f"{number}.mod")
        files[-1].write_text(f"module x\n\n{line}\n")
    assert required_version(files) == needed


def test_an_old_go_is_refused(machine: Machine) -> None:
    machine.install_go("go1.20.3")
    with pytest.raises(
        ToolchainError, match=r"is go1\.20\.3, but offline/go needs .* or newer\.\n  fix: install Go"
    ):
        find_go()


def test_a_missing_go_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match=r"go: not found on PATH.*\n  fix: install Go"):
        find_go()
