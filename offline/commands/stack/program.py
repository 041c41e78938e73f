"""A Pulumi program and one of its stack files, read as far as the driver must know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import roadmap
from offline.commands.refusal import Refusal
from offline.toolchain.environment import EMBEDDED_KUBECONFIG
from offline.toolchain.places import ROOT
from roadmap.yaml_files import read_yaml

STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCluster:
    """The cluster that a stack file names."""

    kubeconfig: Path
    """Absolute path of the kubeconfig."""
    context: str
    """Context in it."""
    key: str
    """Config key that names the context, for messages."""

    @property
    def embedded(self) -> bool:
        """Whether this is the embedded cluster of this clone: the one that the driver may start, and empty."""
        return self.kubeconfig == EMBEDDED_KUBECONFIG


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A folder with a Pulumi.yaml, and the stack meant."""

    folder: Path
    """Where Pulumi.yaml lies."""
    project: str
    """Its `name`."""
    stack: str
    """Name of the stack."""
    stack_file: Path
    """Pulumi.<stack>.yaml."""
    cluster: NamedCluster | None
    """The cluster that the stack file names; None if it names none in a way the driver knows."""
    has_secrets: bool
    """Whether the stack file holds `secure:` values."""
    namespace_prefix: str | None
    """What the names of the stack's namespaces begin with, where its config says so."""
    secrets_provider: str | None
    """`secretsprovider` of the stack file; None where the engine's default decides."""

    @property
    def shown_file(self) -> str:
        """The stack file as a message names it."""
        return _shown(self.stack_file)


def load(folder: str | None, stack: str) -> Program:
    """Read the program at `folder` (None: the project itself); raises Refusal naming the file and the fix."""
    place = (ROOT / folder).resolve() if folder else ROOT
    project = place / "Pulumi.yaml"
    if not project.is_file():
        raise Refusal(
            f"PROGRAM: {place} is no Pulumi program: it has no Pulumi.yaml.", fix="name a folder that has one"
        )
    described = _mapping(project, "project file")
    name = described.get("name")
    if not isinstance(name, str) or not name:
        raise Refusal(f"{_shown(project)}: `name` is missing.", fix="add `name: <project>`")
    if not STACK_NAME.fullmatch(stack):
        raise Refusal(
            f"STACK is `{stack}`, which is no stack name.",
            fix="use letters, digits, `-`, `_` and `.`, as in STACK=year1",
        )
    files = place / str(described.get("stackConfigDir") or ".")
    stack_file = files / f"Pulumi.{stack}.yaml"
    if not stack_file.is_file():
        raise Refusal(
            f"STACK: there is no stack `{stack}`: {_shown(stack_file)} does not exist.",
            fix=f"use STACK= with one of: {', '.join(_stacks(files)) or 'none'}; or write that file",
        )
    content = _mapping(stack_file, "stack file")
    provider = content.get("secretsprovider")
    return Program(
        folder=place,
        project=name,
        stack=stack,
        stack_file=stack_file,
        cluster=_named_cluster(name, content.get("config"), stack_file),
        has_secrets=_holds_secure(content.get("config")),
        namespace_prefix=_namespace_prefix(name, content.get("config")),
        secrets_provider=str(provider) if provider not in (None, "", "default", "passphrase") else None,
    )


def own_stacks() -> list[str]:
    """Names of the stacks that the project itself has a file for."""
    described = _mapping(ROOT / "Pulumi.yaml", "project file")
    return _stacks(ROOT / str(described.get("stackConfigDir") or "."))


def _stacks(files: Path) -> list[str]:
    return sorted(
        path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for path in files.glob("Pulumi.*.yaml")
        if path.is_file()
    )


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _mapping(path: Path, what: str) -> Mapping[str, Any]:
    try:
        return read_yaml(path, what=what)
    except roadmap.Refusal as refusal:
        raise Refusal(f"{_shown(path)}: {refusal.problem}", fix=refusal.fix) from None


def _namespace_prefix(project: str, config: object) -> str | None:
    prefix = config.get(f"{project}:namespace_prefix") if isinstance(config, dict) else None
    return prefix if isinstance(prefix, str) and prefix else None


def _named_cluster(project: str, config: object, stack_file: Path) -> NamedCluster | None:
    """`<project>:cluster` with kubeconfig and context, or the two as keys of their own; None for anything else.

    What is wrong in there is the program's to say; it checks the whole file.
    """
    if not isinstance(config, dict):
        return None
    cluster, prefix = config.get(f"{project}:cluster"), f"{project}:cluster."
    if not isinstance(cluster, dict):
        cluster, prefix = (
            {name: config.get(f"{project}:{name}") for name in ("kubeconfig", "context")},
            f"{project}:",
        )
    kubeconfig, context = cluster.get("kubeconfig"), cluster.get("context")
    if not isinstance(kubeconfig, str) or not isinstance(context, str):
        return None
    named = NamedCluster(
        kubeconfig=ROOT / Path(kubeconfig).expanduser(), context=context, key=f"{prefix}context"
    )
    if cluster.get("embedded") is True and not named.embedded:
        raise Refusal(
            f"{_shown(stack_file)}: {prefix}embedded is true, but {prefix}kubeconfig is `{kubeconfig}`.",
            fix=f"set kubeconfig to {_shown(EMBEDDED_KUBECONFIG)}, or embedded to false",
        )
    return named


def _holds_secure(value: object) -> bool:
    if isinstance(value, dict):
        return "secure" in value or any(_holds_secure(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secure(item) for item in value)
