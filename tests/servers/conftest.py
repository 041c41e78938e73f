"""Real servers, given exactly what the components render; not part of the default run (`make test-servers`).

They need packages that the rest of the project does without; where one is missing, the tests fail and say which.
"""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import roadmap
from components.rendering import rabbitmq, redis
from roadmap.topology import Resources, Store, StoreKind, Topology
from tests.servers.postgres import PostgresServer, postgres_server
from tests.servers.processes import INSTALL, free_port, need, running

ROOT = Path(__file__).resolve().parents[2]
PASSWORDS = {name: f"{name}Password1234567890" for name in ("celery", "cache", "pubsub", "monolith")}
ADMINISTRATOR = "administrator"

try:
    # Installed for `make test-servers` only, which type checking must do without.
    import amqp  # type: ignore[import-not-found, import-untyped, unused-ignore]
    import celery  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: F401 - started as a program
    import redis as redis_client  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError as missing:
    raise pytest.UsageError(f"{missing.name} is not installed; these tests need:\n{INSTALL}") from missing


@pytest.fixture(scope="session")
def topology() -> Topology:
    """Year 1, as its stack file resolves."""
    config = roadmap.load_stack_file(ROOT / "stacks" / "Pulumi.year1.yaml")
    return roadmap.resolve(config, roadmap.load_catalog())


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRedis:
    """A Redis that read the rendered configuration and ACL file."""

    port: int
    store: Store

    def client(self, user: str, password: str | None = None) -> "redis_client.Redis":
        """Logged in as a user, with that user's password unless another is given."""
        return redis_client.Redis(
            host="127.0.0.1",
            port=self.port,
            username=user,
            password=PASSWORDS.get(user, "") if password is None else password,
            decode_responses=True,
        )


@pytest.fixture(scope="session")
def redis_server(topology: Topology, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    """The monolith's Redis."""
    (store,) = (store for store in topology.stores if store.kind is StoreKind.REDIS)
    folder = tmp_path_factory.mktemp("redis")
    acl, configuration, port = folder / "users.acl", folder / "redis.conf", free_port()
    acl.write_text(redis.users_acl(store.users, PASSWORDS))
    resources = Resources(cpu_request="1", memory_request="64Mi", memory_limit="64Mi")
    configuration.write_text(
        redis.server_configuration(resources, acl_path=str(acl), data_path=str(folder))
        + f"bind 127.0.0.1\nport {port}\n"
    )
    server = RunningRedis(port=port, store=store)
    probe = server.client(redis.PROBE_USER, "unused")

    def answers() -> bool:
        try:
            return bool(probe.ping())
        except redis_client.ConnectionError:
            return False

    with running([need("redis-server"), str(configuration)], folder=folder, answers=answers):
        yield server


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBroker:
    """A RabbitMQ whose administrator came from the rendered `default_user.conf`; nothing is imported yet."""

    port: int
    management_port: int
    administrator_password: str

    def connect(self, user: str, password: str) -> "amqp.Connection":
        """An AMQP connection to the product's virtual host; raises amqp.AccessRefused for a wrong password."""
        connection = amqp.Connection(
            host=f"127.0.0.1:{self.port}",
            userid=user,
            password=password,
            virtual_host="pmt",
            connect_timeout=10,
        )
        connection.connect()
        return connection


@pytest.fixture(scope="session")
def broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    """A RabbitMQ node of its own, with an epmd of its own, so that another one on this machine is left alone."""
    folder = tmp_path_factory.mktemp("rabbitmq")
    broker = RunningBroker(
        port=free_port(),
        management_port=free_port(),
        administrator_password="administratorPassword1234567890",
    )
    epmd_port, distribution_port = free_port(), free_port()
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    (folder / "rabbitmq.conf").write_text(
        f"default_user = {ADMINISTRATOR}\ndefault_pass = {broker.administrator_password}\n"
        f"listeners.tcp.1 = 127.0.0.1:{broker.port}\n"
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {broker.management_port}\n"
    )
    environment = {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"test{broker.port}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    # The wrapper on PATH insists on being root and becomes another user.
    servers = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))
    server = (
        need("rabbitmq-server", *(str(path) for path in servers))
        if not servers
        else f"{servers[-1]}/rabbitmq-server"
    )
    with (
        running(
            [need("epmd")],
            folder=folder / "epmd",
            answers=lambda: _listens(epmd_port),
            environment=environment,
        ),
        running(
            [server],
            folder=folder,
            answers=lambda: _listens(broker.port) and _listens(broker.management_port),
            environment=environment,
            seconds=120,
        ),
    ):
        yield broker


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One Postgres for all tests; each module makes databases and roles of its own names."""
    with postgres_server() as server:
        yield server


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def salted_hashes(topology: Topology) -> dict[str, str]:
    """RabbitMQ's hash of every broker user's password."""
    salt = base64.b64encode(os.urandom(rabbitmq.SALT_BYTES)).decode()
    return {user.name: rabbitmq.password_hash(PASSWORDS[user.name], salt) for user in topology.broker.users}
