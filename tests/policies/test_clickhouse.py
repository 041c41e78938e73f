"""A ClickHouse on a plain StatefulSet is a store, and every address of it leads a second owner to a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from .stack import analyze, deployment, from_secret, kube, refusals, resource, secret, service, value

HOST = "analytics-clickhouse.analytics.svc"
CLAIM = "data-analytics-clickhouse-0"
PLACE: dict[str, Any] = {"namespace": "analytics", "owner": "analytics"}


def mounting(name: str, claim: str) -> dict[str, Any]:
    """What a pod says to have a claim at /data, and nothing else."""
    return {
        "pod": {"volumes": [{"name": name, "persistentVolumeClaim": {"claimName": claim}}]},
        "container": {"volumeMounts": [{"name": name, "mountPath": "/data"}]},
    }


def clickhouse(*, protect: bool = True) -> list[Any]:
    """The server as its component lays it out, with the credential of its reader."""
    password = resource(
        "random:index/randomPassword:RandomPassword", "reader", {"result": secret("correct-horse")}
    )
    return [
        password,
        kube(
            "Secret", "analytics-clickhouse-reader", **PLACE, type="kubernetes.io/basic-auth",
            stringData={"username": "reader", "password": secret("correct-horse")}, uses={"stringData": [password]},
        ),
        kube(
            "Secret", "analytics-clickhouse-users", **PLACE, stringData={"users.xml": secret("<clickhouse/>")},
            uses={"stringData": [password]},
        ),
        deployment(
            "analytics-clickhouse", kind="StatefulSet", image="docker.io/clickhouse/clickhouse-server:25.3.5",
            ports=[8123], protect=protect, **PLACE,
            pod={"volumes": [
                {"name": "data", "persistentVolumeClaim": {"claimName": CLAIM}},
                {"name": "users", "secret": {"secretName": "analytics-clickhouse-users"}},
            ]},
            container={"volumeMounts": [{"name": "data", "mountPath": "/var/lib/clickhouse"}]},
        ),
        kube("PersistentVolumeClaim", CLAIM, **PLACE, protect=protect, spec={"accessModes": ["ReadWriteOnce"]}),
        service("analytics-clickhouse", "analytics-clickhouse", 8123, **PLACE),
    ]  # fmt: skip


def of(owner: str, *env: dict[str, Any], **rest: Any) -> Any:
    """A workload of one owner, in a namespace of its own unless told otherwise."""
    return deployment("worker", env=list(env), **{"namespace": owner, "owner": owner, **rest})


ADDRESSES = [
    f"clickhouse://reader:x@{HOST}:8123/analytics",
    f"clickhouse+http://reader:x@{HOST}:8123/analytics",
    f"clickhousedb://reader:x@{HOST}:8123/analytics",
    f"clickhouse+connect://reader:x@{HOST}:8123/analytics",
    f"http://{HOST}:8123",
    f"http://{HOST}:8123/?database=analytics",
    f"jdbc:clickhouse://{HOST}:8123/analytics",
    f"jdbc:ch://{HOST}:8123/analytics",
    f"jdbc:clickhouse:http://{HOST}:8123/analytics?user=reader",
    f"{HOST}:8123",
    f"{HOST}.cluster.local",
]


def refused(*stack: Any) -> list[str]:
    return [answer.message for answer in refusals(*stack)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_second_owner_that_is_given_its_address_is_refused(address: str) -> None:
    messages = refused(*clickhouse(), of("billing", value("ANALYTICS_URL", address)))
    assert len(messages) == 1
    assert "owner billing" in messages[0]
    assert "StatefulSet analytics-clickhouse (owner analytics)" in messages[0]


@pytest.mark.parametrize("address", ADDRESSES)
def test_its_owner_may_use_it(address: str) -> None:
    assert analyze(*clickhouse(), of("analytics", value("CLICKHOUSE_URL", address))) == []


@pytest.mark.parametrize(
    "use",
    [
        pytest.param({"env": [from_secret("PASSWORD", "analytics-clickhouse-reader", "password")]}, id="variable"),
        pytest.param({"env_from": [{"secretRef": {"name": "analytics-clickhouse-reader"}}]}, id="all-of-it"),
        pytest.param(
            {"pod": {"volumes": [{"name": "s", "secret": {"secretName": "analytics-clickhouse-users"}}]}}, id="users"
        ),
    ],
)  # fmt: skip
def test_a_second_owner_that_reads_its_secret_is_refused(use: dict[str, Any]) -> None:
    messages = refused(*clickhouse(), deployment("worker", namespace="analytics", owner="billing", **use))
    assert messages
    assert all("owner billing" in message and "owner analytics" in message for message in messages)


@pytest.mark.parametrize("owner", ["billing", "analytics"])
def test_its_volume_is_its_owners(owner: str) -> None:
    """A backup that the owner runs may have it; whoever else mounts it reads the same files."""
    other = deployment("worker", namespace="analytics", owner=owner, **mounting("files", CLAIM))
    messages = refused(*clickhouse(), other)
    assert len(messages) == (owner == "billing")
    assert all(f"PersistentVolumeClaim {CLAIM} (owner analytics)" in message for message in messages)


@pytest.mark.parametrize("replicas", [1, 0], ids=["live", "parked"])
def test_what_has_to_be_protected_is_the_claim_that_holds_the_data(replicas: int) -> None:
    discarding = clickhouse(protect=False)
    discarding[3].properties["spec"]["replicas"] = replicas
    messages = [answer.message for answer in analyze(*discarding)]
    said = [message for message in messages if "[unprotected-store]" in message]
    assert len(said) == 1
    assert f"PersistentVolumeClaim {CLAIM} is not protected" in said[0]


@pytest.mark.parametrize(
    "scheme",
    [
        "clickhouse",
        "clickhouse+http",
        "clickhousedb",
        "jdbc:clickhouse",
        "jdbc:ch",
        "jdbc:ch:https",
        "ch",
        "chs",
    ],
)
def test_two_owners_on_one_that_nothing_declares_are_refused(scheme: str) -> None:
    url = f"{scheme}://clickhouse.example.com/analytics"
    messages = refused(of("billing", value("A", url)), of("orders", value("B", url)))
    assert len(messages) == 1
    assert "clickhouse.example.com, database analytics" in messages[0]


def test_a_parked_one_is_still_its_owners() -> None:
    parked = clickhouse()
    parked[3].properties["spec"]["replicas"] = 0
    assert refused(*parked, of("billing", value("ANALYTICS_URL", ADDRESSES[0])))
