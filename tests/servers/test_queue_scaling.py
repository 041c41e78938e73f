"""What KEDA asks of Redis about a queue, asked as the user whose credential it is given."""

import pytest
import redis  # type: ignore[import-not-found, import-untyped, unused-ignore]

from tests.servers.conftest import RunningRedis

LENGTH = "return redis.call(({list = 'llen', none = 'llen'})[redis.call('type', KEYS[1]).ok], KEYS[1])"
"""KEDA's `redis` trigger counts by a script that first asks for the key's type."""


@pytest.mark.parametrize("waiting", [0, 3])
def test_celerys_user_may_count_the_tasks_of_a_queue(redis_server: RunningRedis, waiting: int) -> None:
    client = redis_server.client("celery")
    client.delete("ai")
    for number in range(waiting):
        client.lpush("ai", f"task {number}")
    assert str(client.eval(LENGTH, 1, "ai")) == str(waiting)
    client.delete("ai")


@pytest.mark.parametrize("user", ["cache", "pubsub", "probe"])
def test_nobody_else_may(redis_server: RunningRedis, user: str) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        redis_server.client(user).eval(LENGTH, 1, "ai")
