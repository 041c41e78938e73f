"""One start or stop at a time for a clone."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from offline.cluster.errors import ClusterError

WAIT_SECONDS = 120.0


@contextmanager
def exclusive(
    root: Path, report: Callable[[str], None], wait_seconds: float = WAIT_SECONDS
) -> Iterator[None]:
    """Hold the clone's cluster lock, waiting for another holder.

    The clone's folder itself is locked: a lock file would have to outlive `.cluster`, and `down` leaves no
    file. The kernel releases it when the holder ends, however it ends. Raises ClusterError after
    `wait_seconds`.
    """
    folder = os.open(root, os.O_RDONLY)
    try:
        deadline = time.monotonic() + wait_seconds
        told = False
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ClusterError(
                        f"another command has been starting or stopping the embedded cluster of {root} for "
                        f"{wait_seconds:.0f} s: let it end, or end it, then try again."
                    ) from None
                if not told:
                    report("another command is starting or stopping this cluster: waiting for it")
                    told = True
                time.sleep(0.1)
        yield
    finally:
        os.close(folder)
