"""The folder of a cluster: made for one clone, and nothing else at its place is ever used or removed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline.cluster import down, lock, processes, status
from offline.cluster.__main__ import main
from offline.cluster.errors import ClusterError
from offline.cluster.layout import Layout


def test_a_folder_is_made_for_its_clone(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    assert layout.made_for() is None
    layout.create()
    assert layout.made_for() == tmp_path
    assert layout.home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("foreign", ["folder", "file", "link", "dangling"])
def test_what_was_not_made_by_us_is_left_alone(
    tmp_path: Path, foreign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / ".cluster"
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "precious").write_text("data")
    if foreign == "folder":
        shutil.copytree(mine, place)
    elif foreign == "file":
        place.write_text("data")
    else:
        place.symlink_to(mine if foreign == "link" else tmp_path / "nowhere")
    for command in ("up", "down"):
        assert main([command, "--root", str(tmp_path)]) == 1
        assert "was not made by `python -m offline.cluster up`" in capsys.readouterr().err
    assert place.is_symlink() or place.exists()
    assert (mine / "precious").read_text() == "data"


def test_the_cluster_of_a_copied_clone_is_the_others(tmp_path: Path) -> None:
    """A copied clone brings the folder along: its processes serve the first clone and must not be ended."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    layout = Layout.of(first)
    layout.create()
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    record = processes.start(
        "etcd",
        command,
        mark=str(layout.home),
        home=first,
        folder=layout.processes,
        log=layout.logs / "etcd",
        digest="",
    )
    try:
        shutil.copytree(first, second)
        assert status(second).pids["etcd"] is None
        lines: list[str] = []
        down(second, lines.append)
        assert any(f"belongs to {first}" in line for line in lines)
        assert not (second / ".cluster").exists()
        assert processes.alive(record, str(layout.home))

        moved = tmp_path / "moved"
        first.rename(moved)
        down(moved, lines.append)
        assert not processes.alive(record, str(layout.home)), "a moved clone ends what it left behind"
    finally:
        processes.end([record.pid], grace_seconds=0)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["up", "--root", "/nowhere/at/all"], "--root /nowhere/at/all: no such folder."),
        (["down", "--root", "/dev/null"], "no such"),
    ],
    ids=["a folder that is not there", "not a folder"],
)
def test_bad_input_is_one_sentence(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.err.startswith("error: ")
    assert expected in said.err
    assert "Traceback" not in said.err


def test_status_of_nothing_says_so_and_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--root", str(tmp_path)]) == 1
    assert "not running" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_lock_admits_one_at_a_time_and_leaves_no_file(tmp_path: Path) -> None:
    lines: list[str] = []
    with (
        lock.exclusive(tmp_path, lines.append),
        pytest.raises(ClusterError, match="another command has been starting or stopping"),
        lock.exclusive(tmp_path, lines.append, wait_seconds=0.2),
    ):
        pytest.fail("both are in")
    assert lines == ["another command is starting or stopping this cluster: waiting for it"]
    with lock.exclusive(tmp_path, lines.append):
        assert len(lines) == 1, "free again at once"
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_killed_holder_is_free(tmp_path: Path) -> None:
    hold = (
        "import time, pathlib, sys; from offline.cluster.lock import exclusive\n"
        "with exclusive(pathlib.Path(sys.argv[1]), print): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait()
    with lock.exclusive(tmp_path, print, wait_seconds=1):
        pass


def test_a_missing_program_is_said_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programs, clone = tmp_path / "programs", tmp_path / "clone"
    programs.mkdir()
    clone.mkdir()
    monkeypatch.setenv("SERVICE_EXTRACTION_BIN", str(programs))
    assert main(["up", "--root", str(clone)]) == 1
    assert "etcd" in capsys.readouterr().err
    assert list(clone.iterdir()) == []
