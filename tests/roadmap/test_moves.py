"""The gate, rule by rule: what may follow what, and what the refusal says instead."""

import datetime
from typing import Any

import pytest

from roadmap import Catalog, Refusal, decide, judge_move, resolve
from roadmap.moves import Move
from tests.roadmap.building import STATEMENT, configured, with_drivers

EXEMPTION = {"owner": "Ada Example", "reason": "tables move", "expires": "2026-12-01"}
DRIVER = {"drivers": {"team_size_and_deploy_conflicts": STATEMENT}}
SERVICE = {"phase": "service"}
KEPT = {**SERVICE, "old_path": "kept"}


def _topology(catalog: Catalog, domain: str, flags: dict[str, Any]) -> dict[str, Any]:
    section = {domain: _driven(catalog, domain, flags)}
    return resolve(configured(extract=section), catalog).model_dump(mode="json")


def _driven(catalog: Catalog, domain: str, flags: dict[str, Any]) -> dict[str, Any]:
    """Flags with the domain's driver stated where it stands in its last phase."""
    entry = catalog.domain(domain)
    if flags.get("phase") == entry.last.name and entry.drivers:
        return {"drivers": {driver.id: STATEMENT for driver in entry.drivers}, **flags}
    return flags


def _move(catalog: Catalog, domain: str, before: dict[str, Any], after: dict[str, Any]) -> Move:
    config = configured(extract={domain: _driven(catalog, domain, after)})
    return judge_move(_topology(catalog, domain, before), resolve(config, catalog), config, catalog)


LEGAL = [
    ("ai", {}, {}, None),
    ("ai", {}, {"phase": "worker"}, "`interface` → `worker`"),
    ("ai", {"phase": "worker"}, {}, "`worker` → `interface`"),
    ("ai", {"phase": "worker"}, {**SERVICE, "weight": 0}, "at weight 0 beside the old path"),
    ("ai", {**SERVICE, "weight": 0}, {**SERVICE, "weight": 10}, "weight 0 → 10"),
    ("ai", {**SERVICE, "weight": 10}, {**SERVICE, "weight": 100}, "weight 10 → 100"),
    ("ai", {**SERVICE, "weight": 100}, {**SERVICE, "weight": 30}, "weight 100 → 30"),
    ("ai", {**SERVICE, "weight": 100}, SERVICE, "the old path is retired"),
    ("ai", SERVICE, {**SERVICE, "weight": 100}, "the old path comes up again"),
    ("ai", {**SERVICE, "weight": 0}, {"phase": "worker", "parked": True}, "its stores are parked"),
    ("ai", {"phase": "worker", "parked": True}, {"phase": "interface", "parked": True}, "`worker` → `interface`"),
    ("ai", {"phase": "worker", "parked": True}, {**SERVICE, "weight": 0}, "with the store that was parked"),
    ("ai", {"phase": "worker", "parked": True}, {"phase": "worker", "parked": True, "discard": ["ai-postgres"]},
     "the parked stores lose their protection"),
    ("ai", {"phase": "worker", "parked": True, "discard": "ai-postgres"}, {"phase": "worker", "parked": True},
     "the parked stores are kept after all"),
    ("ai", {"phase": "worker", "parked": True, "discard": "ai-postgres"}, {"phase": "worker"}, "are discarded"),
    ("auth", {"phase": "oidc"}, {"phase": "identity-service", "old_path": "kept"}, "beside the old issuer"),
    ("auth", {"phase": "identity-service"}, {"phase": "identity-service", "old_path": "kept", "backfilled": "forward"},
     "the old path comes up again"),
    ("notifications", {**KEPT, "weight": 0}, {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION}},
     "an exemption opens the link for a forward backfill"),
    ("notifications", {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION}},
     {**KEPT, "weight": 0, "backfilled": "forward"}, "the forward backfill ends, its exemption closes"),
    ("notifications", {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION}}, {**KEPT, "weight": 0},
     "the forward backfill is given up, its exemption closes"),
    ("notifications", {**KEPT, "weight": 0, "backfilled": "forward"}, {**KEPT, "weight": 10}, "weight 0 → 10"),
    ("notifications", {**KEPT, "weight": 0}, {"phase": "websocket-gateway", "parked": True}, "its stores are parked"),
    ("notifications", {**KEPT, "weight": 50}, {**KEPT, "weight": 0, "backfilled": "forward"}, "weight 50 → 0"),
    ("projects", {}, DRIVER, "queue, broker user, registry and pipeline are prepared"),
    ("projects", DRIVER, {}, "its driver was withdrawn"),
    ("projects", DRIVER, {**SERVICE, "weight": 0}, "at weight 0 beside the old path"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "before", "after", "words"), LEGAL)
