"""A real RabbitMQ imports the rendered definitions, twice, by the same script as the Job."""

import json
import time
from pathlib import Path

import amqp  # type: ignore[import-not-found, import-untyped, unused-ignore]
import pytest

from roadmap.topology import Broker, BrokerUser, Queue, Topology
from tests.servers.broker import management, publish, run_import, take
from tests.servers.conftest import ADMINISTRATOR, PASSWORDS, RunningBroker

pytestmark = pytest.mark.usefixtures("imported")


def events(topology: Topology) -> Broker:
    """Year 1's broker with a queue that this test may fill and break, and a user that owns nothing."""
    broker = topology.broker
    queue = Queue(
        name="monolith.test",
        owner="monolith",
        bindings=("task.*",),
        dead_letter_queue="monolith.test.dead-letter",
        delivery_limit=2,
    )
    stranger = BrokerUser(name="stranger", owner="ai", configure="^$", write="^$", read="^$")
    return broker.model_copy(update={"queues": (*broker.queues, queue), "users": (*broker.users, stranger)})


def import_definitions(server: RunningBroker, broker: Broker, folder: Path) -> None:
    passwords = {**PASSWORDS, "stranger": "strangerPassword1234567890"}
    done = run_import(server, broker, folder, passwords)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def imported(
    broker_server: RunningBroker, topology: Topology, tmp_path_factory: pytest.TempPathFactory
) -> Broker:
    broker = events(topology)
    import_definitions(broker_server, broker, tmp_path_factory.mktemp("definitions"))
    return broker


def picture(server: RunningBroker) -> dict[str, list[dict[str, object]]]:
    """Everything the definitions hold, as the server has it."""
    keys = {
        "exchanges/pmt": ("name", "type", "durable"),
        "queues/pmt": ("name", "type", "durable", "policy"),
        "bindings/pmt": ("source", "destination", "routing_key"),
        "users": ("name", "tags"),
        "permissions": ("user", "vhost", "configure", "write", "read"),
        "policies/pmt": ("name", "pattern", "definition"),
    }
    return {
        path: sorted(
            ({key: entry.get(key) for key in wanted} for entry in management(server, path)),
            key=lambda entry: json.dumps(entry, sort_keys=True),
        )
        for path, wanted in keys.items()
    }


def test_a_second_import_drops_no_message(
    broker_server: RunningBroker, imported: Broker, tmp_path: Path
) -> None:
    with broker_server.connect("monolith", PASSWORDS["monolith"]) as connection:
        publish(connection.channel(), "task.created", "kept")
    import_definitions(broker_server, imported, tmp_path)
    with broker_server.connect("monolith", PASSWORDS["monolith"]) as connection:
        channel = connection.channel()
        message = take(channel, "monolith.test")
        assert message.body == "kept"
        channel.basic_ack(message.delivery_tag)


def test_the_server_has_what_the_topology_says(broker_server: RunningBroker, imported: Broker) -> None:
    found = picture(broker_server)
    deadline = time.monotonic() + 30
    # A queue's policy shows only once its next statistics have come in.
    while any(
        entry["policy"] is None for entry in found["queues/pmt"] if not str(entry["name"]).endswith("letter")
    ):
        assert time.monotonic() < deadline, found["queues/pmt"]
        time.sleep(0.5)
        found = picture(broker_server)
    queues = {str(entry["name"]): entry for entry in found["queues/pmt"]}
    for queue in imported.queues:
        assert queues[queue.name]["type"] == queues[queue.dead_letter_queue]["type"] == "quorum"
        assert queues[queue.name]["policy"] == queue.name
        for key in queue.bindings:
            assert {"source": imported.exchange, "destination": queue.name, "routing_key": key} in found[
                "bindings/pmt"
            ]
    users = {str(entry["name"]) for entry in found["users"]}
    assert users == {ADMINISTRATOR, *(user.name for user in imported.users)}


