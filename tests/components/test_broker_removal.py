"""What a broker must not have any more: named in the Job, removed in a safe order, and never by way of an error."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.rendering.broker_import import SCRIPT_FILE, import_script
from components.rendering.rabbitmq import CURL_FILE, curl_configuration
from roadmap.topology import Broker, Queue, Topology
from tests.components.conftest import containers, secret_data
from tests.components.program import PASSWORD, Program, run

RETIRED = ("ai.events", "ai.events.dead-letter")
CURL = """#!/bin/sh
# Stands in for curl: answers each request from a table of `METHOD PATH STATUS BODY`, 204 when it is not in there.
while [ $# -gt 0 ]; do
  case $1 in
    --request) method=$2; shift ;;
    --output) output=$2; shift ;;
    http*) path=${1#*/api/} ;;
  esac
  shift
done
echo "$method $path" >> "$CALLS"
: > "$output"
while read -r wanted_method wanted_path status body; do
  case "$method $path" in
    $wanted_method\\ $wanted_path) printf %s "$body" > "$output"; echo "$status"; exit 0 ;;
  esac
done < "$ANSWERS"
echo 204
"""


@pytest.fixture
def broker(topology: Topology) -> Broker:
    """With one queue that is no longer consumed, and a domain whose preparation is withdrawn."""
    queue = Queue(
        name="kept.events",
        owner="monolith",
        bindings=(),
        retired_bindings=("task.*", "user.#"),
        dead_letter_queue="kept.events.dead-letter",
    )
    return topology.broker.model_copy(
        update={"queues": (queue,), "retired_users": ("ai",), "retired_queues": RETIRED}
    )


class Try:
    """Runs the script against answers that a test lists."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        curl = folder / "curl"
        curl.write_text(CURL)
        curl.chmod(0o755)

    def __call__(self, broker: Broker, *answers: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        script, table, calls = (self.folder / name for name in (SCRIPT_FILE, "answers", "calls"))
        script.write_text(import_script(broker))
        table.write_text("".join(f"{line}\n" for line in answers))
        calls.write_text("")
        environment = {
            **os.environ,
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "ANSWERS": str(table),
            "CALLS": str(calls),
            "BROKER_URL": "http://broker:15672",
            "SETTLE_SECONDS": "0",
            "PAUSE_SECONDS": "0",
        }
        done = subprocess.run(
            ["sh", str(script)], env=environment, capture_output=True, text=True, check=False
        )
        return done, calls.read_text().splitlines()


@pytest.fixture
def attempt(tmp_path: Path) -> Try:
    return Try(tmp_path)


EMPTY = ('GET queues/pmt/* 200 {"consumers":0,"messages":0}', "POST queues/pmt/*/get 200 []")


def removed(calls: list[str]) -> list[str]:
    return [call.removeprefix("DELETE ") for call in calls if call.startswith("DELETE ")]


def test_everything_is_removed_after_the_import_and_in_order(broker: Broker, attempt: Try) -> None:
    key = '[{"properties_key":"a.%23"},{"properties_key":"b.c"}]'
    done, calls = attempt(broker, *EMPTY, f"GET bindings/pmt/e/domain.events/q/ai.events[?]* 200 {key}")
    assert done.returncode == 0, done.stderr
    assert calls[0] == "POST definitions"
    assert removed(calls) == [
        "bindings/pmt/e/domain.events/q/kept.events/task.%252A",
        "bindings/pmt/e/domain.events/q/kept.events/user.%2523",
        "bindings/pmt/e/domain.events/q/ai.events/a.%2523",
        "bindings/pmt/e/domain.events/q/ai.events/b.c",
        "users/ai",
        "queues/pmt/ai.events",
        "policies/pmt/ai.events",
        "queues/pmt/ai.events.dead-letter",
        "policies/pmt/ai.events.dead-letter",
    ]


def test_what_is_not_there_is_no_error_and_costs_no_waiting(broker: Broker, attempt: Try) -> None:
    done, calls = attempt(broker, "POST definitions 204 ", "* * 404 {}")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert not any(call.startswith("GET consumers") for call in calls)


def test_nothing_retired_is_an_import_and_nothing_else(broker: Broker, attempt: Try) -> None:
    plain = broker.model_copy(update={"queues": (), "retired_users": (), "retired_queues": ()})
    assert attempt(plain)[1] == ["POST definitions"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param("POST definitions 401 no", "POST definitions: HTTP 401 no", id="wrong-password"),
        pytest.param("POST definitions 400 bad", "POST definitions: HTTP 400 bad", id="refused-definitions"),
        pytest.param("POST definitions 404 -", "no definitions to import into", id="not-a-broker"),
        pytest.param("DELETE users/ai 500 down", "DELETE users/ai: HTTP 500 down", id="server-error"),
        pytest.param(
            'GET consumers/pmt?* 200 [{"channel_details":{"user":"ai"}}]',
            "user ai must go but somebody still consumes as it",
            id="still-consuming",
        ),
    ],
)
def test_the_job_fails_and_says_why(broker: Broker, attempt: Try, answer: str, message: str) -> None:
    done, calls = attempt(broker, answer, *EMPTY)
    assert done.returncode == 1
    assert message in done.stderr
    assert not any(call.startswith("DELETE queues") for call in calls)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param(['GET queues/* 200 {"consumers":0,"messages":3}'], "3 messages, 0", id="messages"),
        pytest.param(['GET queues/* 200 {"consumers":1,"messages":0}'], "0 messages, 1", id="consumers"),
        pytest.param(["GET queues/* 200 []"], "unknown messages, unknown", id="no-statistics-yet"),
        pytest.param(
            ["POST queues/*/get 200 [{}]", 'GET queues/* 200 {"consumers":0,"messages":0}'],
            "some messages, 0",
            id="statistics-too-old",
        ),
    ],
)
def test_a_queue_that_may_hold_something_stays_with_its_dead_letters(
    broker: Broker, attempt: Try, answers: list[str], reason: str
) -> None:
    done, calls = attempt(broker, *answers)
    assert done.returncode == 0, done.stderr
    assert f"kept queue ai.events: {reason} consumers" in done.stdout
    assert "kept queue ai.events.dead-letter: it takes the dead letters of ai.events" in done.stdout
    assert not any("queues" in call or "policies" in call for call in removed(calls))


