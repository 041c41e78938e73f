"""`python -m bench`: everything in one run, on one machine, on the same objects."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench import judges, previews
from bench.clock import BenchError, median_seconds
from bench.report import CHECKOV, CONFTEST, ENGINE, FILES, Results, markdown, write
from offline.toolchain import ensure
from offline.toolchain.errors import ToolchainError

SIZES = (1_000, 3_000, 10_000)
PARTS = ("conftest", "checkov", "preview")


def main(arguments: list[str]) -> int:
    """Exit code: 0 measured, 1 something that is measured did not do its work, 2 an argument is wrong."""
    options = _parsed(arguments)
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - started:4.0f}s] {line}", file=sys.stderr, flush=True)

    results = Results(limit=options.checkov_limit)
    try:
        if "conftest" not in options.without:
            ensure(("conftest",))
        if "checkov" not in options.without:
            judges.install_checkov(say)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            for size in options.sizes:
                _judged(judges.made(size, Path(folder)), options, results, say)
            if "preview" not in options.without:
                with previews.brought_up(Path(folder), say) as clone:
                    results.previews = previews.measured(clone, options.rounds, say)
        print(markdown(results))
        if options.write is not None:
            write(results, options.write)
    except (BenchError, ToolchainError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _judged(given: judges.Fleet, options: argparse.Namespace, results: Results, say: previews.Say) -> None:
    """One fleet before every tool, each in turn, nothing beside it."""

    def note(tool: str, seconds: float | None) -> None:
        results.note(tool, given.resources, seconds)
        taken = f"over {options.checkov_limit:.0f} s, ended" if seconds is None else f"{seconds:.2f} s"
        say(f"{given.resources:,} objects, {tool}: {taken}")

    note(ENGINE, median_seconds(lambda: judges.pack_in_the_engine(given), options.repeats))
    note(FILES, judges.median_of(lambda: judges.pack_on_files(given), options.repeats))
    if "conftest" not in options.without:
        note(CONFTEST, judges.median_of(lambda: judges.conftest(given), options.repeats))
    if "checkov" not in options.without:
        try:
            note(CHECKOV, judges.checkov(given, options.checkov_limit))
        except TimeoutError:
            note(CHECKOV, None)


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="The isolation pack beside conftest and checkov on the same objects, and year 3's preview without "
        "a pack, under an empty one and under both. Some seven minutes on 2 cores; let nothing else run beside it.",
    )
    parser.add_argument("--sizes", type=_objects, nargs="+", default=SIZES, metavar="N",
                        help="numbers of objects, multiples of 500 (default: 1000 3000 10000)")  # fmt: skip
    parser.add_argument(
        "--repeats", type=int, default=5, help="runs of which the median counts (default: 5; checkov: 1)"
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds of previews (default: 7)")
    parser.add_argument(
        "--checkov-limit", type=float, default=900.0, metavar="S", help="seconds after which checkov is ended"
    )
    parser.add_argument("--without", choices=PARTS, nargs="+", default=(), help="leave these out")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into this Markdown page")
    return parser.parse_args(arguments)


def _objects(text: str) -> int:
    number = int(text)
    if number < 500 or number % 500:
        raise argparse.ArgumentTypeError(
            f"{text}: give a multiple of 500, so that every fleet shares in the same places"
        )
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
