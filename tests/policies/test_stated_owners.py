"""What only stated owners can show: stores as clients, proxies that reach across, Secrets of a third owner."""

from __future__ import annotations

from typing import Any

import pytest

from .stack import UNKNOWN, deployment, kube, refusals, secret, service, value

SERVER: dict[str, Any] = {"kind": "StatefulSet", "image": "postgres:16", "ports": [5432], "protect": True}


def admitting(store: str, labels: dict[str, str]) -> Any:
    spec = {
        "podSelector": {"matchLabels": {"app": store}},
        "ingress": [{"from": [{"podSelector": {"matchLabels": labels}}]}],
    }
    return kube("NetworkPolicy", store, owner="billing", spec=spec)


@pytest.mark.parametrize("theirs", ["orders", "billing", None])
def test_a_store_that_lets_in_another_stores_pods(theirs: str | None) -> None:
    found = refusals(
        deployment("billing-pg", owner="billing", **SERVER),
        deployment("replica", owner=theirs, **SERVER),
        admitting("billing-pg", {"app": "replica"}),
    )
    expected = {"foreign-network-path"} if theirs == "orders" else set()
    assert {answer.policy for answer in found} == expected


@pytest.mark.parametrize("theirs", ["orders", "billing", None])
def test_a_store_that_lets_in_the_pods_an_operator_makes(theirs: str | None) -> None:
    found = refusals(
        deployment("billing-pg", owner="billing", **SERVER),
        kube(
            "Cluster", "pg", owner=theirs, protect=True, spec={"bootstrap": {"initdb": {"database": "app"}}}
        ),
        admitting("billing-pg", {"cnpg.io/cluster": "pg"}),
    )
    expected = {"foreign-network-path"} if theirs == "orders" else set()
    assert {answer.policy for answer in found} == expected


@pytest.mark.parametrize("theirs", ["orders", "billing", None])
def test_a_proxy_whose_callers_nothing_shows(theirs: str | None) -> None:
    """Its owner's proxy is part of the way; another owner's is the way of somebody who is not shown."""
    found = refusals(
        deployment("billing-pg", owner="billing", **SERVER),
        service("billing-pg", "billing-pg", 5432, owner="billing"),
        kube("ConfigMap", "proxy", owner=theirs, data={"haproxy.cfg": "backend b\n  server s billing-pg:5432\n"}),
        deployment(
            "proxy", owner=theirs, image="haproxy:3.2",
            pod={"volumes": [{"name": "configuration", "configMap": {"name": "proxy"}}]},
        ),
    )  # fmt: skip
    assert {answer.policy for answer in found} == ({"shared-database"} if theirs == "orders" else set())


@pytest.mark.parametrize(
    "data", [{"password": secret("x"), "username": secret("app")}, UNKNOWN], ids=["", "unknown"]
)
@pytest.mark.parametrize("theirs", ["orders", "billing", None])
def test_a_credential_that_is_labelled_as_a_third_owners(theirs: str | None, data: Any) -> None:
    found = refusals(
        kube("Secret", "login", owner=theirs, stringData=data),
        kube(
            "Cluster", "pg", owner="billing", protect=True,
            spec={"bootstrap": {"initdb": {"database": "app", "secret": {"name": "login"}}}},
        ),
        deployment(
            "billing", owner="billing",
            env=[
                value("PGHOST", "pg-rw"), value("PGDATABASE", "app"),
                {"name": "PGPASSWORD", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}},
            ],
        ),
    )  # fmt: skip
    assert {answer.policy for answer in found} == ({"shared-secret"} if theirs == "orders" else set())
