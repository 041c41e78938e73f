"""`make cluster-down`: no process and no file of the embedded cluster is left."""

from __future__ import annotations

from offline.cluster import ClusterError, down
from offline.commands.refusal import Refusal
from offline.toolchain.places import ROOT


def run(_arguments: list[str]) -> int:
    """Returns 0, also when there was no cluster."""
    try:
        down(ROOT)
    except ClusterError as error:
        raise Refusal(
            f"embedded cluster: {error}", fix="end what it names, then run `make cluster-down` again"
        ) from error
    return 0
