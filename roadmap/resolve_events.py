"""The broker: its users, each with permissions of its own, and its queues, bound only while somebody consumes them."""

import re
from collections.abc import Iterator

from roadmap.catalog_parts import SMALL, QueueEntry
from roadmap.composition import Composition
from roadmap.topology import MONOLITH, Broker, BrokerUser, Queue

NOTHING = "^$"
"""Permission pattern that matches no name: the definitions Job declares everything, so nobody else may configure."""


def resolve_broker(parts: Composition) -> Broker:
    """The broker of one stack."""
    entry = parts.catalog.monolith.broker
    owners = (MONOLITH, *(p.entry.domain for p in parts.placed if p.prepared))
    queues = [*_monolith_queues(parts)]
    retired_users: list[str] = []
    retired_queues: list[str] = []
    for placed in parts.placed:
        last = placed.entry.last.service
        if last is None:
            continue
        if not placed.prepared:
            retired_users.append(placed.entry.domain)
        if last.queue is None:
            continue
        if placed.prepared:
            keys = last.queue.bindings or placed.entry.events.consumes
            queues.append(
                _queue(parts, placed.entry.domain, last.queue, keys, consumed=placed.service is not None)
            )
        else:
            retired_queues += [last.queue.name, _dead_letter_queue(last.queue.name)]
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
        retired_users=tuple(retired_users),
        retired_queues=tuple(retired_queues),
    )


def _monolith_queues(parts: Composition) -> Iterator[Queue]:
    """Queues that domains inside the monolith consume.

    One stays, unbound, when its domain has left: what is still in it can be read, and turning back finds it again.
    """
    consumed = {queue.name for part in parts.inside for queue in part.queues}
    known: dict[str, QueueEntry] = {}
    for placed in parts.placed:
        for phase in placed.entry.phases:
            known.update({queue.name: queue for queue in phase.monolith.queues})
    for name, entry in known.items():
        yield _queue(parts, MONOLITH, entry, entry.bindings, consumed=name in consumed)


def _user(parts: Composition, owner: str) -> BrokerUser:
    exchange = re.escape(parts.catalog.monolith.broker.exchange)
    name = parts.catalog.monolith.broker_user if owner == MONOLITH else owner
    return BrokerUser(
        name=name, owner=owner, configure=NOTHING, write=f"^{exchange}$", read=rf"^{re.escape(owner)}\."
    )


def _queue(
    parts: Composition, owner: str, entry: QueueEntry, keys: tuple[str, ...], *, consumed: bool
) -> Queue:
    return Queue(
        name=entry.name,
        owner=owner,
        bindings=keys if consumed else (),
        retired_bindings=() if consumed else keys,
        dead_letter_queue=_dead_letter_queue(entry.name),
        delivery_limit=parts.catalog.monolith.broker.delivery_limit,
    )


def _dead_letter_queue(queue: str) -> str:
    return f"{queue}.dead-letter"