def test_legal(
    catalog: Catalog, domain: str, before: dict[str, Any], after: dict[str, Any], words: str | None
) -> None:
    move = _move(catalog, domain, before, after)
    if words is None:
        assert move.changes == ()
    else:
        (change,) = move.changes
        assert words in change


GATEWAY = {"phase": "websocket-gateway"}
REFUSED = [
    ("ai", {}, SERVICE, "phase", "it skips `worker`"),
    ("analytics", {}, {"phase": "materialized-views"}, "phase", "it skips `replica`"),
    ("analytics", {}, SERVICE, "phase", "it skips `replica`, `materialized-views`"),
    ("analytics", {"phase": "materialized-views"}, {}, "phase", "turned back one phase at a time"),
    ("ai", {"phase": "worker"}, SERVICE, "weight", "comes up at weight 0 beside the old path"),
    ("ai", {"phase": "worker"}, {**SERVICE, "weight": 100}, "weight", "weight 100 moves in later updates"),
    ("ai", {"phase": "worker"}, {**SERVICE, "weight": 1}, "weight", "weight 1 moves in later updates"),
    ("ai", {**SERVICE, "weight": 50}, SERVICE, "weight", "change in updates of their own"),
    ("ai", SERVICE, {**SERVICE, "weight": 50}, "weight", "change in updates of their own"),
    ("ai", SERVICE, {"phase": "worker", "parked": True}, "old_path", "the old path is retired; bring it up again"),
    ("ai", {**SERVICE, "weight": 20}, {"phase": "worker", "parked": True}, "weight", "20 % of its requests"),
    ("ai", {**SERVICE, "weight": 0}, {"phase": "worker"}, "parked", "a domain that is turned back is parked"),
    ("ai", {**SERVICE, "weight": 0}, {"phase": "worker", "parked": True, "discard": ["ai-postgres"]}, "discard",
     "an update of its own"),
    ("ai", {"phase": "worker", "parked": True}, {"phase": "worker"}, "parked", "leaving them out would lose"),
    ("ai", {"phase": "worker", "parked": True}, {}, "parked", "leaving them out would lose"),
    ("ai", {"phase": "worker"}, {"phase": "worker", "parked": True}, "parked", "nothing to park"),
    ("ai", {}, {"phase": "worker", "parked": True}, "parked", "nothing to park"),
    ("ai", {"phase": "worker", "parked": True, "discard": "ai-postgres"}, {**SERVICE, "weight": 0}, "discard",
     "about to be discarded"),
    ("ai", {"phase": "worker", "parked": True, "discard": "ai-postgres"}, {"parked": True}, "discard",
     "an update of its own"),
    ("auth", {"phase": "oidc"}, {"phase": "identity-service"}, "old_path", "beside the old path, which is kept"),
    ("auth", {"phase": "identity-service", "old_path": "kept"}, {"phase": "identity-service"}, "backfill",
     "empty until a forward backfill"),
    ("auth", {"phase": "identity-service"}, {"phase": "identity-service", "old_path": "kept"}, "backfilled",
     "write `backfilled: forward`"),
    ("auth", {"phase": "identity-service", "old_path": "kept", "backfilled": "forward"},
     {"phase": "oidc", "parked": True}, "backfill", "a reverse backfill brings it back first"),
    ("notifications", GATEWAY, {**KEPT, "weight": 0, "backfilled": "forward"}, "backfill", "once the service stands"),
    ("notifications", {**KEPT, "weight": 0}, {**KEPT, "weight": 10}, "backfill", "empty until a forward backfill"),
    ("notifications", {**KEPT, "weight": 0}, {**KEPT, "weight": 0, "backfilled": "forward"}, "backfilled",
     "no backfill was open"),
    ("notifications", {**KEPT, "weight": 0, "backfilled": "forward"}, {**KEPT, "weight": 0}, "backfilled", "forgets"),
    ("notifications", {**KEPT, "weight": 0, "backfilled": "forward"}, {**GATEWAY, "parked": True}, "backfill",
     "a reverse backfill brings it back first"),
    ("notifications", {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION}},
     {**GATEWAY, "parked": True}, "backfill", "a forward backfill is open"),
    ("notifications", {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION}},
     {**KEPT, "weight": 0, "backfilled": "reverse"}, "backfilled", "moved data forward"),
    ("notifications", {**KEPT, "weight": 50}, {**KEPT, "weight": 0}, "backfilled", "write `backfilled: forward`"),
    ("projects", {}, {**SERVICE, "weight": 0}, "phase", "state its driver in an update of its own first"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "before", "after", "flag", "reason"), REFUSED)
