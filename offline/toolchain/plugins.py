"""Puts the provider plugins where the chosen engine looks for them, without touching the user's own Pulumi folder."""

from __future__ import annotations

import os
import shutil
import textwrap
from pathlib import Path

from offline.toolchain.engine import Engine, Plugin
from offline.toolchain.places import ROOT, STATE
from offline.toolchain.venv import python

PULUMI_HOME = STATE / "pulumi"
"""PULUMI_HOME of the built engine."""
STAND_INS = STATE / "stand-ins"
"""Folder of PATH in which an official engine finds a stand-in for a plugin that the machine lacks."""


def install(engine: Engine) -> None:
    """Write the stand-ins' start scripts, and link official plugins beside them for the built engine."""
    if engine.official:
        for plugin in engine.plugins:
            stand_in = STAND_INS / f"pulumi-resource-{plugin.name}"
            if plugin.path is None:
                _write_script(stand_in, plugin.name)
            else:
                _remove(stand_in)
        return
    for plugin in engine.plugins:
        _install_for_built_engine(
            PULUMI_HOME / "plugins" / f"resource-{plugin.name}-{plugin.version}", plugin
        )


def _install_for_built_engine(folder: Path, plugin: Plugin) -> None:
    executable = f"pulumi-resource-{plugin.name}"
    if plugin.path is None:
        if folder.is_symlink():
            folder.unlink()
        _write_script(folder / executable, plugin.name)
        return
    official = plugin.path if plugin.path.is_dir() else plugin.path.parent
    if folder.is_symlink() and folder.readlink() == official:
        return
    _remove(folder)
    if plugin.path.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(official)
    # Otherwise it lies on PATH, which the engine looks at first.


def _write_script(path: Path, name: str) -> None:
    # PYTHONDONTWRITEBYTECODE would make every start compile the SDK again: three times slower.
    script = textwrap.dedent(
        f"""\
        #!/bin/sh
        # Stand-in for the official {name} provider.
        unset PYTHONDONTWRITEBYTECODE PYTHONHOME
        PYTHONPATH={_quoted(ROOT)} exec {_quoted(python())} -m offline.providers.{name} "$@"
        """
    )
    if path.exists() and path.read_text() == script and os.access(path, os.X_OK):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(script)
    unfinished.chmod(0o755)
    unfinished.replace(path)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("'", "'\\''")
    return f"'{escaped}'"


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
