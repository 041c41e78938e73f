"""KEDA's `redis` trigger for a Celery queue, which in Redis is a list of that name."""

from urllib.parse import urlsplit

WAITING_PER_POD = 5
"""Waiting tasks for which one pod more is started. Tasks that a worker has taken are in the list no more."""


def redis_list_trigger(url: str, *, queue: str, authentication: str) -> dict[str, object]:
    """The trigger of a `ScaledObject`: address and database from a Redis URL, whose user and password it leaves out.

    `authentication` is the name of the TriggerAuthentication that has them. Numbers are text, as KEDA asks.
    """
    parts = urlsplit(url)
    return {
        "type": "redis",
        "metadata": {
            "address": f"{parts.hostname}:{parts.port}",
            "databaseIndex": parts.path.removeprefix("/") or "0",
            "enableTLS": "true" if parts.scheme == "rediss" else "false",
            "listName": queue,
            "listLength": str(WAITING_PER_POD),
        },
        "authenticationRef": {"name": authentication},
    }
