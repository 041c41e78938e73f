"""Rules that no resolvable pair of stack files can break, because another rule is in front; they hold on their own."""

import pytest

from roadmap import Catalog
from roadmap.topology import DomainPlacement
from roadmap.transition import Change, Objection, judge_change

ALL = frozenset({"jwks", "events-exchange", "websocket-gateway"})


@pytest.mark.parametrize("missing", sorted(ALL))
def test_what_a_service_requires_stands_before_the_update(catalog: Catalog, missing: str) -> None:
    before = DomainPlacement(domain="notifications", phase="websocket-gateway")
    after = DomainPlacement(domain="notifications", phase="service", weight=0, old_path="kept")
    judged = judge_change(catalog.domain("notifications"), before, after, ALL - {missing})
    assert isinstance(judged, Objection)
    assert f"requires `{missing}` to stand before the update" in judged.reason
    assert isinstance(judge_change(catalog.domain("notifications"), before, after, ALL), Change)


@pytest.mark.parametrize("weight", [0, 1, 99])
def test_the_old_path_is_not_retired_while_it_answers(catalog: Catalog, weight: int) -> None:
    before = DomainPlacement(domain="ai", phase="service", weight=weight, old_path="kept")
    after = before.model_copy(update={"old_path": "retired"})
    judged = judge_change(catalog.domain("ai"), before, after, ALL)
    assert isinstance(judged, Objection)
    assert f"still answers {100 - weight} %" in judged.reason


def test_a_weight_does_not_move_once_the_old_path_is_retired(catalog: Catalog) -> None:
    before = DomainPlacement(domain="ai", phase="service", weight=100, old_path="retired")
    judged = judge_change(catalog.domain("ai"), before, before.model_copy(update={"weight": 50}), ALL)
    assert isinstance(judged, Objection)
    assert "bring it up again before weight goes down" in judged.reason


def test_an_open_backfill_holds_weight_and_retirement(catalog: Catalog) -> None:
    entry = catalog.domain("notifications")
    before = DomainPlacement(
        domain="notifications",
        phase="service",
        weight=0,
        old_path="kept",
        backfill="reverse",
        backfilled="forward",
    )
    for change in ({"weight": 10}, {"backfill": "forward"}):
        judged = judge_change(entry, before, before.model_copy(update=change), ALL)
        assert isinstance(judged, Objection)
        assert "a reverse backfill is open" in judged.reason
