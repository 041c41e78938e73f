"""What the definitions Job does to a broker, and what a client or an administrator then finds on it."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import amqp  # type: ignore[import-not-found, import-untyped, unused-ignore]

from components.rendering import broker_import, rabbitmq
from roadmap.topology import Broker
from tests.servers.conftest import ADMINISTRATOR, RunningBroker
from tests.servers.processes import need

HASHES_SALT = "kI3GCg=="


def run_import(
    server: RunningBroker,
    broker: Broker,
    folder: Path,
    passwords: Mapping[str, str],
    *,
    administrator_password: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the Job's script in a folder laid out like the Job's volume."""
    hashes = {user.name: rabbitmq.password_hash(passwords[user.name], HASHES_SALT) for user in broker.users}
    (folder / rabbitmq.DEFINITIONS_FILE).write_text(rabbitmq.definitions_text(broker, hashes))
    (folder / rabbitmq.CURL_FILE).write_text(
        rabbitmq.curl_configuration(
            username=ADMINISTRATOR, password=administrator_password or server.administrator_password
        )
    )
    script = folder / broker_import.SCRIPT_FILE
    script.write_text(broker_import.import_script(broker))
    need("curl")
    return subprocess.run(
        [need("sh"), str(script)],
        env={
            **os.environ,
            broker_import.URL_VARIABLE: f"http://127.0.0.1:{server.management_port}",
            "DEFINITIONS_FOLDER": str(folder),
            "PAUSE_SECONDS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def management(server: RunningBroker, path: str) -> list[dict[str, object]]:
    """What the management API lists at a path."""
    done = subprocess.run(
        [
            need("curl"),
            "--silent",
            "--fail",
            "--user",
            f"{ADMINISTRATOR}:{server.administrator_password}",
            f"http://127.0.0.1:{server.management_port}/api/{path}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def publish(channel: "amqp.Channel", key: str, body: str) -> None:
    """Publish an event, and wait until the broker has it."""
    channel.basic_publish_confirm(
        amqp.Message(body, delivery_mode=2), exchange="domain.events", routing_key=key, timeout=10
    )


def take(channel: "amqp.Channel", queue: str, seconds: float = 20) -> "amqp.Message":
    """The next message of a queue, unacknowledged; fails when none arrives in time."""
    deadline = time.monotonic() + seconds
    while (message := channel.basic_get(queue)) is None:
        assert time.monotonic() < deadline, f"nothing arrived on {queue}"
        time.sleep(0.1)
    return message
