"""Brings the cache up to what is asked for: builds what is missing or spoiled, and says what it does meanwhile."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from offline.toolchain import store
from offline.toolchain.builds import BUILDS, EVERYTHING, Build, binary, build_of, crds
from offline.toolchain.errors import ToolchainError
from offline.toolchain.go import Go, environment, find_go
from offline.toolchain.places import cache_root, experiment_folder
from offline.toolchain.process import ChildFailed, run_child
from offline.toolchain.progress import Progress, Waiting

GIB_FOR_EACH_BUILD = 0.75
"""Free disk space asked for before building: modules, compiled packages and result, as an average with a margin."""


def ensure(names: Iterable[str] = EVERYTHING) -> None:
    """Build whatever of these the cache lacks; raises ToolchainError with its fix, and leaves the cache usable."""
    asked = {build_of(name).name for name in names}
    if experiment_folder() is not None:
        _check_experiment(asked)
        return
    wanted = [build for build in BUILDS if build.name in asked]
    if all(store.is_intact(build.folder()) for build in wanted):
        return
    root = cache_root() / "toolchain"
    try:
        with store.locked(root, Waiting()):
            store.remove_unfinished(root)
            # Asked again under the lock: somebody else may have built all of it while we waited.
            _build_all([build for build in wanted if not store.is_intact(build.folder())], find_go())
    except OSError as error:
        raise ToolchainError(
            f"toolchain: the cache {root} cannot be written: {error.strerror}.",
            fix="make it yours, or name another folder in XDG_CACHE_HOME",
        ) from error


def _check_experiment(names: set[str]) -> None:
    for name in sorted(names):
        outputs = build_of(name).outputs
        for output in outputs:
            binary(output)
        if not outputs:
            crds()


def _build_all(missing: Sequence[Build], compiler: Go) -> None:
    if not missing:
        return
    _check_disk(compiler, GIB_FOR_EACH_BUILD * len(missing))
    progress = Progress(len(missing))
    for build in missing:
        spoiled = build.folder().exists()
        progress.begin(
            build.name,
            f"{'spoiled in the cache, rebuilding' if spoiled else 'building'} ({compiler.version})",
        )
        try:
            store.publish(build.folder(), partial(_produce, build, compiler, progress))
        except ChildFailed as error:
            progress.fail()
            raise _explain(build, error, compiler) from error
        except OSError as error:
            progress.fail()
            raise ToolchainError(
                f"toolchain: {build.name} could not be stored: {error}.",
                fix=f"free space in {cache_root()}, then run again",
            ) from error
        except BaseException:
            progress.fail()
            raise
        progress.end("built")
    print(
        f"toolchain: {len(missing)} built in {round(progress.elapsed)}s, kept in {cache_root()}",
        file=sys.stderr,
    )


def _produce(build: Build, compiler: Go, progress: Progress, folder: Path) -> None:
    def run(command: Sequence[str], *, folder: Path) -> str:
        arguments = [compiler.executable, *command[1:]] if command[0] == "go" else list(command)
        return run_child(arguments, folder=folder, environment=environment(), tick=progress.tick)

    build.produce(folder, run)


def _check_disk(compiler: Go, needed: float) -> None:
    for what, path in (
        ("cache", cache_root()),
        ("Go build cache", compiler.build_cache),
        ("Go modules", compiler.module_cache),
    ):
        existing = next(folder for folder in (path, *path.parents) if folder.exists())
        free = shutil.disk_usage(existing).free / 2**30
        if free < needed:
            raise ToolchainError(
                f"toolchain: {free:.1f} GiB free in {existing} ({what}), the builds to come need {needed:.1f} GiB.",
                fix="free space there, or move it: XDG_CACHE_HOME (cache), GOCACHE and GOMODCACHE (Go)",
            )


def _explain(build: Build, error: ChildFailed, compiler: Go) -> ToolchainError:
    if error.disk_full:
        fix = f"free space (Go keeps {compiler.build_cache} and {compiler.module_cache}), then run again"
    elif error.exit_code < 0:
        fix = "run again: it goes on where it stopped (signal 9 is often a machine out of memory)"
    else:
        fix = "read the lines above; for a download, check the network and GOPROXY, then run again"
    said = "\n".join(f"    {line}" for line in error.last_lines.splitlines())
    ended = (
        f"was killed by signal {-error.exit_code}" if error.exit_code < 0 else f"ended with {error.exit_code}"
    )
    return ToolchainError(
        f"toolchain: building {build.name} failed: `{error.command}` {ended}.\n{said}", fix=fix
    )
