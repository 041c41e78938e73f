"""What an exemption covers, by which names, and what is said of one that covers nothing."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from policies.isolation import judgement
from policies.isolation.exemptions import Exemption, parse_exemptions
from policies.isolation.graph.graph import Graph
from policies.isolation.judgement import judge
from policies.isolation.server import resource_of

from .stack import deployment, value
from .test_rule_edges import Stack, postgres, server

DAY = datetime.date(2026, 11, 28)
PLAIN = {
    "rule": "shared-database",
    "resource": "pg",
    "owner": "sales",
    "reason": "it moves",
    "expires": "2026-12-01",
}


def exemption(name: str, until: datetime.date = datetime.date(2026, 12, 1)) -> Exemption:
    rest: dict[str, Any] = PLAIN | {"resource": name, "expires": until}
    return Exemption(**rest)


def reader(name: str, *, declared_as: str | None = None) -> Any:
    """A workload of another owner than the server's; the program calls it `declared_as`, or the same."""
    made = deployment(name, owner=name.partition("-")[0], env=[value("DB", "postgres://u@pg/shop")])
    if declared_as is not None:
        made.urn = made.urn.removesuffix(name) + declared_as
        made.name = declared_as
    return made


def said(stack: Stack, name: str) -> list[str]:
    """What is left mandatory, and what an exemption that covers nothing is said to."""
    graph = Graph([resource_of(item) for item in [*postgres(owner="stock"), *stack]])
    found = judge(graph, exemptions=[exemption(name)], today=DAY)
    return [
        "refused" if item.level == "mandatory" else item.message.partition(" covers nothing any more: ")[2]
        for item in found
        if item.rule == "shared-database" and "It covers:" not in item.message
    ]


def nothing(*names: str) -> list[str]:
    return ["refused", f"remove it, or name what is refused: {', '.join(names)}"]


@pytest.mark.parametrize(
    ("stack", "name", "expected"),
    [
        pytest.param([reader("till")], "pg", [], id="the store"),
        pytest.param([reader("till")], "till", [], id="its only user"),
        pytest.param([reader("till")], "redis", nothing("pg", "till"), id="neither"),
        pytest.param(
            [reader("till"), *server("redis", "redis:7", 6379, owner="stock"),
             deployment("web", owner="web", env=[value("CACHE", "redis://redis/0")])],
            "redis", nothing("pg", "till"), id="what another rule refuses",
        ),
        pytest.param([reader("till"), reader("web")], "pg", [], id="the store of two users"),
        pytest.param([reader("till"), reader("web")], "till", nothing("pg"), id="one of two users"),
        pytest.param(
            [reader("till-4046ca85", declared_as="till")], "till", [], id="a user whose name was made up"
        ),
        pytest.param(
            [reader("till-4046ca85", declared_as="till")], "till-4046ca85", [], id="the name that was made up"
        ),
        pytest.param(
            [reader("till-4046ca85", declared_as="till")], "web", nothing("pg", "till"),
            id="neither, and what to name is not made up",
        ),
        pytest.param([reader("till", declared_as="pos")], "pos", nothing("pg", "till"), id="a name that was chosen"),
    ],
)  # fmt: skip
def test_an_exemption_covers(stack: Stack, name: str, expected: list[str]) -> None:
    assert said(stack, name) == expected


def test_one_that_has_expired_hides_none_that_follows() -> None:
    expired = exemption("till", DAY - datetime.timedelta(days=1))
    graph = Graph([resource_of(item) for item in [*postgres(owner="stock"), reader("till")]])
    found = judge(graph, exemptions=[expired, exemption("pg")], today=DAY)
    assert {(item.level, item.message.partition("until ")[2].partition(": ")[0]) for item in found} >= {
        ("mandatory", "2026-11-27) has expired"),
        ("advisory", "2026-12-01)"),
    }


@pytest.mark.parametrize(("until", "expired"), [(27, True), (28, False)])
def test_a_day_ends_when_it_does_in_utc(until: int, expired: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the machine stands, so that a run on a laptop and one in a pipeline say the same."""

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Clock:
            return cls(2026, 11, 28 if tz is datetime.UTC else 30)

    clock = SimpleNamespace(datetime=Clock, UTC=datetime.UTC)
    monkeypatch.setattr(judgement, "datetime", clock)
    found = judge(Graph([]), exemptions=[exemption("pg", datetime.date(2026, 11, until))])
    assert ["has expired" in item.message for item in found] == [expired]


def test_exemptions_that_were_read_before_stay_among_those_to_be_read() -> None:
    """One policy's exemptions are read once, and hold for all."""
    read = exemption("pg")
    found = parse_exemptions([read, PLAIN, {}, read], "config", ["shared-database"])
    lacks = "config: exemptions[2]: lacks rule, resource, owner, reason, expires"
    assert found == ([read, read, read], [lacks])
