"""The virtual environment at the project's root: made from the requirements files, and again when they change."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from offline.toolchain.errors import ToolchainError
from offline.toolchain.places import ROOT, STATE, VENV
from offline.toolchain.process import ChildFailed, run_child
from offline.toolchain.progress import Progress, Waiting
from offline.toolchain.store import locked

REQUIREMENTS = ("requirements.txt", "constraints.txt")
_MARKER = ".installed-from.json"
_FIX = "check the network and pip's index settings, then run again"


def python() -> Path:
    """The interpreter of the virtual environment; it need not be there yet."""
    return VENV / "bin" / "python"


def ensure_venv() -> None:
    """Make `.venv` what the requirements files say, if it is not; raises ToolchainError with its fix."""
    if _is_current():
        return
    STATE.mkdir(exist_ok=True)
    with locked(STATE / "venv", Waiting()):
        if not _is_current():
            _make()


def _base_python() -> str:
    # An activated environment of the user's must not become the parent of ours: it may vanish.
    return getattr(sys, "_base_executable", None) or sys.executable


def _wanted() -> dict[str, str]:
    digest = hashlib.sha256(
        b"\0".join((ROOT / name).read_bytes() for name in REQUIREMENTS if (ROOT / name).exists())
    )
    return {
        "python": platform.python_version(),
        "platform": platform.machine(),
        "requirements": digest.hexdigest(),
    }


def _installed() -> dict[str, str]:
    """What the environment was installed from; empty if it is not there, unfinished, or without its Python."""
    try:
        installed = json.loads((VENV / _MARKER).read_text())
    except (OSError, ValueError):
        return {}
    works = isinstance(installed, dict) and os.access(python(), os.X_OK)
    return installed if works else {}


def _is_current() -> bool:
    return _installed() == _wanted()


def _make() -> None:
    wanted, installed = _wanted(), _installed()
    # Everything is pinned, so new pins go over the old ones; only another Python needs another environment.
    same_python = bool(installed) and all(installed.get(key) == wanted[key] for key in ("python", "platform"))
    progress = Progress(1 if same_python else 2)
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    try:
        if same_python:
            (VENV / _MARKER).unlink()
        else:
            _create(progress, environment)
        progress.begin(".venv", "installing requirements.txt")
        pip = [str(python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        run_child([*pip, "-r", REQUIREMENTS[0]], folder=ROOT, environment=environment, tick=progress.tick)
        # Last of all: an interrupted install has no marker, and is made anew.
        (VENV / _MARKER).write_text(json.dumps(wanted))
        progress.end("installed")
    except ChildFailed as error:
        progress.fail()
        said = "\n".join(f"    {line}" for line in error.last_lines.splitlines())
        fix = "free disk space, then run again" if error.disk_full else _FIX
        if "ensurepip" in said:
            fix = "install the venv module of this Python (Debian: apt-get install python3-venv), then run again"
        raise ToolchainError(
            f".venv: `{error.command}` ended with {error.exit_code}.\n{said}", fix=fix
        ) from error
    except BaseException:
        progress.fail()
        raise


def _create(progress: Progress, environment: Mapping[str, str]) -> None:
    if VENV.is_symlink():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    progress.begin(".venv", f"creating (Python {platform.python_version()})")
    run_child(
        [_base_python(), "-m", "venv", str(VENV)], folder=ROOT, environment=environment, tick=progress.tick
    )
    progress.end("made")
