"""What was measured, as lines for a terminal and as the table in `docs/benchmarks.md`."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.previews import BOTH, EMPTY, NONE, Rounds

BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
ENGINE, FILES, CONFTEST, CHECKOV = (
    "pack, as the engine calls it",
    "pack, `audit` of files",
    "conftest",
    "checkov",
)


@dataclass(slots=True)
class Results:
    """Seconds by tool and number of objects; None where a tool was ended before it was done."""

    seconds: dict[str, dict[int, float | None]] = field(default_factory=dict)
    limit: float = 0.0
    previews: Rounds | None = None

    def note(self, tool: str, resources: int, seconds: float | None) -> None:
        self.seconds.setdefault(tool, {})[resources] = seconds


def ratio(results: Results, tool: str, peer: str, resources: int) -> str:
    """How many times as long as `tool` its `peer` took for the same objects."""
    ours, theirs = results.seconds[tool].get(resources), results.seconds.get(peer, {}).get(resources)
    if ours is None:
        return "–"
    if theirs is None:
        return f"over {results.limit / ours:.0f}×" if resources in results.seconds.get(peer, {}) else "–"
    return f"{theirs / ours:.1f}×"


def markdown(results: Results) -> str:
    """The tables, with the day, the machine and the ratios."""
    sizes = sorted({size for by_size in results.seconds.values() for size in by_size})
    head = ["objects", *(f"{size:,}" for size in sizes), f"{sizes[-1]:,} over {sizes[0]:,}"]
    rows = [[tool, *(_cell(results, by_size, size) for size in sizes), _growth(by_size, sizes)]
            for tool, by_size in results.seconds.items()]  # fmt: skip
    largest = sizes[-1]
    ratios = [
        [f"{largest:,} objects: {peer} over the {ours}", ratio(results, ours, peer, largest)]
        for peer in (CONFTEST, CHECKOV) if peer in results.seconds
        for ours in (ENGINE, FILES)
    ]  # fmt: skip
    if results.previews is not None:
        rounds = results.previews
        medians = f"medians of {len(rounds.seconds[NONE])} rounds"
        ratios += [
            [f"`pulumi preview` of year 3 under {ours} over {peer} ({medians})", f"{rounds.ratio(ours, peer):.2f}×"]
            for ours, peer in ((BOTH, NONE), (EMPTY, NONE), (BOTH, EMPTY))
        ]  # fmt: skip
    parts = [_where(), _table(head, rows), _table(["ratio", ""], ratios)]
    if results.previews is not None:
        parts.append(_rounds(results.previews))
    return "\n\n".join(parts)


def write(results: Results, page: Path) -> None:
    """Put the tables between the page's two marks; raises ValueError if it has not both."""
    text = page.read_text()
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page}: it must hold the lines {BEGIN} and {END}, for the tables to go between")
    before, after = text.split(BEGIN, 1)[0], text.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n\n{markdown(results)}\n\n{END}{after}")


def _where() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    day = datetime.datetime.now(tz=datetime.UTC).date()
    return (
        f"Measured on {day} in one run: {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}."
    )


def _cell(results: Results, by_size: Mapping[int, float | None], size: int) -> str:
    if size not in by_size:
        return "–"
    seconds = by_size[size]
    return f"over {results.limit:.0f} s" if seconds is None else f"{seconds:.2f} s"


def _growth(by_size: Mapping[int, float | None], sizes: Sequence[int]) -> str:
    smallest, largest = by_size.get(sizes[0]), by_size.get(sizes[-1])
    return f"{largest / smallest:.1f}×" if smallest and largest else "–"


def _rounds(rounds: Rounds) -> str:
    rows = [[str(number), *(f"{taken:.2f} s" for taken in one)]
            for number, one in enumerate(zip(*rounds.seconds.values(), strict=True), 1)]  # fmt: skip
    return _table(["preview of year 3", *rounds.seconds], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
