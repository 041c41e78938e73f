"""What a server is given to read, as text; tests/servers/ gives the same text to the servers themselves."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from components.rendering import rabbitmq, redis, urls
from components.rendering.digests import content_digest, settings_digest
from components.rendering.postgres import cluster_spec
from components.rendering.signing_key import ed25519_private_key
from roadmap.topology import Replica, Resources, Store, StoreKind, StoreUser, Topology

SEED = bytes(range(32))


def test_signing_key_is_the_seeds_ed25519_key() -> None:
    key = load_pem_private_key(ed25519_private_key(base64.b64encode(SEED).decode()).encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    assert key.private_bytes_raw() == SEED
    key.public_key().verify(key.sign(b"token"), b"token")


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(base64.b64encode(b"short").decode(), id="too-short"),
        pytest.param(base64.b64encode(SEED + b"x").decode(), id="too-long"),
        pytest.param("not base64", id="not-base64"),
    ],
)
def test_a_seed_that_is_none_is_refused(seed: str) -> None:
    with pytest.raises(ValueError):
        ed25519_private_key(seed)


@pytest.mark.parametrize(
    ("user", "line"),
    [
        pytest.param(
            StoreUser(
                name="cache",
                key_patterns=("cache:*",),
                commands=("+@read", "-@dangerous"),
            ),
            "user cache on resetpass #{digest} resetkeys ~cache:* resetchannels -@all +@read -@dangerous",
            id="keys",
        ),
        pytest.param(
            StoreUser(name="pubsub", channel_patterns=("a:*", "b"), commands=("+@pubsub",)),
            "user pubsub on resetpass #{digest} resetkeys resetchannels &a:* &b -@all +@pubsub",
            id="channels",
        ),
        pytest.param(
            StoreUser(name="nobody"),
            "user nobody on resetpass #{digest} resetkeys resetchannels -@all",
            id="nothing",
        ),
    ],
)
def test_acl_line(user: StoreUser, line: str) -> None:
    text = redis.users_acl([user], {user.name: "secret"})
    assert text.splitlines() == [
        "user default off",
        "user probe on nopass resetkeys resetchannels -@all +ping",
        line.format(digest=hashlib.sha256(b"secret").hexdigest()),
    ]


@pytest.mark.parametrize(
    ("limit", "maximum"), [("1Gi", 805306368), ("512Mi", 402653184), ("2048Ki", 1572864)]
)
def test_redis_leaves_a_quarter_of_its_memory_free(limit: str, maximum: int) -> None:
    resources = Resources(cpu_request="1", memory_request=limit, memory_limit=limit)
    assert f"maxmemory {maximum}" in redis.server_configuration(resources).splitlines()


def test_rabbitmq_password_hash_is_salt_and_digest() -> None:
    salt = b"\x90\x8d\xc6\x0a"
    expected = base64.b64encode(salt + hashlib.sha256(salt + b"test12").digest()).decode()
    assert rabbitmq.password_hash("test12", base64.b64encode(salt).decode()) == expected
    # The example of RabbitMQ's own documentation.
    assert expected == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        rabbitmq.password_hash("x", base64.b64encode(b"12345").decode())


@pytest.fixture
def definitions(topology: Topology) -> dict[str, Any]:
    hashes = {user.name: "hash" for user in topology.broker.users}
    loaded: dict[str, Any] = json.loads(rabbitmq.definitions_text(topology.broker, hashes))
    return loaded


def test_definitions_hold_the_exchanges(definitions: dict[str, Any]) -> None:
    exchanges = {found["name"]: found["type"] for found in definitions["exchanges"]}
    assert exchanges == {"domain.events": "topic", "domain.events.dead-letter": "direct"}


def test_queues_are_durable_and_replicated(definitions: dict[str, Any]) -> None:
    for queue in definitions["queues"]:
        assert queue["durable"] is True
        assert queue["arguments"] == {"x-queue-type": "quorum"}


def test_every_queue_has_a_dead_letter_queue_of_its_own(
    definitions: dict[str, Any], topology: Topology
) -> None:
    names = {found["name"] for found in definitions["queues"]}
    policies = {found["pattern"]: found["definition"] for found in definitions["policies"]}
    bound = {
        (found["source"], found["destination"], found["routing_key"]) for found in definitions["bindings"]
    }
    assert topology.broker.queues
    for queue in topology.broker.queues:
        assert {queue.name, queue.dead_letter_queue} <= names
        policy = policies[f"^{queue.name.replace('.', chr(92) + '.')}$"]
        assert policy["dead-letter-exchange"] == topology.broker.dead_letter_exchange
        assert policy["dead-letter-routing-key"] == queue.dead_letter_queue
        assert policy["delivery-limit"] == queue.delivery_limit
        dead = (topology.broker.dead_letter_exchange, queue.dead_letter_queue, queue.dead_letter_queue)
        assert dead in bound
        assert {(topology.broker.exchange, queue.name, key) for key in queue.bindings} <= bound
    expected = sum(len(queue.bindings) + 1 for queue in topology.broker.queues)
    assert len(definitions["bindings"]) == expected


def test_every_user_has_exactly_its_permissions_and_no_tag(
    definitions: dict[str, Any], topology: Topology
) -> None:
    assert [user["tags"] for user in definitions["users"]] == [[] for _ in topology.broker.users]
    assert definitions["permissions"] == [
        {
            "user": user.name,
            "vhost": "pmt",
            "configure": user.configure,
            "write": user.write,
            "read": user.read,
        }
        for user in topology.broker.users
    ]


def test_definitions_without_secrets_differ_in_nothing_else(topology: Topology) -> None:
    bare = rabbitmq.definitions_without_secrets(topology.broker)
    full = rabbitmq.definitions(topology.broker, {user.name: "" for user in topology.broker.users})
    assert bare == full
    assert "hash" in str(bare)


POSTGRES = Store(
    name="pg",
    kind=StoreKind.POSTGRES,
    owner="monolith",
    namespace="app",
    database="pmt",
    users=(StoreUser(name="monolith", owns_database=True), StoreUser(name="analytics_reader")),
    storage_gib=20,
)


def spec(store: Store, storage_class: str | None = None) -> dict[str, Any]:
    names = {user.name: f"secret-{user.name}" for user in store.users}
    return cluster_spec(
        store, image="postgres:17", storage_class=storage_class, secret_names=names, pod_labels={}
    )


@pytest.mark.parametrize(
    ("replica", "instances"),
    [(None, 1), (Replica(instances=1), 2), (Replica(instances=2), 3)],
    ids=["primary-only", "one-replica", "two-replicas"],
)
def test_instances(replica: Replica | None, instances: int) -> None:
    assert spec(POSTGRES.model_copy(update={"replica": replica}))["instances"] == instances


def test_postgres_takes_our_credentials_and_no_superuser() -> None:
    found = spec(POSTGRES)
    assert found["enableSuperuserAccess"] is False
    assert found["bootstrap"]["initdb"]["owner"] == "monolith"
    assert found["bootstrap"]["initdb"]["secret"] == {"name": "secret-monolith"}
    assert found["managed"]["roles"] == [
        {
            "name": "analytics_reader",
            "ensure": "present",
            "login": True,
            "passwordSecret": {"name": "secret-analytics_reader"},
        }
    ]


@pytest.mark.parametrize("storage_class", [None, "fast"])
def test_storage_class_is_named_only_where_there_is_one(storage_class: str | None) -> None:
    assert spec(POSTGRES, storage_class)["storage"].get("storageClass") == storage_class


@pytest.mark.parametrize(
    "users",
    [
        pytest.param((StoreUser(name="a"),), id="nobody"),
        pytest.param(
            (StoreUser(name="a", owns_database=True), StoreUser(name="b", owns_database=True)), id="two"
        ),
    ],
)
def test_a_database_has_one_owning_role(users: tuple[StoreUser, ...]) -> None:
    with pytest.raises(ValueError, match="own the database"):
        spec(POSTGRES.model_copy(update={"users": users}))


def test_a_virtual_host_is_escaped() -> None:
    url = urls.amqp_url(user="a", password_variable="P", host="b", virtual_host="/")
    assert url == "amqp://a:$(P)@b:5672/%2F"


@pytest.mark.parametrize(
    ("variable", "password"),
    [("DATABASE_URL", "DATABASE_PASSWORD"), ("CELERY_RESULT_BACKEND", "CELERY_RESULT_BACKEND_PASSWORD")],
)
def test_password_variable(variable: str, password: str) -> None:
    assert urls.password_variable(variable) == password


def digest(settings: object = "s", generated: str = "g", supplied: str = "a") -> str:
    return settings_digest(settings, generated=[generated], supplied=[supplied])


@pytest.mark.parametrize(
    "other",
    [lambda: digest(settings="t"), lambda: digest(generated="h"), lambda: digest(supplied="b")],
    ids=["setting", "generated", "supplied"],
)
def test_a_settings_digest_changes_with_each_part(other: Callable[[], str]) -> None:
    assert digest() == digest()
    assert digest() != other()


def test_a_content_digest_goes_by_value() -> None:
    assert content_digest({"a": 1, "b": [2]}) == content_digest({"b": [2], "a": 1})
    assert content_digest({"a": 1}) != content_digest({"a": 2})
    assert len(content_digest(None)) == 8