def test_queues_that_stay_keep_no_other_one(broker: Broker, attempt: Try) -> None:
    several = broker.model_copy(update={"retired_queues": ("full", "fuller", "quite.empty")})
    done, calls = attempt(several, 'GET queues/pmt/full* 200 {"consumers":0,"messages":3}', *EMPTY)
    assert done.stdout.count("kept queue") == 2
    assert "queues/pmt/quite.empty" in removed(calls)


def test_names_cannot_leave_their_place_in_the_script(broker: Broker, attempt: Try, tmp_path: Path) -> None:
    odd = "a b/$(touch broken)"
    retired = broker.model_copy(update={"retired_users": (odd,), "retired_queues": ()})
    done, calls = attempt(retired)
    assert done.returncode == 0, done.stderr
    assert "users/a%20b%2F%24%28touch%20broken%29" in removed(calls)
    assert not (tmp_path / "broken").exists()


def job_name(topology: Topology, **changes: Any) -> str:
    broker = topology.broker.model_copy(update=changes)
    program = run(topology.model_copy(update={"broker": broker}))
    (job,) = (job for job in program.of("Job") if job.object_name.startswith("events-definitions-"))
    return job.object_name


def test_the_job_runs_again_whenever_something_else_is_retired(topology: Topology) -> None:
    first, *others = topology.broker.queues
    unbound = first.model_copy(update={"retired_bindings": ("x.y",)})
    names = [
        job_name(topology),
        job_name(topology, retired_users=("somebody",)),
        job_name(topology, retired_queues=("something",)),
        job_name(topology, queues=(unbound, *others)),
    ]
    assert len(set(names)) == 4
    assert job_name(topology) == names[0]


def test_the_pod_runs_the_script_and_shows_no_password(program: Program) -> None:
    (job,) = (job for job in program.of("Job") if job.object_name.startswith("events-definitions-"))
    (container,) = containers(job)
    assert container["command"] == ["sh", f"/definitions/{SCRIPT_FILE}"]
    assert container["env"] == [{"name": "BROKER_URL", "value": "http://events.year1-broker.svc:15672"}]
    assert PASSWORD not in str(job.inputs)
    data = secret_data(program.one("Secret", "events-definitions"))
    assert PASSWORD in data[CURL_FILE]
    assert PASSWORD not in data[SCRIPT_FILE]


def test_curl_reads_the_password_from_its_file_and_waits_for_a_broker() -> None:
    lines = curl_configuration(username="u", password="p").splitlines()
    assert 'user = "u:p"' in lines
    assert {"retry-connrefused", "retry = 30", "globoff"} <= set(lines)
