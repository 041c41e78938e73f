"""A domain's way out of the broker and back, step by step on a real RabbitMQ, by the script of the Job."""

import subprocess
from pathlib import Path

import amqp  # type: ignore[import-not-found, import-untyped, unused-ignore]
import pytest

from roadmap.topology import Broker, BrokerUser, Queue, Topology
from tests.servers.broker import management, publish, run_import, take
from tests.servers.conftest import ADMINISTRATOR, PASSWORDS, RunningBroker

QUEUE = "leaver.events"
DEAD_LETTERS = "leaver.events.dead-letter"
KEYS = ("leave.*", "leave.done.#")
"""With the characters that a path must escape, one of which RabbitMQ escapes again."""
WORDS = {
    **PASSWORDS,
    "leaver": "leaverPassword1234567890",
    ADMINISTRATOR: "administratorPassword1234567890",
}


@pytest.fixture
def base(topology: Topology) -> Broker:
    return topology.broker.model_copy(update={"retired_users": (), "retired_queues": ()})


def prepared(base: Broker, *, bound: bool) -> Broker:
    """User and queue of a domain stand; the queue is bound while the service runs."""
    queue = Queue(
        name=QUEUE,
        owner="leaver",
        bindings=KEYS if bound else (),
        retired_bindings=() if bound else KEYS,
        dead_letter_queue=DEAD_LETTERS,
    )
    user = BrokerUser(
        name="leaver", owner="leaver", configure="^$", write=r"^domain\.events$", read=r"^leaver\."
    )
    return base.model_copy(update={"queues": (*base.queues, queue), "users": (*base.users, user)})


def withdrawn(base: Broker) -> Broker:
    """The domain is back before its preparation."""
    return base.model_copy(update={"retired_users": ("leaver",), "retired_queues": (QUEUE, DEAD_LETTERS)})


@pytest.fixture
def apply(broker_server: RunningBroker, tmp_path: Path) -> "Apply":
    return Apply(broker_server, tmp_path)


class Apply:
    """Runs the Job's script and gives what it printed; anything but success fails the test."""

    def __init__(self, server: RunningBroker, folder: Path) -> None:
        self.server, self.folder = server, folder

    def __call__(self, broker: Broker) -> str:
        done = self.run(broker)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, broker: Broker, **options: str) -> subprocess.CompletedProcess[str]:
        return run_import(
            self.server,
            broker,
            self.folder,
            WORDS,
            administrator_password=options.get("administrator_password"),
        )


def as_user(server: RunningBroker, name: str) -> "amqp.Connection":
    return server.connect(name, WORDS[name])


def names(server: RunningBroker, path: str) -> set[str]:
    return {str(entry["name"]) for entry in management(server, path)}


def bound_keys(server: RunningBroker) -> set[str]:
    return {
        str(entry["routing_key"])
        for entry in management(server, "bindings/pmt")
        if entry["source"] == "domain.events" and entry["destination"] == QUEUE
    }


def drain(server: RunningBroker, queue: str, expected: list[str]) -> None:
    with as_user(server, "leaver") as connection:
        channel = connection.channel()
        for body in expected:
            message = take(channel, queue)
            assert message.body == body
            channel.basic_ack(message.delivery_tag)
        assert channel.basic_get(queue) is None


def test_there_and_back(broker_server: RunningBroker, base: Broker, apply: Apply) -> None:
    server = broker_server
    apply(prepared(base, bound=False))
    assert bound_keys(server) == set()

    apply(prepared(base, bound=True))
    assert bound_keys(server) == set(KEYS)
    with as_user(server, "monolith") as connection:
        publish(connection.channel(), "leave.first", "before")

    printed = apply(prepared(base, bound=False))  # parked
    assert printed.count("removed binding") == len(KEYS)
    assert bound_keys(server) == set()
    with as_user(server, "monolith") as connection:
        for _ in range(3):
            publish(connection.channel(), "leave.first", "while parked")
            publish(connection.channel(), "leave.done.now", "while parked")

    apply(prepared(base, bound=True))
    assert bound_keys(server) == set(KEYS)
    with as_user(server, "monolith") as connection:
        publish(connection.channel(), "leave.done.now", "after")
    drain(server, QUEUE, ["before", "after"])

    apply(prepared(base, bound=False))
    printed = apply(withdrawn(base))
    for removed in ("user leaver", f"queue {QUEUE}", f"queue {DEAD_LETTERS}", f"policy {QUEUE}"):
        assert f"removed {removed}\n" in printed
    assert not {QUEUE, DEAD_LETTERS} & names(server, "queues/pmt")
    assert QUEUE not in names(server, "policies/pmt")
    assert "leaver" not in names(server, "users")
    with pytest.raises((amqp.AccessRefused, amqp.NotAllowed, OSError)):
        as_user(server, "leaver")
    assert "removed" not in apply(withdrawn(base))


