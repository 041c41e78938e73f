"""What a topology must not have because another phase has it: roles, views, broker users, queues, bindings."""

from typing import Any

import pytest

from roadmap import load_catalog, resolve
from roadmap.topology import Store, Topology
from tests.roadmap.building import STATEMENT, configured

MOVE = {"direction": "forward", "owner": "Ada Example", "reason": "tables move", "expires": "2026-12-01"}
NOTIFICATIONS = {"drivers": {"real_time_requirements": STATEMENT}}
OIDC = {"drivers": {"multi_product_or_sso": STATEMENT}}


def topology(**extract: Any) -> Topology:
    return resolve(configured(extract=extract), load_catalog())


def monolith_postgres(found: Topology) -> Store:
    return next(store for store in found.stores if store.name == "monolith-postgres")


@pytest.mark.parametrize(
    ("phase", "present", "retired", "views"),
    [
        ("module", [], ["analytics_reader", "analytics_refresh"], 2),
        ("replica", ["analytics_reader"], ["analytics_refresh"], 2),
        ("materialized-views", ["analytics_reader", "analytics_refresh"], [], 0),
    ],
)
def test_roles_and_views_of_other_phases_are_retired(
    phase: str, present: list[str], retired: list[str], views: int
) -> None:
    store = monolith_postgres(topology(analytics={"phase": phase}))
    assert [user.name for user in store.users if not user.owns_database] == present
    assert [name for name in store.retired_users if name.startswith("analytics")] == retired
    assert len(store.retired_views) == views


def test_a_role_for_a_data_move_exists_only_while_the_move_is_open() -> None:
    service = {**NOTIFICATIONS, "phase": "service", "weight": 0}
    closed = topology(notifications=service)
    assert "notifications_backfill" in monolith_postgres(closed).retired_users
    opened = topology(notifications={**service, "backfill": MOVE})
    store = monolith_postgres(opened)
    role = next(user for user in store.users if user.name == "notifications_backfill")
    assert role.reads == ("notifications", "notification_preferences")
    assert role.writes == ()
    assert role.name not in store.retired_users
    (move,) = opened.backfills
    assert (move.monolith_store, move.service_store) == ("monolith-postgres", "notifications-postgres")
    assert (move.monolith_user, move.service_user) == ("notifications_backfill", "notifications")
    back = topology(
        notifications={**service, "backfilled": "forward", "backfill": {**MOVE, "direction": "reverse"}}
    )
    role = next(user for user in monolith_postgres(back).users if user.name == "notifications_backfill")
    assert (role.reads, role.writes) == ((), ("notifications", "notification_preferences"))


def test_an_external_issuer_opens_no_link_and_has_no_user_on_the_broker() -> None:
    external = {
        "llm_url": "https://llm.example.com",
        "smtp_host": "smtp.example.com",
        "identity_issuer": "https://login.example.com",
    }
    auth = {**OIDC, "phase": "identity-service", "old_path": "kept", "backfill": MOVE}
    found = resolve(configured(extract={"auth": auth}, external=external), load_catalog())
    assert found.backfills == ()
    assert not [path for path in found.network if "backfill" in path.purpose]
    assert "auth" in found.broker.retired_users
    assert not [service for service in found.services if service.owner == "auth"]


def test_users_and_queues_are_retired_until_their_owner_is_prepared() -> None:
    before = topology().broker
    assert "ai" in before.retired_users
    assert {"ai.events", "ai.events.dead-letter"} <= set(before.retired_queues)
    prepared = topology(ai={"phase": "worker"}).broker
    assert "ai" not in prepared.retired_users
    assert "ai.events" not in prepared.retired_queues
    (queue,) = [queue for queue in prepared.queues if queue.name == "ai.events"]
    assert (queue.bindings, queue.retired_bindings) == ((), ("task.created", "task.updated"))


def test_the_monoliths_queue_stays_unbound_when_its_domain_has_left() -> None:
    left = topology(notifications={**NOTIFICATIONS, "phase": "service"}).broker
    (queue,) = [queue for queue in left.queues if queue.name == "monolith.notifications"]
    assert queue.bindings == ()
    assert "project.#" in queue.retired_bindings


def test_a_parked_store_that_may_be_discarded_says_so() -> None:
    found = topology(ai={"phase": "worker", "parked": True, "discard": ["ai-postgres"]})
    assert [(s.parked, s.discarding) for s in found.stores if s.owner == "ai"] == [(True, True)]
    kept = topology(ai={"phase": "worker", "parked": True})
    assert [(s.parked, s.discarding) for s in kept.stores if s.owner == "ai"] == [(True, False)]


def test_only_the_monolith_holds_a_signing_key_of_ours_and_it_keeps_it() -> None:
    gone = topology(auth={**OIDC, "phase": "identity-service"})
    assert {service.owner: service.signing_key for service in gone.services} == {
        "monolith": True,
        "auth": False,
    }
    assert next(s for s in gone.services if s.owner == "monolith").jwks_path is None
