"""The environment in which plain `pulumi` and `kubectl` work on this clone: for our own runs, and for `make env`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from offline.toolchain.builds import binary
from offline.toolchain.engine import Engine
from offline.toolchain.places import ROOT, STATE, VENV
from offline.toolchain.plugins import PULUMI_HOME, STAND_INS

PASSPHRASE = STATE / "passphrase"
"""Generated passphrase of this clone's embedded stacks."""
BACKEND = STATE / "backend"
"""Folder of the file backend, in use where the user has chosen no other."""
EMBEDDED_KUBECONFIG = ROOT / ".cluster" / "kubeconfig"
KUBECTL = {"KUBECACHEDIR": str(ROOT / ".cluster" / "kubectl-cache"), "KUBERC": "off"}
"""Keeps kubectl from reading and writing below the user's own ~/.kube."""


def backend_url() -> str:
    """The user's backend, or the file backend of this clone."""
    return os.environ.get("PULUMI_BACKEND_URL") or f"file://{BACKEND}"


def uses_own_backend() -> bool:
    """Whether state lies in this clone's file backend."""
    return backend_url() == f"file://{BACKEND}"


def has_users_passphrase() -> bool:
    """Whether the user brought a passphrase, rather than having the generated one from `make env`."""
    if os.environ.get("PULUMI_CONFIG_PASSPHRASE"):
        return True
    file = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    return bool(file) and Path(str(file)) != PASSPHRASE


def pulumi_environment(engine: Engine, *, generated_passphrase: bool = True) -> Mapping[str, str | None]:
    """Variables to set, or with None to unset, around every `pulumi` and `kubectl` of this project.

    Makes the passphrase and the backend's folder if they are missing. Without `generated_passphrase`, the generated one
    is kept away, for stacks that must not be encrypted with it.
    """
    folders = [VENV / "bin", binary("kubectl").parent]
    if not engine.official:
        folders.append(engine.executable.parent)
    elif any(plugin.path is None for plugin in engine.plugins):
        folders.append(STAND_INS)
    variables: dict[str, str | None] = {
        "PATH": _path_with(folders),
        "PULUMI_BACKEND_URL": backend_url(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The salt of an embedded stack is taken out of its file again (see stack_salt); the state still holds it.
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        # For `kubectl` as typed. Programs name their kubeconfig and context themselves.
        "KUBECONFIG": str(EMBEDDED_KUBECONFIG),
        **KUBECTL,
        "PYTHONDONTWRITEBYTECODE": None,
    }
    if not engine.official:
        variables["PULUMI_HOME"] = str(PULUMI_HOME)
        # The engine would prefer whatever lies on PATH to the plugins chosen here, unless that is what was chosen.
        ambient = any(plugin.path is not None and plugin.path.is_file() for plugin in engine.plugins)
        variables["PULUMI_IGNORE_AMBIENT_PLUGINS"] = None if ambient else "true"
    if uses_own_backend():
        BACKEND.mkdir(parents=True, exist_ok=True)
    if not has_users_passphrase():
        variables["PULUMI_CONFIG_PASSPHRASE"] = None
        variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_make_passphrase()) if generated_passphrase else None
    return variables


OF_MAKE: Final = ("ARGS", "STACK", "PROGRAM", "YES", "MAKEFLAGS", "MFLAGS")
"""What make hands to the command that it runs, and what that command's own makes and tests must not take as theirs."""


def applied(variables: Mapping[str, str | None]) -> dict[str, str]:
    """The environment of this process with `variables` set and unset in it."""
    merged = {**os.environ, **variables}
    return {name: value for name, value in merged.items() if value is not None}


def _path_with(folders: list[Path]) -> str:
    first = [str(folder) for folder in folders]
    others = [part for part in os.environ.get("PATH", "").split(os.pathsep) if part not in first]
    return os.pathsep.join([*first, *others])


def _make_passphrase() -> Path:
    STATE.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(PASSPHRASE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return PASSPHRASE
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    return PASSPHRASE