def test_refused(
    catalog: Catalog, domain: str, before: dict[str, Any], after: dict[str, Any], flag: str, reason: str
) -> None:
    with pytest.raises(Refusal) as caught:
        _move(catalog, domain, before, after)
    message = str(caught.value)
    assert reason in message
    assert caught.value.key == f"service-extraction:extract.{domain}.{flag}"
    assert "fix: " in message
    assert "the next legal step is" in message or "stay where the stack is" in message


def test_the_refusal_of_a_skip_names_the_step_to_take_and_those_after_it(catalog: Catalog) -> None:
    with pytest.raises(Refusal) as caught:
        _move(catalog, "ai", {}, SERVICE)
    assert str(caught.value).endswith(
        """ is `service`; from `interface` to `service` it skips `worker`
  fix: the next legal step is ai: `interface` → `worker`:
      service-extraction:extract:
        ai:
          phase: worker
    and then, one an update:
      2. ai: `worker` → `service`, at weight 0 beside the old path
      3. ai: weight 0 → 10
      4. ai: weight 10 → 50
      5. ai: weight 50 → 100
      6. ai: the old path is retired"""
    )


def test_two_domains_do_not_move_in_one_update(catalog: Catalog) -> None:
    config = configured(extract={"ai": {"phase": "worker"}, "auth": {"phase": "oidc"}})
    with pytest.raises(Refusal, match="one domain moves at a time") as caught:
        judge_move(_topology(catalog, "ai", {}), resolve(config, catalog), config, catalog)
    assert "1. ai: `interface` → `worker`" in str(caught.value)
    assert "2. auth: `jwt` → `oidc`" in str(caught.value)


def test_a_changed_year_is_refused_with_the_ordered_steps(catalog: Catalog) -> None:
    config = configured(year=2)
    with pytest.raises(Refusal, match="take these steps") as caught:
        judge_move(_topology(catalog, "ai", {}), resolve(config, catalog), config, catalog)
    assert caught.value.key == "service-extraction:year"
    assert "1. ai: `interface` → `worker`" in str(caught.value)


def test_the_year_may_follow_once_every_domain_stands_there(catalog: Catalog) -> None:
    phases = {entry.domain: entry.years[2] for entry in catalog.domains}
    before = resolve(configured(extract=with_drivers(catalog, phases)), catalog)
    after = configured(year=2, extract=with_drivers(catalog, {}))
    assert judge_move(before.model_dump(mode="json"), resolve(after, catalog), after, catalog).changes == ()


def test_a_retry_is_judged_from_the_last_completed_update(catalog: Catalog) -> None:
    """A failed update exports nothing, so its retry and its reversal are the moves they were at first."""
    completed = _topology(catalog, "ai", {})
    for phase in ("worker", "interface"):
        config = configured(extract={"ai": {"phase": phase}})
        assert judge_move(completed, resolve(config, catalog), config, catalog) is not None


@pytest.mark.parametrize(
    ("flags", "flag", "reason"),
    [
        ({"weight": 0}, "weight", "no old path to share requests with"),
        ({"weight": 99}, "weight", "no old path to share requests with"),
    ],
)
def test_a_first_deployment_starts_with_all_requests_at_the_service(
    catalog: Catalog, flags: dict[str, Any], flag: str, reason: str
) -> None:
    config = configured(extract=with_drivers(catalog, {"ai": "service"}, ai=flags))
    with pytest.raises(Refusal, match=reason) as caught:
        judge_move(None, resolve(config, catalog), config, catalog)
    assert caught.value.key == f"service-extraction:extract.ai.{flag}"


def test_a_first_deployment_parks_nothing(catalog: Catalog) -> None:
    config = configured(extract={"ai": {"phase": "worker", "parked": True}})
    with pytest.raises(Refusal, match="nothing to park"):
        judge_move(None, resolve(config, catalog), config, catalog)


@pytest.mark.parametrize(
    ("expires", "legal"), [("2026-10-31", False), ("2026-11-01", True), ("2027-01-01", True)]
)
def test_an_exemption_stands_until_the_day_it_expires(catalog: Catalog, expires: str, legal: bool) -> None:
    flags = {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION, "expires": expires}}
    if legal:
        move = _move(catalog, "notifications", flags, flags)
        assert move.exemptions == (
            f"notifications: forward backfill until {expires}, Ada Example: tables move",
        )
    else:
        with pytest.raises(Refusal, match="has expired by 2026-11-01"):
            _move(catalog, "notifications", flags, flags)


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        ({"namespace_prefix": "other"}, "namespace_prefix", "`monolith-postgres` would be replaced"),
        ({"sizes": {"monolith-postgres": 10}}, "sizes.monolith-postgres", "a volume cannot shrink"),
    ],
)
def test_no_store_is_replaced_or_shrunk(
    catalog: Catalog, changes: dict[str, Any], key: str, reason: str
) -> None:
    config = configured(**changes)
    with pytest.raises(Refusal, match=reason) as caught:
        judge_move(_topology(catalog, "ai", {}), resolve(config, catalog), config, catalog)
    assert caught.value.key == f"service-extraction:{key}"


