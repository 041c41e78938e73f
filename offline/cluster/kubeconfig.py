"""Kubeconfig files with one cluster, one user, one context."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

CONTEXT = "embedded"


def render(*, server: str, certificates: Path, client: str, name: str = CONTEXT) -> str:
    """A kubeconfig (as JSON, which is YAML) that identifies `client` with its certificate from the cluster's set.

    The certificates stand in it, so that it can be handed on as one file.
    """
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": name,
                    "cluster": {
                        "server": server,
                        "certificate-authority-data": _base64(certificates / "ca.crt"),
                    },
                }
            ],
            "users": [
                {
                    "name": name,
                    "user": {
                        "client-certificate-data": _base64(certificates / f"{client}.crt"),
                        "client-key-data": _base64(certificates / f"{client}.key"),
                    },
                }
            ],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        },
        indent=2,
    )


def write(path: Path, text: str) -> None:
    """Replace the file in one step; readable by its owner only from the first byte on."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    draft.replace(path)


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
