"""`make kubectl ARGS="get pods -A"`: kubectl on the embedded cluster, and on no other."""

from __future__ import annotations

import os

from offline.cluster import status
from offline.commands import settings
from offline.commands.refusal import Refusal
from offline.toolchain import binary, ensure
from offline.toolchain.environment import KUBECTL
from offline.toolchain.places import ROOT


def run(arguments: list[str]) -> int:
    """Replaces this process by kubectl; raises Refusal if the embedded cluster does not run."""
    ensure(["kubectl"])
    info = status(ROOT)
    if not info.running:
        raise Refusal(
            f"embedded cluster of {ROOT}: not running.", fix="run `make cluster` (or `make up`) first"
        )
    kubectl = str(binary("kubectl"))
    command = [kubectl, "--kubeconfig", str(info.kubeconfig), "--context", info.context]
    arguments = [*command, *arguments, *settings.extra_arguments()]
    os.execve(kubectl, arguments, {**os.environ, **KUBECTL})  # noqa: S606 - no shell on purpose
