"""The cache on disk: entries appear whole or not at all, are checked before use, and built by one process at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished-"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _describe(path: Path, *, digest: str | None = None) -> dict[str, str | int]:
    stat = path.stat()
    return {
        "sha256": digest or _sha256(path),
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "mode": stat.st_mode & 0o777,
    }


def _write_manifest(folder: Path, files: dict[str, dict[str, str | int]]) -> None:
    unfinished = folder / f"{MANIFEST}{_UNFINISHED}{os.getpid()}"
    unfinished.write_text(json.dumps(files, indent=1, sort_keys=True))
    unfinished.replace(folder / MANIFEST)


def is_intact(folder: Path) -> bool:
    """Whether every file of a finished entry is what was built.

    Size, mode and mtime decide when they are unchanged (no gigabyte is hashed at each start); else the sha256 does.
    """
    try:
        files = json.loads((folder / MANIFEST).read_text())
        described = {name: _describe(folder / name, digest=entry["sha256"]) for name, entry in files.items()}
        touched = [name for name, entry in files.items() if described[name] != entry]
        if any(described[name]["size"] != files[name]["size"] for name in touched):
            return False
        if any(described[name]["mode"] != files[name]["mode"] for name in touched):
            return False
        if any(_sha256(folder / name) != files[name]["sha256"] for name in touched):
            return False
        if touched:
            _write_manifest(folder, described)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(files)


def publish(folder: Path, produce: Callable[[Path], None]) -> None:
    """Let `produce` fill a folder beside `folder`, then rename it in one step; leaves nothing when it fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f"{folder.name}{_UNFINISHED}{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        produce(unfinished)
        files = {path.name: _describe(path) for path in sorted(unfinished.iterdir())}
        _write_manifest(unfinished, files)
        if (
            folder.exists()
        ):  # a corrupt entry: out of the way first, since a folder that is not empty is never overwritten
            spoiled = folder.with_name(f"{folder.name}{_UNFINISHED}spoiled-{os.getpid()}")
            folder.rename(spoiled)
            shutil.rmtree(spoiled, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def remove_unfinished(root: Path) -> None:
    """Delete what killed builds left behind; only for the holder of the lock."""
    for path in root.glob(f"*{_UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def locked(root: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the cache's lock; `waiting` is told the holder's process id every half second until it is free.

    The lock belongs to the open file, so the system frees it when its holder dies, however it dies.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                waiting(file.read().strip() or "unknown")
                time.sleep(0.5)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
