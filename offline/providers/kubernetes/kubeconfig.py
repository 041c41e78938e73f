"""Kubeconfigs: where one comes from, and which cluster is active in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class KubeconfigError(Exception):
    """The kubeconfig cannot be used; the text says which one, why, and what there is instead."""


Kubeconfig = dict[str, Any]


def load(path_or_contents: str, environment: Mapping[str, str]) -> Kubeconfig:
    """The kubeconfig at that path (`~` and relative paths allowed) or of that text; "" for the ambient one.

    Paths of certificates inside a file are made absolute. Raises KubeconfigError.
    """
    if not path_or_contents:
        path = Path(environment.get("KUBECONFIG", "").split(os.pathsep)[0] or "~/.kube/config").expanduser()
        return _read(path)
    if "\n" not in path_or_contents and len(path_or_contents) < 4096:
        path = Path(path_or_contents).expanduser()
        if path.is_file():
            return _read(path)
    return parse(path_or_contents)


def _read(path: Path) -> Kubeconfig:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KubeconfigError(f"kubeconfig {path}: {error.__class__.__name__}: {error}") from error
    try:
        kubeconfig = parse(text)
    except KubeconfigError as error:
        raise KubeconfigError(f"kubeconfig {path}: {error}") from error
    for section, entry_name, keys in (
        ("clusters", "cluster", ("certificate-authority",)),
        ("users", "user", ("client-certificate", "client-key", "tokenFile")),
    ):
        for entry in kubeconfig.get(section) or []:
            inner = entry.get(entry_name) or {}
            for key in keys:
                if inner.get(key):
                    inner[key] = str((path.parent / inner[key]).absolute())
    return kubeconfig


def parse(text: str) -> Kubeconfig:
    """The kubeconfig of a YAML or JSON text. Raises KubeconfigError."""
    try:
        kubeconfig = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f" in line {place.line + 1}" if place else ""
        raise KubeconfigError(f"neither an existing file nor YAML{where}") from error
    if not isinstance(kubeconfig, dict):
        raise KubeconfigError(
            f"no such file: {text.strip()}"
            if "\n" not in text.strip()
            else "not a kubeconfig: it holds no keys"
        )
    return kubeconfig


def context_of(kubeconfig: Kubeconfig, context: str) -> dict[str, Any]:
    """The named context, or the current one for "". Raises KubeconfigError that lists the existing ones."""
    contexts = _entries(kubeconfig, "contexts", "context")
    name = context or str(kubeconfig.get("current-context") or "")
    if name in contexts:
        return contexts[name]
    existing = ", ".join(sorted(contexts)) or "none at all"
    if not name:
        raise KubeconfigError(
            f"no context is named and the kubeconfig has no current-context; it has {existing}"
        )
    raise KubeconfigError(f'context "{name}" does not exist in the kubeconfig; it has {existing}')


def active_cluster(kubeconfig: Kubeconfig, context: str, cluster: str) -> dict[str, Any] | None:
    """The cluster entry that would be used, or None when it cannot be told."""
    try:
        name = cluster or context_of(kubeconfig, context).get("cluster", "")
    except KubeconfigError:
        return None
    return _entries(kubeconfig, "clusters", "cluster").get(str(name))


def _entries(kubeconfig: Kubeconfig, section: str, inner: str) -> dict[str, dict[str, Any]]:
    return {str(entry.get("name")): entry.get(inner) or {} for entry in kubeconfig.get(section) or []}