def test_a_queue_with_messages_stays_when_its_user_goes(
    broker_server: RunningBroker, base: Broker, apply: Apply
) -> None:
    server = broker_server
    apply(prepared(base, bound=True))
    with as_user(server, "monolith") as connection:
        publish(connection.channel(), "leave.first", "kept")
    # Straight from bound: nothing may arrive any more either.
    printed = apply(withdrawn(base))
    assert f"kept queue {QUEUE}: 1 messages, 0 consumers" in printed
    assert f"kept queue {DEAD_LETTERS}: it takes the dead letters of {QUEUE}" in printed
    assert {QUEUE, DEAD_LETTERS} <= names(server, "queues/pmt")
    assert QUEUE in names(server, "policies/pmt")
    assert bound_keys(server) == set()
    assert "leaver" not in names(server, "users")

    apply(prepared(base, bound=False))
    drain(server, QUEUE, ["kept"])
    apply(withdrawn(base))
    assert not {QUEUE, DEAD_LETTERS} & names(server, "queues/pmt")


@pytest.mark.parametrize("taken", ["unacknowledged", "dead-lettered"])
def test_a_message_out_of_sight_keeps_its_queue(
    broker_server: RunningBroker, base: Broker, apply: Apply, taken: str
) -> None:
    server = broker_server
    apply(prepared(base, bound=True))
    with as_user(server, "monolith") as connection:
        publish(connection.channel(), "leave.first", "hidden")
    with as_user(server, ADMINISTRATOR) as connection:
        channel = connection.channel()
        message = take(channel, QUEUE)
        if taken == "dead-lettered":
            channel.basic_reject(message.delivery_tag, requeue=False)
        printed = apply(withdrawn(base))
        still = QUEUE if taken == "unacknowledged" else DEAD_LETTERS
        assert f"kept queue {still}: 1 messages" in printed
        if taken == "unacknowledged":
            channel.basic_ack(message.delivery_tag)
        else:
            channel.basic_ack(take(channel, DEAD_LETTERS).delivery_tag)
    apply(withdrawn(base))
    assert not {QUEUE, DEAD_LETTERS} & names(server, "queues/pmt")


def test_whoever_still_consumes_is_not_cut(broker_server: RunningBroker, base: Broker, apply: Apply) -> None:
    server = broker_server
    apply(prepared(base, bound=True))
    received: list[str] = []
    with as_user(server, "leaver") as connection:
        channel = connection.channel()
        channel.basic_consume(QUEUE, callback=lambda message: received.append(message.body), no_ack=True)
        with as_user(server, "monolith") as publisher:
            publish(publisher.channel(), "leave.first", "in time")
        done = apply.run(withdrawn(base))
        assert done.returncode == 1
        assert "user leaver must go but somebody still consumes as it" in done.stderr
        assert {QUEUE, DEAD_LETTERS} <= names(server, "queues/pmt")
        connection.drain_events(timeout=10)
    assert received == ["in time"]
    apply(withdrawn(base))
    assert "leaver" not in names(server, "users")


def test_a_wrong_password_fails_the_job_and_is_not_printed(base: Broker, apply: Apply) -> None:
    done = apply.run(withdrawn(base), administrator_password="wrongPassword1234567890")
    assert done.returncode == 1
    assert "HTTP 401" in done.stderr
    assert "wrongPassword" not in done.stdout + done.stderr
