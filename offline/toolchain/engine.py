"""Which Pulumi engine and which provider plugins drive the project: the official ones, or those of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from offline.toolchain.builds import PULUMI_VERSION, binary
from offline.toolchain.errors import ToolchainError
from offline.toolchain.places import STATE, cache_root, experiment_folder

PROVIDERS: Mapping[str, str] = {"kubernetes": "v4.34.2", "random": "v4.21.4"}
"""Plugin versions that the SDKs in requirements.txt ask the engine for; it takes no other."""
OFFICIAL_FIX = (
    "install Pulumi 3.200 or newer with its language hosts (pulumi.com/docs/install), or leave ENGINE out"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One provider plugin, as the engine will find it."""

    name: str
    """Provider name, for example `kubernetes`."""
    version: str
    """Version asked for, with its `v`."""
    path: Path | None
    """Official plugin (folder or executable); None when the stand-in takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The engine in use, and its plugins."""

    official: bool
    """True for a `pulumi` of the machine, False for the one built from its Go modules."""
    version: str
    """Version of `pulumi`, with its `v`."""
    executable: Path
    """The `pulumi` command; not there yet if it must still be built."""
    plugins: tuple[Plugin, ...]
    """One for each entry of PROVIDERS."""


def choose(forced: str | None) -> Engine:
    """Pick the engine: the machine's official one where there is one, unless `ENGINE=offline` or `official` forces it.

    Raises ToolchainError for an unknown name and for a forced official engine or plugin that is not there.
    """
    if forced not in (None, "", "offline", "official"):
        raise ToolchainError(
            f"ENGINE: `{forced}` is not an engine.", fix="use ENGINE=offline, ENGINE=official or neither"
        )
    official = None if forced == "offline" else _official_pulumi()
    if forced == "official" and official is None:
        raise ToolchainError(
            "ENGINE=official: no official pulumi >= 3.200 with its Python language host on PATH.",
            fix=OFFICIAL_FIX,
        )
    plugins = tuple(
        Plugin(
            name=name, version=version, path=None if forced == "offline" else _official_plugin(name, version)
        )
        for name, version in PROVIDERS.items()
    )
    absent = [f"{plugin.name} {plugin.version}" for plugin in plugins if plugin.path is None]
    if forced == "official" and absent:
        commands = "; ".join(f"pulumi plugin install resource {name}" for name in absent)
        raise ToolchainError(f"ENGINE=official: plugin not installed: {', '.join(absent)}.", fix=commands)
    if official is not None:
        executable, version = official
        return Engine(official=True, version=version, executable=executable, plugins=plugins)
    folder = experiment_folder()
    executable = folder / "pulumi" if folder else _built_pulumi()
    return Engine(official=False, version=PULUMI_VERSION, executable=executable, plugins=plugins)


def _built_pulumi() -> Path:
    try:
        return binary("pulumi")
    except ToolchainError:
        return cache_root() / "toolchain" / "pulumi"  # named in the table only, until it is built


def _path_without_ours() -> str:
    """PATH less our own folders, which `make env` may have put there."""
    ours = (str(cache_root()), str(STATE), str(experiment_folder() or cache_root()))
    return os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if not part.startswith(ours)
    )


def _official_pulumi() -> tuple[Path, str] | None:
    search = _path_without_ours()
    found = shutil.which("pulumi", path=search)
    if found is None:
        return None
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run([found, "version"], env=environment, capture_output=True, text=True, check=False)
    numbers = re.match(r"v(\d+)\.(\d+)\.\d+", answer.stdout.strip())
    if answer.returncode != 0 or numbers is None or (int(numbers[1]), int(numbers[2])) < (3, 200):
        return None
    beside = Path(found).resolve().parent / "pulumi-language-python"
    if not beside.exists() and shutil.which("pulumi-language-python", path=search) is None:
        return None  # a bare CLI runs no Python program
    return Path(found), answer.stdout.strip()


def _official_plugin(name: str, version: str) -> Path | None:
    home = users_pulumi_home() / "plugins" / f"resource-{name}-{version}"
    if (home / f"pulumi-resource-{name}").exists() and not home.with_name(f"{home.name}.partial").exists():
        return home
    ambient = shutil.which(f"pulumi-resource-{name}", path=_path_without_ours())
    return Path(ambient) if ambient else None


def users_pulumi_home() -> Path:
    """The user's own Pulumi folder, also in a shell in which `make env` has put ours in its place."""
    named = os.environ.get("PULUMI_HOME", "")
    return Path(named) if named and not named.startswith(str(STATE)) else Path.home() / ".pulumi"
