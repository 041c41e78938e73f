"""A pytest plugin for runs under mutmut: the tests that killed a function's other mutants come first.

mutmut forks a pytest for each mutant and ends it at the first failure. Almost every test of a pack runs every rule, so
without an order a mutant waits for half of them. Who killed what is kept in a file beside the mutants.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_KILLS = Path.cwd() / "kills.txt"  # absolute: a test may change the folder


def _function() -> str | None:
    """The function whose mutant this process tests; None where mutmut only looks around."""
    name = os.environ.get("MUTANT_UNDER_TEST", "")
    return name.rpartition("__mutmut_")[0] or None


def _kills() -> Iterator[tuple[str, str]]:
    for line in _KILLS.read_text().splitlines() if _KILLS.exists() else ():
        function, _, test = line.partition("\t")
        yield function, test


def pytest_collection_modifyitems(items: list[Any]) -> None:
    function = _function()
    if function is None:
        return
    module = function.rpartition(".")[0]
    score = Counter[str]()
    for killed, test in _kills():
        score[test] += 1_000 if killed == function else killed.rpartition(".")[0] == module
    items.sort(key=lambda item: -score[item.nodeid])


def pytest_runtest_logreport(report: Any) -> None:
    function = _function()
    if function is not None and report.failed:
        with _KILLS.open("a") as file:
            file.write(f"{function}\t{report.nodeid}\n")
