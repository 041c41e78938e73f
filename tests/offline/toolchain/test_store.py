"""The cache finds every kind of damage, and an entry is there whole or not at all."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from offline.toolchain import store


def make_entry(folder: Path, content: bytes = b"a program") -> Path:
    def produce(unfinished: Path) -> None:
        (unfinished / "tool").write_bytes(content)
        (unfinished / "tool").chmod(0o755)

    store.publish(folder, produce)
    return folder / "tool"


def truncate(tool: Path) -> None:
    tool.write_bytes(tool.read_bytes()[:-1])


def flip_a_byte(tool: Path) -> None:
    tool.write_bytes(b"A program")


def empty_the_manifest(tool: Path) -> None:
    (tool.parent / store.MANIFEST).write_text("")


def list_nothing(tool: Path) -> None:
    (tool.parent / store.MANIFEST).write_text("{}")


def remove_the_manifest(tool: Path) -> None:
    (tool.parent / store.MANIFEST).unlink()


def take_the_executable_bit(tool: Path) -> None:
    tool.chmod(0o644)


DAMAGE = [
    truncate,
    flip_a_byte,
    Path.unlink,
    empty_the_manifest,
    list_nothing,
    remove_the_manifest,
    take_the_executable_bit,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_damage_is_found_and_mended(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    tool = make_entry(tmp_path / "entry")
    assert store.is_intact(tool.parent)
    damage(tool)
    assert not store.is_intact(tool.parent)
    make_entry(tool.parent)
    assert store.is_intact(tool.parent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entry"]


def test_a_touched_file_with_the_same_content_is_intact(tmp_path: Path) -> None:
    tool = make_entry(tmp_path / "entry")
    os.utime(tool, (1, 1))
    assert store.is_intact(tool.parent)


def test_an_unchanged_file_is_not_hashed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = make_entry(tmp_path / "entry")
    monkeypatch.setattr(store, "_sha256", lambda path: pytest.fail(f"{path} was hashed"))
    assert store.is_intact(tool.parent)


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    def fail(unfinished: Path) -> None:
        (unfinished / "half").write_text("half a program")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        store.publish(tmp_path / "entry", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_rebuild_keeps_the_old_entry(tmp_path: Path) -> None:
    tool = make_entry(tmp_path / "entry")

    def fail(_unfinished: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.publish(tool.parent, fail)
    assert store.is_intact(tool.parent)


def test_leftovers_of_killed_builds_are_removed(tmp_path: Path) -> None:
    tool = make_entry(tmp_path / "entry")
    (tmp_path / "other.unfinished-4711").mkdir()
    (tmp_path / "other.unfinished-4711" / "half").write_text("half")
    store.remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["entry"]
    assert store.is_intact(tool.parent)


def test_the_lock_waits_for_its_holder_and_is_free_when_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from offline.toolchain.store import locked\n"
        "with locked(Path(sys.argv[1]), print): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        told = []

        def waiting(pid: str) -> None:
            told.append(pid)
            holder.kill()

        with store.locked(tmp_path, waiting):
            pass
    assert told[0] == str(holder.pid)
