"""The broker: its users, each with permissions of its own, and its queues, bound only while somebody consumes them."""

import re

from roadmap.catalog_parts import SMALL, QueueEntry
from roadmap.composition import Composition
from roadmap.topology import MONOLITH, Broker, BrokerUser, Queue

NOTHING = "^$"
"""Permission pattern that matches no name: the definitions Job declares everything, so nobody else may configure."""


def resolve_broker(parts: Composition) -> Broker:
    """The broker of one stack."""
    entry = parts.catalog.monolith.broker
    owners = (MONOLITH, *(p.entry.domain for p in parts.placed if p.prepared))
    queues = [
        _queue(parts, MONOLITH, queue, queue.bindings) for part in parts.inside for queue in part.queues
    ]
    for placed in parts.placed:
        if placed.prepared and placed.future_service and placed.future_service.queue:
            queue = placed.future_service.queue
            bindings = (queue.bindings or placed.entry.events.consumes) if placed.service else ()
            queues.append(_queue(parts, placed.entry.domain, queue, bindings))
    return Broker(
        name=entry.name,
        namespace=parts.namespace("broker"),
        owner=MONOLITH,
        virtual_host=entry.virtual_host,
        exchange=entry.exchange,
        dead_letter_exchange=entry.dead_letter_exchange,
        instances=entry.instances[parts.config.environment],
        storage_gib=parts.config.sizes.get(entry.name, entry.storage_gib),
        resources=entry.resources.get(parts.config.environment, SMALL),
        users=tuple(_user(parts, owner) for owner in owners),
        queues=tuple(queues),
    )


def _user(parts: Composition, owner: str) -> BrokerUser:
    exchange = re.escape(parts.catalog.monolith.broker.exchange)
    name = parts.catalog.monolith.broker_user if owner == MONOLITH else owner
    return BrokerUser(
        name=name, owner=owner, configure=NOTHING, write=f"^{exchange}$", read=rf"^{re.escape(owner)}\."
    )


def _queue(parts: Composition, owner: str, entry: QueueEntry, bindings: tuple[str, ...]) -> Queue:
    return Queue(
        name=entry.name,
        owner=owner,
        bindings=bindings,
        dead_letter_queue=f"{entry.name}.dead-letter",
        delivery_limit=parts.catalog.monolith.broker.delivery_limit,
    )
