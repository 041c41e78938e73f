"""What is built, from which module and with which command: the whole list, and where each result lies."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from offline.toolchain.errors import ToolchainError
from offline.toolchain.go import find_go
from offline.toolchain.places import GO_MODULES, cache_root, experiment_folder

PULUMI_VERSION = "v3.200.0"
KUBERNETES_VERSION = "v1.35.4"

_KUBERNETES_FLAGS = " ".join(
    f"-X k8s.io/component-base/version.{name}={value}"
    for name, value in (
        ("gitVersion", KUBERNETES_VERSION),
        ("gitMajor", KUBERNETES_VERSION.removeprefix("v").split(".")[0]),
        ("gitMinor", KUBERNETES_VERSION.split(".")[1]),
    )
)


class Run(Protocol):
    """Runs one command of a build and returns what it printed on standard output; raises when it fails."""

    def __call__(self, command: Sequence[str], *, folder: Path) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One entry of the cache: a folder of files made by commands from one pinned Go module."""

    name: str
    """Name in progress lines and of the cache folder."""
    modules: tuple[str, ...]
    """Folders of `offline/go` whose content decides whether the result is still the right one."""
    outputs: tuple[str, ...]
    """Names of the executables it gives; empty for data files."""
    recipe: str
    """Everything about the commands that changes the result, as text."""
    produce: Callable[[Path, Run], None]
    """Makes the files in the given empty folder."""

    def key(self) -> str:
        """Hash of the modules' files, the recipe, the Go version and the platform: equal key, equal result."""
        digest = hashlib.sha256()
        compiler = find_go()
        for text in (self.name, self.recipe, compiler.version, compiler.platform):
            digest.update(text.encode() + b"\0")
        for module in self.modules:
            for path in sorted((GO_MODULES / module).iterdir()):
                digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    def folder(self) -> Path:
        """Where the finished result lies in the cache."""
        return cache_root() / "toolchain" / f"{self.name}-{self.key()}"


def _go_build(run: Run, *, module: str, package: str, output: Path, flags: str = "") -> None:
    linker = f"-s -w {flags}".strip()
    command = ("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", linker, "-o", str(output), package)
    run(command, folder=GO_MODULES / module)


def _cluster_binary(name: str, package: str, flags: str = _KUBERNETES_FLAGS) -> Build:
    def produce(folder: Path, run: Run) -> None:
        _go_build(run, module="cluster", package=package, output=folder / name, flags=flags)

    return Build(
        name=name, modules=("cluster",), outputs=(name,), recipe=f"{package} {flags}", produce=produce
    )


_EVALUATOR = "github.com/np-guard/netpol-analyzer/cmd/netpolicy"


def _produce_evaluator(folder: Path, run: Run) -> None:
    _go_build(run, module="network-policies", package=_EVALUATOR, output=folder / "netpolicy")


_NODE_HOST = "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"


def _produce_node_host(folder: Path, run: Run) -> None:
    _go_build(run, module="language-nodejs", package=_NODE_HOST, output=folder / "pulumi-language-nodejs")


_CONFTEST = "github.com/open-policy-agent/conftest"


def _produce_conftest(folder: Path, run: Run) -> None:
    _go_build(run, module="conftest", package=_CONFTEST, output=folder / "conftest")


_CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_CLI_FLAGS = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={PULUMI_VERSION}"
_LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
_WRAPPERS = (
    "cmd/pulumi-language-python-exec",
    "dist/pulumi-analyzer-policy-python",
    "dist/pulumi-resource-pulumi-python",
)


def _produce_engine(folder: Path, run: Run) -> None:
    # All in one folder: the engine warns about a language host or wrapper that does not lie beside itself.
    _go_build(run, module="pulumi", package=_CLI, output=folder / "pulumi", flags=_CLI_FLAGS)
    _go_build(run, module="language-python", package=_LANGUAGE_HOST, output=folder / "pulumi-language-python")
    sdk = run(
        ("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"),
        folder=GO_MODULES / "pulumi",
    )
    for wrapper in _WRAPPERS:
        source = Path(sdk.strip()) / "python" / wrapper
        shutil.copyfile(source, folder / source.name)
        (folder / source.name).chmod(0o755)  # the module cache drops the executable bit


def _produce_crds(folder: Path, run: Run) -> None:
    run(("go", "run", "-trimpath", "-buildvcs=false", ".", str(folder)), folder=GO_MODULES / "crds")


# Order matters for the cold time: the API server compiles most of what the three after it only link.
BUILDS: tuple[Build, ...] = (
    Build(
        name="pulumi",
        modules=("pulumi", "language-python"),
        outputs=("pulumi", "pulumi-language-python", *(Path(wrapper).name for wrapper in _WRAPPERS)),
        recipe=" ".join((_CLI, _CLI_FLAGS, _LANGUAGE_HOST, *_WRAPPERS)),
        produce=_produce_engine,
    ),
    _cluster_binary("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    _cluster_binary("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    _cluster_binary("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
    _cluster_binary("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    _cluster_binary("kwok", "sigs.k8s.io/kwok/cmd/kwok", flags=""),
    _cluster_binary("etcd", "go.etcd.io/etcd/server/v3", flags=""),
    Build(name="crds", modules=("crds",), outputs=(), recipe="go run .", produce=_produce_crds),
    Build(
        name="netpolicy",
        modules=("network-policies",),
        outputs=("netpolicy",),
        recipe=_EVALUATOR,
        produce=_produce_evaluator,
    ),
    Build(
        name="language-nodejs",
        modules=("language-nodejs",),
        outputs=("pulumi-language-nodejs",),
        recipe=_NODE_HOST,
        produce=_produce_node_host,
    ),
    Build(
        name="conftest",
        modules=("conftest",),
        outputs=("conftest",),
        recipe=_CONFTEST,
        produce=_produce_conftest,
    ),
)

ENGINE = ("pulumi",)
"""Names of the builds that the offline engine needs."""
TESTS = ("netpolicy", "language-nodejs", "conftest")
"""Names of the builds that only tests and the benchmark need: each is made when the first asks for it."""
EVERYTHING = tuple(build.name for build in BUILDS if build.name not in TESTS)
"""Names of all builds that the engine and the cluster need, in the order in which they are made."""


def build_of(name: str) -> Build:
    """The build called `name`, or the one that gives such an executable; raises ToolchainError for any other."""
    for build in BUILDS:
        if name == build.name or name in build.outputs:
            return build
    known = ", ".join(sorted({output for build in BUILDS for output in (build.name, *build.outputs)}))
    raise ToolchainError(f"toolchain: there is no build `{name}`.", fix=f"use one of: {known}")


def binary(name: str) -> Path:
    """Path of a built executable; raises ToolchainError when it has not been built yet (see `ensure`)."""
    build = build_of(name)
    path = (experiment_folder() or build.folder()) / name
    if not path.is_file():
        raise ToolchainError(
            f"toolchain: `{name}` is not built ({path} is missing).",
            fix="run `make test`" if build.name in TESTS else "run `make engine`",
        )
    return path


def crds() -> Path:
    """Folder of the generated CustomResourceDefinitions, one YAML file each; raises ToolchainError when absent."""
    experiment = experiment_folder()
    path = experiment / "crds" if experiment else build_of("crds").folder()
    if not any(path.glob("*.yaml")):
        raise ToolchainError(
            f"toolchain: the CRDs are not generated ({path} holds none).", fix="run `make engine`"
        )
    return path
