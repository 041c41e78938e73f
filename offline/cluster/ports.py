"""Ports that stay the same for a clone.

They follow from the clone's path, because the address of the API server is part of every Pulumi state: a
changed server replaces the provider and all it holds. They lie below the ephemeral range, so that no outgoing
connection takes one while the cluster is down.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from offline.cluster.errors import ClusterError

NAMES = ("apiserver", "etcd", "etcd-peer", "controller-manager", "scheduler", "kwok")
FIRST = 20000
BLOCK = 10
BLOCKS = 1000
"""Blocks of ten ports from 20000 to 29999: below Linux's ephemeral range (32768) and the NodePort range
(30000)."""

LOOPBACK = "127.0.0.1"
SETTLE_SECONDS = 1.0


def preferred(root: Path) -> dict[str, int]:
    """The ports of the clone at `root` when nobody else holds them."""
    digest = hashlib.sha256(str(root.resolve()).encode()).digest()
    first = FIRST + int.from_bytes(digest[:4], "big") % BLOCKS * BLOCK
    return {name: first + offset for offset, name in enumerate(NAMES)}


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections of a server that has just ended (TIME_WAIT) do not count, a listening server does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose(
    wanted: Mapping[str, int], *, ours: frozenset[str], free: Callable[[int], bool] | None = None
) -> dict[str, int]:
    """The port of each component: the wanted one, or the next block's if somebody else listens there.

    `ours` names the components that run already: their ports are taken, by themselves. Raises ClusterError if
    no block has a free port.
    """
    probe = free or _is_free_soon
    return {name: port if name in ours else _next_free(name, port, probe) for name, port in wanted.items()}


def _is_free_soon(port: int) -> bool:
    """A port whose server is just ending is waited for: a move costs more, the address is in Pulumi's state."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _next_free(name: str, port: int, free: Callable[[int], bool]) -> int:
    for step in range(BLOCKS):
        candidate = FIRST + (port - FIRST + step * BLOCK) % (BLOCK * BLOCKS)
        if free(candidate):
            return candidate
    raise ClusterError(
        f"no free port for {name} on {LOOPBACK} between {FIRST} and {FIRST + BLOCK * BLOCKS}: "
        "end the servers that listen there, then try again."
    )


def read(path: Path) -> dict[str, int] | None:
    """The ports kept by an earlier start, None if there are none or the file is damaged."""
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if (
            isinstance(kept, dict)
            and set(kept) == set(NAMES)
            and all(type(port) is int for port in kept.values())
        ):
            return {name: kept[name] for name in NAMES}
    return None


def write(path: Path, chosen: Mapping[str, int]) -> None:
    """Keep the ports for as long as the cluster's folder exists."""
    path.write_text(json.dumps(dict(chosen), indent=2) + "\n", encoding="utf-8")
