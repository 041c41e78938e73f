"""The Go compiler of this machine: found, checked against the go.mod files, run in an environment of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from offline.toolchain.errors import ToolchainError
from offline.toolchain.places import GO_MODULES

# Each of these would change what is built, or stop the build, on a machine whose user has set it for other work.
_NOT_INHERITED = (
    "GOOS",
    "GOARCH",
    "GOARM",
    "GOAMD64",
    "GOARM64",
    "GOEXPERIMENT",
    "GODEBUG",
    "GOROOT",
    "GOBIN",
    "GO111MODULE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """A Go compiler that is new enough for every go.mod file of `offline/go`."""

    executable: str
    """Path of the `go` command."""
    version: str
    """Version as the compiler prints it, for example `go1.26.8`."""
    platform: str
    """Operating system and architecture built for, for example `linux/amd64`."""
    build_cache: Path
    """Folder of compiled packages (GOCACHE)."""
    module_cache: Path
    """Folder of downloaded modules (GOMODCACHE)."""


def environment() -> dict[str, str]:
    """The environment of every build: static, for this machine, deaf to GOFLAGS and go.work; GOPROXY is the user's."""
    inherited = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    return inherited | {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
    }


def required_version(go_mods: Iterable[Path]) -> tuple[int, ...]:
    """The highest `go` line of these go.mod files, as numbers: (1, 26, 0)."""
    lines = (re.search(r"^go (\d+(?:\.\d+)*)", path.read_text(), re.MULTILINE) for path in go_mods)
    return max(_numbers(line.group(1)) for line in lines if line)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("-")[0])[:3])


@cache
def find_go() -> Go:
    """The machine's Go; raises ToolchainError when there is none or it is older than the go.mod files ask for."""
    needed = required_version(GO_MODULES.glob("*/go.mod"))
    wanted = ".".join(map(str, needed))
    executable = shutil.which("go")
    if executable is None:
        raise ToolchainError(
            "go: not found on PATH; it builds the engine and the embedded cluster.",
            fix=f"install Go {wanted} or newer and put it on PATH",
        )
    query = [executable, "env", "-json", "GOVERSION", "GOOS", "GOARCH", "GOCACHE", "GOMODCACHE"]
    answer = subprocess.run(query, env=environment(), cwd="/", capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise ToolchainError(
            f"go: `{' '.join(query)}` failed: {answer.stderr.strip()}", fix="repair the Go installation"
        )
    found = json.loads(answer.stdout)
    if _numbers(found["GOVERSION"]) < needed:
        raise ToolchainError(
            f"go: {executable} is {found['GOVERSION']}, but offline/go needs {wanted} or newer.",
            fix=f"install Go {wanted} or newer and put it first on PATH",
        )
    return Go(
        executable=executable,
        version=found["GOVERSION"],
        platform=f"{found['GOOS']}/{found['GOARCH']}",
        build_cache=Path(found["GOCACHE"]),
        module_cache=Path(found["GOMODCACHE"]),
    )
