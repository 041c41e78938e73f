"""Who reaches which store, as whom, and that each waits for what it needs."""

from typing import Any

import pytest

from tests.components.conftest import containers, secret_data
from tests.components.program import Program

DATABASE = "postgresql://monolith:$(DATABASE_PASSWORD)@monolith-postgres-rw.year1-monolith.svc:5432/pmt?sslmode=require"
REDIS = "@monolith-redis.year1-monolith.svc:6379"
EVENTS = "amqp://monolith:$(EVENTS_PASSWORD)@events.year1-broker.svc:5672/pmt"


def variables(program: Program, kind: str, name: str) -> dict[str, Any]:
    (container,) = containers(program.one(kind, name))
    return {
        entry["name"]: entry.get("value") or entry["valueFrom"]["secretKeyRef"] for entry in container["env"]
    }


@pytest.mark.parametrize(
    ("workload", "variable", "url"),
    [
        ("monolith-api", "DATABASE_URL", DATABASE),
        ("monolith-api", "CELERY_BROKER_URL", f"redis://celery:$(CELERY_BROKER_PASSWORD){REDIS}/0"),
        (
            "monolith-api",
            "CELERY_RESULT_BACKEND",
            f"redis://celery:$(CELERY_RESULT_BACKEND_PASSWORD){REDIS}/1",
        ),
        ("monolith-api", "CACHE_URL", f"redis://cache:$(CACHE_PASSWORD){REDIS}/2"),
        ("monolith-api", "EVENTS_URL", EVENTS),
        ("monolith-worker", "DATABASE_URL", DATABASE),
        ("monolith-beat", "CELERY_BROKER_URL", f"redis://celery:$(CELERY_BROKER_PASSWORD){REDIS}/0"),
        ("notifications-consumer", "EVENTS_URL", EVENTS),
    ],
)
def test_url(program: Program, workload: str, variable: str, url: str) -> None:
    assert variables(program, "Deployment", workload)[variable] == url


def test_each_password_stands_before_the_url_that_refers_to_it(program: Program) -> None:
    for resource in program.with_pods:
        for container in containers(resource):
            seen: set[str] = set()
            for entry in container.get("env", []):
                for name in _references(entry.get("value", "")):
                    assert name in seen, f"{resource.id}: {entry['name']} refers to {name} before it is set"
                seen.add(entry["name"])


def test_a_secret_is_read_only_in_its_own_namespace(program: Program) -> None:
    where = {(secret.namespace, secret.object_name) for secret in program.of("Secret")}
    for resource in program.with_pods:
        for name in _secret_names(resource.pod_template):
            assert (resource.namespace, name) in where, f"{resource.id} reads {name}"


def test_every_key_that_is_read_exists(program: Program) -> None:
    keys = {secret.object_name: set(secret_data(secret)) for secret in program.of("Secret")}
    for resource in program.with_pods:
        for container in containers(resource):
            for entry in container.get("env", []):
                if reference := entry.get("valueFrom", {}).get("secretKeyRef"):
                    assert reference["key"] in keys[reference["name"]], resource.id


@pytest.mark.parametrize(
    ("name", "username", "keys"),
    [
        ("monolith-postgres-monolith", "monolith", set()),
        ("monolith-redis-celery", "celery", set()),
        ("events-monolith", "monolith", set()),
        # What the RabbitMQ cluster operator asks of `secretBackend.externalSecret`.
        ("events-administrator", "administrator", {"default_user.conf", "host", "port", "provider", "type"}),
    ],
)
def test_a_credential_is_what_its_server_reads(
    program: Program, name: str, username: str, keys: set[str]
) -> None:
    secret = program.one("Secret", name)
    data = secret_data(secret)
    assert secret.inputs["type"] == "kubernetes.io/basic-auth"
    assert data["username"] == username
    assert set(data) == {"username", "password", *keys}
    if "default_user.conf" in keys:
        assert data["default_user.conf"] == f"default_user = {username}\ndefault_pass = {data['password']}\n"


def test_operators_are_given_our_credentials(program: Program) -> None:
    (broker,), (postgres,) = program.of("RabbitmqCluster"), program.of("Cluster")
    assert broker.spec["secretBackend"] == {"externalSecret": {"name": "events-administrator"}}
    assert postgres.spec["bootstrap"]["initdb"]["secret"] == {"name": "monolith-postgres-monolith"}
    assert program.one("Secret", "monolith-postgres-monolith").metadata["labels"]["cnpg.io/reload"] == "true"


