"""A real Redis reads the rendered files, and each user can do exactly its part."""

from collections.abc import Callable
from typing import Any

import pytest
import redis  # type: ignore[import-not-found, import-untyped, unused-ignore]

from tests.servers.conftest import RunningRedis

Do = Callable[["redis.Redis"], Any]


@pytest.mark.parametrize(
    ("user", "command"),
    [
        pytest.param("probe", lambda r: r.ping(), id="probe-pings"),
        pytest.param("celery", lambda r: r.lpush("default", "task"), id="celery-queues"),
        pytest.param("celery", lambda r: r.sadd("_kombu.binding.default", "x"), id="celery-binds"),
        pytest.param(
            "celery", lambda r: r.set("celery-task-meta-1", "done", ex=60), id="celery-keeps-results"
        ),
        pytest.param("celery", lambda r: r.publish("celery-task-meta-1", "done"), id="celery-tells-results"),
        pytest.param("celery", lambda r: r.hset("unacked", "tag", "task"), id="celery-keeps-unacknowledged"),
        pytest.param("cache", lambda r: r.set("cache:1", "x", ex=60), id="cache-writes"),
        pytest.param("cache", lambda r: r.get("cache:1"), id="cache-reads"),
        pytest.param("pubsub", lambda r: r.publish("notifications:7", "x"), id="pubsub-publishes"),
        pytest.param("pubsub", lambda r: _subscribe(r, "notifications:7"), id="pubsub-subscribes"),
    ],
)
def test_a_user_may(redis_server: RunningRedis, user: str, command: Do) -> None:
    command(redis_server.client(user))


@pytest.mark.parametrize(
    ("user", "command"),
    [
        pytest.param("probe", lambda r: r.get("cache:1"), id="probe-reads"),
        pytest.param("probe", lambda r: r.info(), id="probe-looks-around"),
        pytest.param("celery", lambda r: r.get("cache:1"), id="celery-reads-the-cache"),
        pytest.param("celery", lambda r: r.publish("notifications:7", "x"), id="celery-notifies"),
        pytest.param("celery", lambda r: r.flushall(), id="celery-empties-everything"),
        pytest.param("celery", lambda r: r.config_set("maxmemory", 1), id="celery-configures"),
        pytest.param("celery", lambda r: r.acl_list(), id="celery-reads-users"),
        pytest.param("cache", lambda r: r.lpush("default", "task"), id="cache-queues-a-task"),
        pytest.param("cache", lambda r: r.get("celery-task-meta-1"), id="cache-reads-results"),
        pytest.param("cache", lambda r: r.flushdb(), id="cache-empties-a-database"),
        pytest.param("cache", lambda r: r.publish("notifications:7", "x"), id="cache-notifies"),
        pytest.param("pubsub", lambda r: r.get("cache:1"), id="pubsub-reads"),
        pytest.param("pubsub", lambda r: r.set("notifications:7", "x"), id="pubsub-writes"),
        pytest.param("pubsub", lambda r: r.publish("celery-task-meta-1", "x"), id="pubsub-fakes-a-result"),
    ],
)
def test_a_user_may_not(redis_server: RunningRedis, user: str, command: Do) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        command(redis_server.client(user))


@pytest.mark.parametrize(
    ("user", "password"),
    [
        pytest.param("celery", "wrong", id="wrong-password"),
        pytest.param("cache", "celeryPassword1234567890", id="another-users-password"),
        pytest.param("default", "", id="default-user-is-off"),
        pytest.param("nobody", "x", id="unknown-user"),
    ],
)
def test_nobody_else_gets_in(redis_server: RunningRedis, user: str, password: str) -> None:
    with pytest.raises((redis.exceptions.AuthenticationError, redis.exceptions.ResponseError)):
        redis_server.client(user, password).ping()


def test_without_logging_in_nothing_is_answered(redis_server: RunningRedis) -> None:
    with pytest.raises((redis.exceptions.AuthenticationError, redis.exceptions.ResponseError)):
        redis.Redis(host="127.0.0.1", port=redis_server.port).ping()


def _subscribe(client: "redis.Redis", channel: str) -> None:
    with client.pubsub() as subscription:  # type: ignore[no-untyped-call, unused-ignore]
        subscription.subscribe(channel)
        message = subscription.get_message(timeout=5)
        assert message is not None
        assert message["type"] == "subscribe"
