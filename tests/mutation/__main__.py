"""`python -m tests.mutation`: mutate the rule code, and hold what survives against the list of what may."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.mutation.suites import ROOT, SUITES, Suite, module_name
from tests.mutation.survivors import FILE, Survivor, faults, listed, read, survivor, to_paste
from tests.mutation.workspace import MutationError, Workspace

DEAD = {"killed", "timeout"}
"""A mutant that never ends has been noticed, too."""
SECONDS_BETWEEN_LINES = 15.0


def main(arguments: list[str]) -> int:
    """Exit code: 0 as listed, 1 a survivor is missing in the list or one of the list was killed, 2 it could not run."""
    options = _parsed(arguments)
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # through every `finally`, so that no mutant is left running
    wrong = faults(read())
    if wrong:
        print("\n".join(f"error: {sentence}" for sentence in wrong), file=sys.stderr)
        return 2
    table: list[tuple[str, Counter[str]]] = []
    survived, expected = Counter[Survivor](), Counter[Survivor]()
    started = time.monotonic()
    try:
        for suite in SUITES:
            files = [file for file in suite.module_files() if _chosen(file, options.modules)]
            if files:
                counts, found = _tried(suite, files, options, started)
                table += counts.items()
                survived += found
                names = set(map(module_name, files))
                expected += Counter({k: n for k, n in listed(read()).items() if k.module in names})
    except (MutationError, OSError, subprocess.SubprocessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if not table:
        print(f"error: no module is called {' or '.join(options.modules)}", file=sys.stderr)
        return 2
    print(_markdown(table), f"\n{time.monotonic() - started:.0f} s on {options.children} cores")
    return compared(survived, expected)


def _chosen(file: str, modules: list[str]) -> bool:
    return not modules or any(Path(file).stem == name or file.startswith(name) for name in modules)


def _tried(
    suite: Suite, files: list[str], options: argparse.Namespace, started: float
) -> tuple[dict[str, Counter[str]], Counter[Survivor]]:
    """How the mutants of each module of a suite ended, and those that live."""
    last = 0.0

    def tell(line: str) -> None:
        nonlocal last
        now = time.monotonic() - started
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            print(f"[{now:4.0f}s] {suite.name}: {line}", file=sys.stderr, flush=True)

    print(
        f"[{time.monotonic() - started:4.0f}s] {suite.name}: running its tests once",
        file=sys.stderr,
        flush=True,
    )
    place = Workspace(suite, files)
    place.fill(afresh=not options.again)
    place.run(tell, options.children)
    if options.again:
        alive = [mutant for mutant, status in place.results().items() if status not in DEAD]
        if alive:
            place.run(tell, options.children, *alive)
    results = place.results()
    counts = {module_name(file): Counter[str]() for file in files}
    for mutant, status in results.items():
        counts[mutant.rpartition(".")[0]][status] += 1
    alive = [mutant for mutant, status in results.items() if status not in DEAD]
    return counts, Counter(map(survivor, alive, place.differences(alive)))


def _markdown(table: list[tuple[str, Counter[str]]]) -> str:
    lines = ["| module | mutants | killed | timeout | survived |", "|---|---:|---:|---:|---:|"]
    whole = sum((counts for _, counts in table), Counter[str]())
    for name, counts in [*table, ("all", whole)]:
        dead = [counts[status] for status in sorted(DEAD)]
        lines.append(f"| {name} | {counts.total()} | {dead[0]} | {dead[1]} | {counts.total() - sum(dead)} |")
    return "\n".join(lines)


def compared(survived: Counter[Survivor], expected: Counter[Survivor]) -> int:
    unlisted, killed = survived - expected, expected - survived
    place = FILE.relative_to(ROOT)
    if unlisted:
        print(
            f"\n{unlisted.total()} survivors are not in {place}. Kill them, or add them with the reason why not:\n"
        )
        print(to_paste(unlisted))
    if killed:
        print(
            f"\n{killed.total()} survivors in {place} are killed, or are no mutants any more. Take them out:\n"
        )
        print(to_paste(killed))
    return 1 if unlisted or killed else 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description="Change the rule code in one place at a time and see that a test fails.",
    )
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="only modules of these names, or below these paths"
    )
    parser.add_argument("--again", action="store_true",
                        help="only what changed or survived since the last run")  # fmt: skip
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, metavar="N",
                        help="mutants at a time (default: one for each core)")  # fmt: skip
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
