"""Runs of the engine: exit codes, signals, what it leaves behind, and stack files that stay as they are committed."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from offline.commands.refusal import Failed, Refusal
from offline.commands.stack import processes, salt
from offline.commands.stack.locks import clear_dead_locks, engine_locks, exclusive
from offline.commands.stack.pulumi import Pulumi
from tests.offline.commands.conftest import STACK_FILE, Clone, is_running

Fake = Callable[[str], Pulumi]
SALT = "encryptionsalt: v1:abc:v1:def\n"


@pytest.mark.parametrize("code", [1, 255])
def test_a_failing_engine_fails_the_command(fake_pulumi: Fake, code: int) -> None:
    with pytest.raises(Failed) as failed:
        fake_pulumi(f"exit {code}").stream("up")
    assert failed.value.exit_code == code


def test_the_stack_is_named_in_every_run(clone: Clone, fake_pulumi: Fake) -> None:
    fake_pulumi('echo "$*" > said').stream("up", "--yes")
    assert (clone.root / "said").read_text() == "up --yes --stack year1\n"


def test_a_termination_reaches_the_engine_as_an_interruption(clone: Clone, fake_pulumi: Fake) -> None:
    loop = "n=0; while [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done"
    pulumi = fake_pulumi(f"trap 'echo orderly > stopped; exit 3' INT; kill -TERM $PPID; {loop}")
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Failed) as failed:
        pulumi.stream("up")
    assert failed.value.exit_code == 3
    assert (clone.root / "stopped").read_text() == "orderly\n"
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_the_engine_leaves_running_is_ended(clone: Clone, fake_pulumi: Fake) -> None:
    fake_pulumi("sleep 60 & echo $! > provider").stream("up")
    assert not is_running(int((clone.root / "provider").read_text()))


def test_survivors_of_a_killed_run_are_ended_later(clone: Clone) -> None:
    script = "sleep 60 & echo $!; kill -9 $$"
    command = ["/bin/sh", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdout is not None
        survivor = int(child.stdout.readline())
        processes.note(clone.program, child.pid)
        child.wait()
    assert is_running(survivor)
    assert processes.end_survivors_of_last_run(clone.program) == 1
    assert not is_running(survivor)
    assert processes.end_survivors_of_last_run(clone.program) == 0


def test_a_run_that_goes_on_is_left_alone(clone: Clone) -> None:
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as child:
        processes.note(clone.program, child.pid)
        assert processes.end_survivors_of_last_run(clone.program) == 0
        assert is_running(child.pid)
        child.kill()


@pytest.mark.parametrize(
    ("before", "script", "after"),
    [
        pytest.param(STACK_FILE, f"printf '%s' '{SALT}' >> $file", STACK_FILE, id="added by the engine"),
        pytest.param(
            STACK_FILE,
            f"sed -i 's/   #/ #/' $file; printf '{SALT}' >> $file",
            STACK_FILE,
            id="and reformatted",
        ),
        pytest.param(STACK_FILE + SALT, ":", STACK_FILE, id="left by plain pulumi"),
        pytest.param(STACK_FILE, ":", STACK_FILE, id="untouched"),
        pytest.param(
            STACK_FILE,
            f"printf '  shop:year: 2\\n{SALT}' >> $file",
            STACK_FILE + "  shop:year: 2\n",
            id="edited by a person meanwhile",
        ),
        pytest.param(
            STACK_FILE + "  shop:key:\n    secure: v1:x\n" + SALT,
            ":",
            STACK_FILE + "  shop:key:\n    secure: v1:x\n" + SALT,
            id="needed by secrets of the file",
        ),
        pytest.param(
            STACK_FILE.replace(".cluster/", "/dev/").replace("embedded: true", "embedded: false"),
            f"printf '{SALT}' >> $file",
            STACK_FILE.replace(".cluster/", "/dev/").replace("embedded: true", "embedded: false") + SALT,
            id="not an embedded stack",
        ),
    ],
)
def test_the_salt_stays_out_of_embedded_stack_files(
    clone: Clone, fake_pulumi: Fake, before: str, script: str, after: str
) -> None:
    clone.stack_file.write_text(before)
    fake_pulumi(f"file={clone.stack_file}; {script}").stream("up")
    assert clone.stack_file.read_text() == after


def test_the_salt_goes_also_when_the_run_fails(clone: Clone, fake_pulumi: Fake) -> None:
    with pytest.raises(Failed):
        fake_pulumi(f"printf '{SALT}' >> {clone.stack_file}; exit 1").stream("up")
    assert clone.stack_file.read_text() == STACK_FILE
    with contextlib.suppress(KeyboardInterrupt), salt.kept_out(clone.program):
        clone.stack_file.write_text(STACK_FILE + SALT)
        raise KeyboardInterrupt
    assert clone.stack_file.read_text() == STACK_FILE


def test_a_second_command_is_told_who_holds_the_stack(clone: Clone) -> None:
    program = clone.program
    refused = r"locked by another command: `make up`, process \d+, since \d{4}-.*\n  fix: wait"
    with exclusive(program, "up"), pytest.raises(Refusal, match=refused), exclusive(program, "down"):
        pytest.fail("two commands at once")
    with exclusive(program, "down"):
        pass


def write_lock(clone: Clone, *, pid: int, host: str) -> Path:
    path = clone.root / ".state/backend/.pulumi/locks/organization/shop/year1" / f"{pid}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    since = "2026-01-02T03:04:05.678Z"
    path.write_text(json.dumps({"pid": pid, "hostname": host, "username": "me", "timestamp": since}))
    return path


def a_dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return child.pid


@pytest.mark.parametrize(
    ("alive", "here"),
    [
        pytest.param(True, True, id="a living process"),
        pytest.param(False, False, id="on a machine we cannot see"),
    ],
)
def test_a_lock_that_may_be_held_is_respected(
    clone: Clone, fake_pulumi: Fake, alive: bool, here: bool
) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as sleeper:
        pid = sleeper.pid if alive else a_dead_process()
        write_lock(clone, pid=pid, host=socket.gethostname() if here else "elsewhere")
        with pytest.raises(
            Refusal, match=rf"process {pid} on .*, since 2026-01-02T03:04:05\.\n  fix: .*pulumi cancel year1"
        ):
            clear_dead_locks(fake_pulumi("touch cancelled"))
        sleeper.kill()
    assert not (clone.root / "cancelled").exists()


def test_the_lock_of_a_dead_process_is_cancelled(clone: Clone, fake_pulumi: Fake) -> None:
    path = write_lock(clone, pid=a_dead_process(), host=socket.gethostname())
    pulumi = fake_pulumi(f'[ "$1" = cancel ] && rm {path}')
    assert clear_dead_locks(pulumi)
    assert engine_locks(clone.program) == []
    assert not clear_dead_locks(pulumi)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("touch created", id="created"),
        pytest.param("echo 'error: stack already exists' >&2; exit 1", id="somebody was faster"),
    ],
)
def test_a_stack_is_created_when_absent(fake_pulumi: Fake, script: str) -> None:
    fake_pulumi(script).create_if_absent()


@pytest.mark.parametrize(
    ("own_backend", "says"),
    [
        pytest.param(
            True, r"^stacks/Pulumi\.year1\.yaml: (.|\n)*no such bucket\n  fix: mend what", id="own backend"
        ),
        pytest.param(
            False,
            r"^PULUMI_BACKEND_URL is `.*`: (.|\n)*no such bucket\n  fix: correct or unset",
            id="a backend that the person chose",
        ),
    ],
)
def test_a_stack_that_cannot_be_created_is_refused(
    fake_pulumi: Fake, monkeypatch: pytest.MonkeyPatch, own_backend: bool, says: str
) -> None:
    engine = fake_pulumi("echo 'error: no such bucket' >&2; exit 1")
    monkeypatch.setattr("offline.commands.stack.pulumi.uses_own_backend", lambda: own_backend)
    with pytest.raises(Refusal, match=says):
        engine.create_if_absent()


def test_a_stack_that_exists_costs_no_run(clone: Clone, fake_pulumi: Fake) -> None:
    state = clone.root / ".state/backend/.pulumi/stacks/shop/year1.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    fake_pulumi("touch ran").create_if_absent()
    assert not (clone.root / "ran").exists()
