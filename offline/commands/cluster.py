"""`make cluster`: the embedded cluster of this clone, up."""

from __future__ import annotations

from offline.cluster import ClusterError, ClusterInfo, up
from offline.commands.refusal import Refusal
from offline.toolchain import ENGINE, EVERYTHING, ensure
from offline.toolchain.places import ROOT


def run(_arguments: list[str]) -> int:
    """Returns 0 once the API server answers."""
    ensure(name for name in EVERYTHING if name not in ENGINE)
    info = start()
    print(f"kubeconfig {info.kubeconfig} (context {info.context})")
    return 0


def start() -> ClusterInfo:
    """Bring the embedded cluster up; raises Refusal with the cluster's own words."""
    try:
        return up(ROOT)
    except ClusterError as error:
        raise Refusal(
            f"embedded cluster: {error}", fix="see its logs in .cluster/logs; `make cluster-down` begins anew"
        ) from error
