"""An open data move breaks two isolation rules; its exemption lets the one Job through, and nothing beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from offline.commands.stack.policies import ADVICE, GRADE, GRADED, RULES
from tests.components.test_backfill import MOVE, opened

from .stack import Answer, analyze, deployment, kube, resource, value

FOREIGN_HOST = "monolith-postgres-rw.test-monolith.svc"


@cache
def move() -> tuple[Any, ...]:
    """What the open move registers, and the path that leads it to the monolith's store."""
    admitted = kube(
        "NetworkPolicy",
        "allow-notifications-backfill",
        namespace="test-monolith",
        owner="monolith",
        spec={
            "podSelector": {"matchLabels": {"cnpg.io/cluster": MOVE.monolith_store}},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {
                                "matchLabels": {"kubernetes.io/metadata.name": MOVE.namespace}
                            },
                            "podSelector": {"matchLabels": {"app.kubernetes.io/name": MOVE.job}},
                        }
                    ],
                    "ports": [{"port": 5432}],
                }
            ],
        },
    )
    namespaces = [
        kube("Namespace", name, namespace=None, owner=owner)
        for name, owner in ((MOVE.namespace, "notifications"), ("test-monolith", "monolith"))
    ]
    found = [
        resource(item.token, item.name, item.inputs, protect=item.protect)
        for item in opened()
        if item.is_object
    ]
    return (*namespaces, *found, admitted)


def config(**changes: str) -> dict[str, dict[str, Any]]:
    """The exemption as the driver gives it."""
    entries = [
        {
            "rule": rule,
            "resource": MOVE.job,
            "owner": MOVE.owner,
            "reason": MOVE.reason,
            "expires": "2999-01-01",
        }
        | changes
        for rule in RULES
    ]
    exempted = {name: {"exemptions": entries} for name in (*RULES, ADVICE)}
    return exempted | {name: exempted.get(name, {}) | {"grade": GRADE} for name in GRADED}


def refused(found: list[Answer]) -> list[str]:
    return sorted(answer.policy for answer in found if answer.mandatory)


def test_without_an_exemption_both_rules_refuse_the_move() -> None:
    found = analyze(*move())
    assert refused(found) == sorted(RULES)
    assert all(MOVE.job in answer.message for answer in found if answer.mandatory)


def test_the_exemption_lets_it_through_and_is_printed_with_its_owner_and_its_end() -> None:
    found = analyze(*move(), config=config())
    assert refused(found) == []
    for rule in RULES:
        title = f"exemption from {rule} for {MOVE.job} (owner Ada Example, until 2999-01-01): {MOVE.reason}"
        assert any(answer.policy == ADVICE and title in answer.message for answer in found)


def test_an_expired_exemption_is_refused_beside_what_it_covered() -> None:
    found = [answer for answer in analyze(*move(), config=config(expires="2020-01-01")) if answer.mandatory]
    for rule in RULES:
        assert any(answer.policy == rule and "has expired" in answer.message for answer in found)
        assert any(answer.policy == rule and "→ Cluster" in answer.message for answer in found)


@pytest.mark.parametrize(
    "name", ["notifications-api", "notifications-backfill-too"], ids=["another workload", "a name like it"]
)
def test_whoever_else_reaches_the_monoliths_store_is_refused(name: str) -> None:
    other = deployment(
        name,
        namespace=MOVE.namespace,
        owner="notifications",
        env=[value("DATABASE_URL", f"postgresql://notifications@{FOREIGN_HOST}:5432/pmt")],
    )
    found = analyze(*move(), other, config=config())
    assert "shared-database" in refused(found)
    assert any(name in answer.message for answer in found if answer.mandatory)


def test_a_move_that_is_closed_leaves_an_exemption_that_says_it_covers_nothing() -> None:
    found = analyze(config=config())
    assert refused(found) == []
    assert any("covers nothing any more" in answer.message for answer in found)