def test_an_external_issuer_cannot_take_the_place_of_a_store_that_holds_users(catalog: Catalog) -> None:
    before = _topology(catalog, "auth", {"phase": "identity-service"})
    external = {"llm_url": "https://llm.example.com", "smtp_host": "smtp.example.com"}
    flags = _driven(catalog, "auth", {"phase": "identity-service"})
    config = configured(
        extract={"auth": flags}, external={**external, "identity_issuer": "https://login.example.com"}
    )
    with pytest.raises(Refusal, match="store `auth-postgres` of auth would be deleted"):
        judge_move(before, resolve(config, catalog), config, catalog)


def test_a_parked_store_keeps_its_name_namespace_and_credentials(catalog: Catalog) -> None:
    section = with_drivers(catalog, {"ai": "service"})
    live = resolve(configured(extract=section), catalog)
    parked = resolve(configured(extract={"ai": {"phase": "worker", "parked": True}}), catalog)
    (was,) = (store for store in live.stores if store.owner == "ai")
    (now,) = (store for store in parked.stores if store.owner == "ai")
    assert now == was.model_copy(update={"parked": True})
    assert not [s for s in parked.services if s.owner == "ai"]
    assert [user.name for user in parked.broker.users] == ["monolith", "ai"]
    ends = {peer.namespace for path in parked.network for peer in (path.source, path.target)}
    assert now.namespace not in ends


def test_outputs_that_cannot_be_read_are_refused(catalog: Catalog) -> None:
    config = configured()
    with pytest.raises(Refusal, match="cannot be read at `domains`"):
        judge_move({"stack": "x", "year": 1, "stores": []}, resolve(config, catalog), config, catalog)


def test_outputs_of_a_later_version_are_read(catalog: Catalog) -> None:
    exported = _topology(catalog, "ai", {}) | {"novelty": True}
    exported["domains"][0]["novelty"] = True
    config = configured()
    assert judge_move(exported, resolve(config, catalog), config, catalog).changes == ()


class TestDecide:
    """What is said first when several things are wrong at once."""

    def test_the_skipped_phase_before_driver_image_and_evidence(self, catalog: Catalog) -> None:
        before = _topology(catalog, "ai", {})
        config = configured(extract={"ai": SERVICE}, readiness="nowhere")
        with pytest.raises(Refusal, match="it skips `worker`"):
            decide(before, config, catalog)

    def test_on_a_fresh_stack_the_gaps_with_the_driver_that_is_missing(self, catalog: Catalog) -> None:
        config = configured(extract={"ai": SERVICE}, readiness="nowhere")
        with pytest.raises(Refusal, match="0 of 7 criteria") as caught:
            decide(None, config, catalog)
        assert "unstated: llm_compute_needs_dedicated_scaling" in str(caught.value)
        assert "unconfirmed: asynchronous" in str(caught.value)

    def test_last_what_no_component_can_build_yet(self, catalog: Catalog) -> None:
        config = configured(platform="aws", extract={"ai": {"phase": "worker"}})
        with pytest.raises(Refusal, match="no component can build this platform yet"):
            decide(_topology(catalog, "ai", {}), config, catalog)

    def test_year_1_passes(self, catalog: Catalog) -> None:
        topology, move = decide(None, configured(), catalog)
        assert topology.year == 1
        assert move.previous is None
        assert move.changes == ("the first deployment of this stack",)


def test_today_counts_where_no_day_is_pinned(catalog: Catalog) -> None:
    flags = {**KEPT, "weight": 0, "backfill": {"direction": "forward", **EXEMPTION}}
    config = configured(as_of=None, extract={"notifications": _driven(catalog, "notifications", flags)})
    topology = resolve(config, catalog)
    before = topology.model_dump(mode="json")
    assert judge_move(before, topology, config, catalog, today=datetime.date(2026, 12, 1)).changes == ()
    with pytest.raises(Refusal, match="has expired by 2026-12-02"):
        judge_move(before, topology, config, catalog, today=datetime.date(2026, 12, 2))
