"""RabbitMQ: definitions that can be imported again and again, and how the Job imports them.

An import adds and updates; it never restarts the broker and never drops a message, so a service that is
added later gets its user and queues by the same document.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping

from roadmap.topology import Broker, Queue

DEFINITIONS_FOLDER = "/definitions"
DEFINITIONS_FILE = "definitions.json"
CURL_FILE = "curlrc"
MANAGEMENT_PORT = 15672

SALT_BYTES = 4
"""RabbitMQ's own format: four bytes of salt before the digest."""


def password_hash(password: str, salt_base64: str) -> str:
    """RabbitMQ's salted SHA-256 of a password: base64 of salt and digest; the salt comes as base64 of four bytes."""
    salt = base64.b64decode(salt_base64, validate=True)
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a RabbitMQ password salt has {SALT_BYTES} bytes, not {len(salt)}")
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions(broker: Broker, password_hashes: Mapping[str, str]) -> dict[str, object]:
    """The definitions document: virtual host, users, permissions, exchanges, queues, bindings and policies.

    Dead-lettering and the delivery limit are policies and not arguments of the queues: an argument could
    never be changed again without deleting the queue.
    """
    virtual_host = broker.virtual_host
    return {
        "vhosts": [{"name": virtual_host}],
        "users": [
            {
                "name": user.name,
                "password_hash": password_hashes[user.name],
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for user in broker.users
        ],
        "permissions": [
            {
                "user": user.name,
                "vhost": virtual_host,
                "configure": user.configure,
                "write": user.write,
                "read": user.read,
            }
            for user in broker.users
        ],
        "exchanges": [
            _exchange(broker.exchange, "topic", virtual_host),
            _exchange(broker.dead_letter_exchange, "direct", virtual_host),
        ],
        "queues": [
            _queue(name, virtual_host)
            for queue in broker.queues
            for name in (queue.name, queue.dead_letter_queue)
        ],
        "bindings": [binding for queue in broker.queues for binding in _bindings(queue, broker)],
        "policies": [_policy(queue, broker) for queue in broker.queues],
    }


def definitions_without_secrets(broker: Broker) -> dict[str, object]:
    """The same document with the password hashes left out: what the import Job is named after."""
    return definitions(broker, {user.name: "" for user in broker.users})


def definitions_text(broker: Broker, password_hashes: Mapping[str, str]) -> str:
    """The document as JSON, with keys in a fixed order."""
    return json.dumps(definitions(broker, password_hashes), sort_keys=True, indent=1)


def curl_configuration(*, username: str, password: str) -> str:
    """curl's own configuration file: the password stands in no argument list, and a broker not yet up is waited for.

    A server error is tried again too, and then is the script's to judge, as is every other status.
    """
    flags = ["silent", "show-error", "globoff", "retry-connrefused"]
    return "\n".join(
        [f'user = "{username}:{password}"', *flags, "retry = 30", "retry-delay = 5", "max-time = 60", ""]
    )


def _exchange(name: str, kind: str, virtual_host: str) -> dict[str, object]:
    return {
        "name": name,
        "vhost": virtual_host,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, virtual_host: str) -> dict[str, object]:
    return {
        "name": name,
        "vhost": virtual_host,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum"},
    }


def _bindings(queue: Queue, broker: Broker) -> list[dict[str, object]]:
    pairs = [(broker.exchange, queue.name, key) for key in queue.bindings]
    pairs.append((broker.dead_letter_exchange, queue.dead_letter_queue, queue.dead_letter_queue))
    return [
        {
            "source": source,
            "vhost": broker.virtual_host,
            "destination": destination,
            "destination_type": "queue",
            "routing_key": key,
            "arguments": {},
        }
        for source, destination, key in pairs
    ]


def _policy(queue: Queue, broker: Broker) -> dict[str, object]:
    return {
        "name": queue.name,
        "vhost": broker.virtual_host,
        "pattern": f"^{re.escape(queue.name)}$",
        "apply-to": "queues",
        "priority": 0,
        "definition": {
            "delivery-limit": queue.delivery_limit,
            "dead-letter-exchange": broker.dead_letter_exchange,
            "dead-letter-routing-key": queue.dead_letter_queue,
            # A rejected message leaves its queue only once the dead-letter queue has confirmed it, which
            # RabbitMQ allows only with this overflow behaviour.
            "dead-letter-strategy": "at-least-once",
            "overflow": "reject-publish",
        },
    }
