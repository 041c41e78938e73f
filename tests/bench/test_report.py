"""The tables say what was measured, and go between the page's marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.__main__ import main
from bench.previews import BOTH, EMPTY, NONE, Rounds
from bench.report import BEGIN, CHECKOV, CONFTEST, END, ENGINE, FILES, Results, markdown, write
from offline.toolchain.places import ROOT


@pytest.fixture
def results() -> Results:
    found = Results(
        limit=100.0, previews=Rounds({NONE: (5.0, 4.0, 6.0), EMPTY: (5.25, 5.0, 6.0), BOTH: (5.5, 5.0, 6.0)})
    )
    for tool, seconds in {
        ENGINE: (0.5, 2.0),
        FILES: (0.5, 4.0),
        CONFTEST: (0.5, 6.0),
        CHECKOV: (8.0, None),
    }.items():
        found.note(tool, 1000, seconds[0])
        found.note(tool, 10000, seconds[1])
    return found


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("| objects | 1,000 | 10,000 | 10,000 over 1,000 |", id="sizes"),
        pytest.param(f"| {ENGINE} | 0.50 s | 2.00 s | 4.0× |", id="seconds and growth"),
        pytest.param(f"| {CHECKOV} | 8.00 s | over 100 s | – |", id="ended at the limit"),
        pytest.param(f"| 10,000 objects: conftest over the {ENGINE} | 3.0× |", id="ratio"),
        pytest.param(f"| 10,000 objects: checkov over the {FILES} | over 25× |", id="ratio at the limit"),
        *(
            pytest.param(
                f"| `pulumi preview` of year 3 under {under} (medians of 3 rounds) | {found}× |", id=under
            )
            for under, found in (
                ("both packs over without a pack", "1.10"),
                ("an empty pack over without a pack", "1.05"),
                ("both packs over an empty pack", "1.05"),
            )
        ),
        pytest.param("| preview of year 3 | without a pack | an empty pack | both packs |", id="columns"),
        pytest.param("| 2 | 4.00 s | 5.00 s | 5.00 s |", id="round"),
    ],
)
def test_the_tables_say(results: Results, line: str) -> None:
    assert line in markdown(results).splitlines()


def test_they_replace_what_is_between_the_marks(results: Results, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write(results, page)
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text


def test_a_page_without_marks_is_left_alone(results: Results, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="it must hold the lines"):
        write(results, page)
    assert page.read_text() == "no marks"


def test_the_page_of_the_project_has_the_marks() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text()
    assert text.index(BEGIN) < text.index(END)


@pytest.mark.parametrize("arguments", [["--sizes", "700"], ["--sizes", "x"], ["--without", "speed"]])
def test_a_wrong_argument_ends_it_before_anything_is_measured(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err
