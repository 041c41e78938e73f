"""`python -m offline.cluster up|down|status`, for the clone this package lies in (or the one given with --root)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from offline.cluster import ClusterError, ClusterInfo, down, status, up
from offline.toolchain import ToolchainError

CLONE = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code: 0 for done, 1 for an error or, from `status`, for not running."""
    parser = argparse.ArgumentParser(prog="python -m offline.cluster", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "status"))
    parser.add_argument("--root", type=Path, default=CLONE, help="the folder whose .cluster is meant")
    given = parser.parse_args(arguments)
    try:
        if not given.root.is_dir():
            raise ClusterError(f"--root {given.root}: no such folder.")
        if given.command == "up":
            up(given.root, _say)
        elif given.command == "down":
            down(given.root, _say)
        else:
            info = status(given.root)
            _show(info)
            return 0 if info.running else 1
    except (ClusterError, ToolchainError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {error.filename or given.root}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _show(info: ClusterInfo) -> None:
    state = "running" if info.running else "incomplete" if any(info.pids.values()) else "not running"
    print(f"embedded cluster of {info.root}: {state}")
    for name, pid in info.pids.items():
        print(f"  {name:<24} {f'pid {pid}' if pid else 'not running'}")
    if info.running:
        print(f"  server     {info.server}")
        print(f"  kubeconfig {info.kubeconfig} (context {info.context})")
        print(f"  logs       {info.logs}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