def test_the_volume_of_redis_is_a_claim_of_its_own(program: Program) -> None:
    """One that the StatefulSet made could not grow without replacing it."""
    (redis,), (claim,) = program.of("StatefulSet"), program.of("PersistentVolumeClaim")
    assert "volumeClaimTemplates" not in redis.spec
    volumes = {volume["name"]: volume for volume in redis.spec["template"]["spec"]["volumes"]}
    assert volumes["data"]["persistentVolumeClaim"] == {"claimName": claim.object_name}
    assert claim.object_name == "data-monolith-redis-0"


def test_beat_knows_nothing_but_its_queue(program: Program) -> None:
    assert set(variables(program, "Deployment", "monolith-beat")) == {
        "CELERY_BROKER_PASSWORD",
        "CELERY_BROKER_URL",
    }


@pytest.mark.parametrize(
    ("kind", "name", "needs"),
    [
        ("Job", "monolith-migration-", ("Cluster", "monolith-postgres")),
        ("Job", "events-definitions-", ("Secret", "events-definitions")),
        ("Job", "events-definitions-", ("RabbitmqCluster", "events")),
        ("Deployment", "monolith-api", ("Job", "monolith-migration-")),
        ("Deployment", "monolith-api", ("Job", "events-definitions-")),
        ("Deployment", "monolith-api", ("Service", "monolith-redis")),
        ("Deployment", "monolith-api", ("RabbitmqCluster", "events")),
        ("Deployment", "monolith-beat", ("Job", "monolith-migration-")),
        ("Service", "monolith-redis", ("StatefulSet", "monolith-redis")),
        ("StatefulSet", "monolith-redis", ("PersistentVolumeClaim", "data-monolith-redis-0")),
        ("Service", "monolith-api", ("Deployment", "monolith-api")),
        ("HTTPRoute", "monolith", ("ReferenceGrant", "public")),
        ("HTTPRoute", "monolith", ("Gateway", "public")),
        ("Cluster", "monolith-postgres", ("Secret", "monolith-postgres-monolith")),
        ("RabbitmqCluster", "events", ("Secret", "events-administrator")),
    ],
)
def test_waits_for(program: Program, kind: str, name: str, needs: tuple[str, str]) -> None:
    def find(kind: str, prefix: str) -> list[Any]:
        return [
            found
            for found in program.of(kind)
            if found.object_name == prefix or (prefix.endswith("-") and found.object_name.startswith(prefix))
        ]

    (resource,), (needed,) = find(kind, name), find(*needs)
    assert needed.urn in resource.dependencies


def test_everything_in_a_namespace_waits_for_its_default_deny(program: Program) -> None:
    denies = {
        found.namespace: found for found in program.of("NetworkPolicy") if found.object_name == "default-deny"
    }
    exempt = {"Namespace", "NetworkPolicy"}
    for resource in program.objects:
        if resource.kind not in exempt:
            upstream = _all_dependencies(program, resource.urn)
            assert denies[resource.namespace].urn in upstream, resource.id


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("Cluster", "condition=Ready"),
        ("RabbitmqCluster", "condition=AllReplicasReady"),
        ("Gateway", "condition=Programmed"),
    ],
)
def test_custom_resources_are_awaited(program: Program, kind: str, condition: str) -> None:
    (found,) = program.of(kind)
    assert found.metadata["annotations"]["pulumi.com/waitFor"] == condition


def test_the_way_from_a_workload_to_its_store_can_be_followed(program: Program) -> None:
    """A policy compares owners along dependencies, which a preview knows before any address is."""
    api = program.one("Deployment", "monolith-api")
    through = api.property_dependencies["spec"]
    assert program.one("Secret", "monolith-postgres-monolith").urn in through
    assert program.one("Cluster", "monolith-postgres").urn in through


def _references(value: str) -> list[str]:
    return [part.split(")")[0] for part in value.split("$(")[1:]]


def _secret_names(value: object) -> set[str]:
    found: set[str] = set()
    if isinstance(value, dict):
        if "secretName" in value:
            found.add(value["secretName"])
        if "secretKeyRef" in value:
            found.add(value["secretKeyRef"]["name"])
        for item in value.values():
            found |= _secret_names(item)
    elif isinstance(value, list):
        for item in value:
            found |= _secret_names(item)
    return found


def _all_dependencies(program: Program, urn: str) -> set[str]:
    edges = {resource.urn: resource.dependencies for resource in program.resources}
    found: set[str] = set()
    waiting = [urn]
    while waiting:
        for needed in edges.get(waiting.pop(), frozenset()):
            if needed not in found:
                found.add(needed)
                waiting.append(needed)
    return found