def test_a_second_import_changes_nothing(
    broker_server: RunningBroker, imported: Broker, tmp_path: Path
) -> None:
    before = picture(broker_server)
    import_definitions(broker_server, imported, tmp_path)
    assert picture(broker_server) == before


def test_a_later_service_gets_its_queue_without_a_restart(
    broker_server: RunningBroker, imported: Broker, tmp_path: Path
) -> None:
    late = Queue(
        name="late.queue", owner="ai", bindings=("late.#",), dead_letter_queue="late.queue.dead-letter"
    )
    import_definitions(
        broker_server, imported.model_copy(update={"queues": (*imported.queues, late)}), tmp_path
    )
    assert "late.queue" in {str(entry["name"]) for entry in management(broker_server, "queues/pmt")}


def test_a_rejected_message_goes_to_the_dead_letters(broker_server: RunningBroker) -> None:
    with broker_server.connect("monolith", PASSWORDS["monolith"]) as connection:
        channel = connection.channel()
        publish(channel, "task.created", "rejected")
        channel.basic_reject(take(channel, "monolith.test").delivery_tag, requeue=False)
        dead = take(channel, "monolith.test.dead-letter")
        assert dead.body == "rejected"
        channel.basic_ack(dead.delivery_tag)


def test_a_message_that_fails_too_often_goes_to_the_dead_letters(broker_server: RunningBroker) -> None:
    with broker_server.connect("monolith", PASSWORDS["monolith"]) as connection:
        channel = connection.channel()
        publish(channel, "task.created", "poison")
        deliveries = 0
        while (message := channel.basic_get("monolith.test")) is not None or deliveries == 0:
            if message is None:
                time.sleep(0.1)
                continue
            deliveries += 1
            assert deliveries <= 3, "the delivery limit of 2 was passed"
            channel.basic_reject(message.delivery_tag, requeue=True)
            time.sleep(0.3)
        dead = take(channel, "monolith.test.dead-letter")
        assert dead.body == "poison"
        channel.basic_ack(dead.delivery_tag)
    assert deliveries == 3  # the first, and two more


@pytest.mark.parametrize("key", ["project.created", "x"])
def test_an_event_that_nobody_wants_reaches_nobody(broker_server: RunningBroker, key: str) -> None:
    with broker_server.connect("monolith", PASSWORDS["monolith"]) as connection:
        channel = connection.channel()
        publish(channel, key, "unwanted")
        assert channel.basic_get("monolith.test") is None


def test_the_monolith_may_declare_nothing_beyond_its_permissions(
    broker_server: RunningBroker, topology: Topology
) -> None:
    (user,) = (user for user in topology.broker.users if user.name == "monolith")
    with broker_server.connect(user.name, PASSWORDS[user.name]) as connection:
        channel = connection.channel()
        with pytest.raises(amqp.AccessRefused):
            channel.queue_declare("somebody-elses", passive=False, durable=True)


def test_a_user_without_permissions_can_do_nothing(broker_server: RunningBroker) -> None:
    with broker_server.connect("stranger", "strangerPassword1234567890") as connection:
        with pytest.raises(amqp.AccessRefused):
            connection.channel().basic_get("monolith.test")
        with pytest.raises(amqp.AccessRefused):
            publish(connection.channel(), "task.created", "forged")


@pytest.mark.parametrize(
    ("user", "password"),
    [("monolith", "wrong"), ("monolith", PASSWORDS["celery"]), ("guest", "guest")],
    ids=["wrong-password", "another-password", "guest-is-gone"],
)
def test_nobody_else_gets_in(broker_server: RunningBroker, user: str, password: str) -> None:
    with pytest.raises((amqp.AccessRefused, amqp.NotAllowed, OSError)):
        broker_server.connect(user, password)


def test_the_administrator_is_the_default_user_we_gave_it(broker_server: RunningBroker) -> None:
    tags = {str(entry["name"]): entry["tags"] for entry in management(broker_server, "users")}
    assert "administrator" in str(tags[ADMINISTRATOR])
    assert all(not tags[name] for name in tags if name != ADMINISTRATOR)
