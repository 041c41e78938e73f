"""Processes of the embedded cluster: started detached, recognised for certain, ended by the id that was kept.

A recorded pid alone proves nothing: pids are reused. A process is ours if its pid and its start time are
those recorded, and (where the system shows it) its environment names this cluster's folder. The latter also
finds a process whose record was never written, because the starter was killed in between.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from offline.cluster import identity

MARKER = "SERVICE_EXTRACTION_CLUSTER"
"""Environment variable of every process of a cluster: the cluster's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One started process."""

    name: str
    """Component, for example `etcd`."""
    pid: int
    """Process id, which is its process group's and session's too."""
    started: str
    """Start time as the system gives it, with the boot it belongs to."""
    fingerprint: str
    """Digest of its command line and configuration: a differing one is a reason to restart it."""


def fingerprint(command: Sequence[str], configuration: Iterable[Path] = ()) -> str:
    """Digest of what decides how a process behaves: its command line and the content of these files."""
    digest = hashlib.sha256("\0".join(command).encode())
    for path in configuration:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def start(
    name: str, command: Sequence[str], *, mark: str, home: Path, folder: Path, log: Path, digest: str
) -> Record:
    """Start a process that outlives us and holds none of our files, and record it in `folder`.

    It leads a session of its own (no signal meant for our terminal reaches it), reads nothing, and writes to
    `log`. Its environment is bare: no KUBECONFIG of the caller leads it anywhere else. Raises OSError if the
    program cannot be executed.
    """
    environment = {MARKER: mark, "HOME": str(home), "PATH": os.environ.get("PATH", os.defpath)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=home,
            env=environment,
        )
    # The interpreter would complain at its end about a child that still runs; that it does is the purpose.
    process.returncode = 0
    record = Record(
        name=name, pid=process.pid, started=identity.started(process.pid) or "ended", fingerprint=digest
    )
    draft = folder / f"{name}.draft"
    draft.write_text(json.dumps(asdict(record)) + "\n", encoding="utf-8")
    draft.replace(folder / f"{name}.json")
    return record


def recorded(folder: Path) -> dict[str, Record]:
    """The records in `folder` by component; damaged ones are left out (the marker still finds their process)."""
    records: dict[str, Record] = {}
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, TypeError):
            record = Record(**json.loads(path.read_text(encoding="utf-8")))
            records[record.name] = record
    return records


def alive(record: Record, mark: str) -> bool:
    """Whether the recorded process, and no other that was given its pid, still runs."""
    _reap(record.pid)
    if identity.started(record.pid) != record.started:
        return False
    environment = identity.environment(record.pid)
    return environment is None or environment.get(MARKER) == mark


def unrecorded(records: Mapping[str, Record], mark: str) -> list[int]:
    """Pids of running processes that bear this cluster's mark, but no record."""
    known = {record.pid for record in records.values()}
    return [
        pid
        for pid in identity.pids()
        if pid not in known
        and pid != os.getpid()
        and (environment := identity.environment(pid)) is not None
        and environment.get(MARKER) == mark
    ]


def end(pids: Iterable[int], *, grace_seconds: float) -> None:
    """End processes recognised as ours and wait until they are gone; SIGKILL after `grace_seconds` (0: at once)."""
    waiting = {pid: identity.started(pid) for pid in pids}
    polite = [(signal.SIGTERM, grace_seconds)] if grace_seconds else []
    for signal_number, seconds in (*polite, (signal.SIGKILL, 10.0)):
        waiting = {pid: born for pid, born in waiting.items() if _is_still(pid, born)}
        for pid in waiting:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal_number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(_is_still(pid, born) for pid, born in waiting.items()):
            time.sleep(0.02)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, indented, for an error message."""
    try:
        text = log.read_bytes()[-20_000:].decode("utf-8", "replace")
    except OSError:
        text = ""
    return "\n".join(f"    {line[:300]}" for line in text.splitlines()[-lines:]) or "    (the log is empty)"


def _is_still(pid: int, born: str | None) -> bool:
    _reap(pid)
    return born is not None and identity.started(pid) == born


def _reap(pid: int) -> None:
    """Collect a child of ours that has ended: until then it would count as running."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
