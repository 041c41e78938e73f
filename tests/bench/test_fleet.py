"""The fleet: as many objects as asked for, and as much sharing as it says, for the pack and on disk alike."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench import judges
from bench.clock import BenchError, timed
from bench.fleet import fleet, shared


@pytest.mark.parametrize("size", [500, 2000])
def test_it_has_the_objects_on_disk_that_the_engine_is_sent(tmp_path: Path, size: int) -> None:
    given = judges.made(size, tmp_path)
    read = [item for path in given.folder.iterdir() for item in yaml.safe_load_all(path.read_text())]
    assert sorted(map(str, read)) == sorted(map(str, fleet(size, sharing=True)))
    assert len(read) == size


def test_the_pack_finds_what_is_shared_in_both_forms(tmp_path: Path) -> None:
    given = judges.made(1000, tmp_path)
    assert shared(1000) == 2
    judges.pack_in_the_engine(given)
    assert judges.pack_on_files(given) > 0


def test_a_pack_that_finds_something_else_is_not_measured(tmp_path: Path) -> None:
    given = judges.made(500, tmp_path)
    other = judges.Fleet(1000, given.folder, given.message)
    with pytest.raises(BenchError, match="found 1 shared databases in 1000 objects; there are 2"):
        judges.pack_in_the_engine(other)


def test_a_command_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="ended with 3:\nno such thing"):
        timed(["sh", "-c", "echo no such thing; exit 3"], folder=tmp_path)


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match="still running after 0 s"):
        timed(["sleep", "60"], folder=tmp_path, limit=0.1)
