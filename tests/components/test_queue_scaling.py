"""QueueScaling: what KEDA is told of a queue, where the queue is, and as whom KEDA looks at it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from components.application.queue_scaling import QueueScaling, QueueScalingArgs
from components.connections import Connections
from components.credentials import Credential
from components.rendering.queue_trigger import redis_list_trigger
from components.rendering.urls import redis_url
from roadmap.topology import Resources, Scaling, StoreUse, Workload, WorkloadRole

WORKLOAD = Workload(
    name="ai-worker",
    role=WorkloadRole.WORKER,
    command=("celery",),
    scaling=Scaling(minimum=2, maximum=8, queue="ai"),
    resources=Resources(cpu_request="1", memory_request="1Gi", memory_limit="1Gi"),
    stores=(
        StoreUse(store="redis", user="celery", variable="CELERY_RESULT_BACKEND", redis_database=1),
        StoreUse(store="redis", user="celery", variable="CELERY_BROKER_URL", redis_database=3),
    ),
)


class Redis:
    """A store that is nothing but its address and credential."""

    def __init__(self) -> None:
        self.credentials: Mapping[str, Credential] = {
            "celery": Credential(
                username="celery",
                password=pulumi.Output.secret("hidden-password"),
                secret_name=pulumi.Output.from_input("redis-celery"),
            )
        }

    def url(self, use: StoreUse, password_variable: str) -> pulumi.Output[str]:
        return pulumi.Output.from_input(
            redis_url(
                user=use.user,
                password_variable=password_variable,
                host="redis.app.svc",
                database=use.redis_database,
            )
        )


class Record(mocks.Mocks):
    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ.startswith("kubernetes:"):
            self.found[args.typ.rsplit(":", maxsplit=1)[-1]] = args.inputs
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"nobody expected the call {args.token}")


def deploy(workload: Workload) -> dict[str, dict[str, Any]]:
    """Inputs of everything that scaling one workload registers, by kind."""
    record = Record()
    mocks.set_mocks(record, project="service-extraction", stack="test")

    async def program() -> None:
        QueueScaling(
            workload.name,
            QueueScalingArgs(
                owner="ai",
                workload=workload,
                namespace="app",
                deployment=pulumi.Output.from_input(workload.name),
                # The broker is no part of it.
                connections=Connections(stores={"redis": Redis()}, broker=None),  # type: ignore[arg-type]
            ),
        )

    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    _sync_await(run_pulumi_func(lambda: _sync_await(program())))
    return record.found


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    return deploy(WORKLOAD)


def test_nothing_but_keda_objects_are_made(found: dict[str, dict[str, Any]]) -> None:
    assert set(found) == {"ScaledObject", "TriggerAuthentication"}
    for inputs in found.values():
        assert inputs["apiVersion"] == "keda.sh/v1alpha1"
        assert (inputs["metadata"]["name"], inputs["metadata"]["namespace"]) == ("ai-worker", "app")
        assert inputs["metadata"]["labels"]["service-extraction/owner"] == "ai"


def test_the_deployment_is_scaled_between_its_limits(found: dict[str, dict[str, Any]]) -> None:
    spec = found["ScaledObject"]["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "ai-worker"}
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (2, 8)
    assert 0 < spec["pollingInterval"] < spec["cooldownPeriod"]
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == spec["cooldownPeriod"]


def test_the_update_waits_until_keda_accepts_it(found: dict[str, dict[str, Any]]) -> None:
    assert found["ScaledObject"]["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
    assert "annotations" not in found["TriggerAuthentication"]["metadata"]


def test_the_trigger_is_the_list_in_the_brokers_database(found: dict[str, dict[str, Any]]) -> None:
    (trigger,) = found["ScaledObject"]["spec"]["triggers"]
    assert trigger["type"] == "redis"
    assert trigger["authenticationRef"] == {"name": "ai-worker"}
    assert trigger["metadata"] == {
        "address": "redis.app.svc:6379",
        "databaseIndex": "3",
        "enableTLS": "false",
        "listName": "ai",
        "listLength": "5",
    }


def test_keda_logs_in_as_celery_by_reference(found: dict[str, dict[str, Any]]) -> None:
    assert found["TriggerAuthentication"]["spec"] == {
        "secretTargetRef": [
            {"parameter": "username", "name": "redis-celery", "key": "username"},
            {"parameter": "password", "name": "redis-celery", "key": "password"},
        ]
    }
    assert "hidden-password" not in str(found)
    assert "PASSWORD" not in str(found)


@pytest.mark.parametrize(
    ("url", "address", "database", "tls"),
    [
        ("redis://u:$(P)@host:6379/0", "host:6379", "0", "false"),
        ("rediss://u:$(P)@cache.example.com:6380/2", "cache.example.com:6380", "2", "true"),
        ("redis://u:$(P)@host:6379", "host:6379", "0", "false"),
    ],
    ids=["plain", "tls", "no-database"],
)
def test_a_url_becomes_address_database_and_tls(url: str, address: str, database: str, tls: str) -> None:
    metadata = redis_list_trigger(url, queue="q", authentication="a")["metadata"]
    assert metadata == {
        "address": address,
        "databaseIndex": database,
        "enableTLS": tls,
        "listName": "q",
        "listLength": "5",
    }


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"scaling": Scaling(minimum=1, maximum=2)}, id="no-queue"),
        pytest.param({"stores": WORKLOAD.stores[:1]}, id="no-broker-connection"),
    ],
)
def test_a_workload_without_queue_or_connection_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ai-worker cannot be scaled by the depth of a queue"):
        deploy(WORKLOAD.model_copy(update=changes))
