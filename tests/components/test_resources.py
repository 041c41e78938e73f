"""What holds for every resource of a deployment, whatever it is."""

from collections import Counter

import pytest

import roadmap
from components.labels import COMPONENT, MANAGED_BY, NAME, OWNER, PART_OF
from roadmap.topology import Topology
from tests.components.conftest import TOPOLOGIES
from tests.components.program import ANSWERS, PASSWORD, Program, Registered, run
from tests.roadmap.building import configured

YEAR_1 = {
    "Cluster": 1,
    "ConfigMap": 8,
    "CronJob": 1,
    "Deployment": 4,
    "Gateway": 1,
    "HTTPRoute": 1,
    "HorizontalPodAutoscaler": 3,
    "Job": 3,
    "Namespace": 3,
    "NetworkPolicy": 16,
    "PersistentVolumeClaim": 1,
    "PodDisruptionBudget": 2,
    "RabbitmqCluster": 1,
    "RandomBytes": 2,
    "RandomPassword": 8,
    "ReferenceGrant": 1,
    "Role": 1,
    "RoleBinding": 1,
    "Secret": 10,
    "Service": 3,
    "ServiceAccount": 2,
    "StatefulSet": 1,
}
STATEFUL_KINDS = {
    "Cluster",
    "PersistentVolumeClaim",
    "RabbitmqCluster",
    "StatefulSet",
    "RandomPassword",
    "RandomBytes",
}
REPLACEABLE = {
    "monolith-secrets": "supplied by the stack's config, which is where it would come from again",
    "llm-api-key-password": "generated only where nothing is at the other end",
    "smtp-password-password": "generated only where nothing is at the other end",
    "events-monolith": "a broker user opens nothing that would be lost, and gets another password",
    "events-monolith-password": "a broker user opens nothing that would be lost, and gets another password",
    "events-monolith-salt": "a broker user opens nothing that would be lost, and gets another password",
}
"""What is secret and yet not protected, by the name of the object or, where it is none, of the resource."""


def test_year_1_is_exactly_these_resources(program: Program) -> None:
    components = {"ExtractionRoadmap", "CompletedUpdate", "kubernetes"}
    counted = Counter(
        resource.kind
        for resource in program.resources
        if not resource.token.startswith("extraction:") and resource.kind not in components
    )
    assert counted == YEAR_1


def test_every_type_token_is_pinned() -> None:
    """Tokens are part of every stack's state, so each is written down, and none that nothing registers."""
    catalog = roadmap.load_catalog()
    seen: set[str] = set()
    for name in (
        "both paths, and data on its way",
        "worker scaled by KEDA, analytics on the replica",
        "year2",
    ):
        program = run(roadmap.resolve(configured(**TOPOLOGIES[name]), catalog))
        seen |= {resource.token for resource in program.resources}
    assert seen == set(ANSWERS)


def test_every_object_carries_its_owner_and_the_recommended_labels(
    any_program: Program, any_topology: Topology
) -> None:
    owners = {"monolith", *(domain.domain for domain in any_topology.domains)}
    for resource in any_program.objects:
        labels = resource.metadata["labels"]
        assert {OWNER, NAME, COMPONENT, PART_OF, MANAGED_BY} <= set(labels), resource.id
        assert labels[OWNER] in owners, resource.id


def test_objects_stand_in_a_namespace_of_their_own_owner(
    any_program: Program, any_topology: Topology
) -> None:
    owner_of = {namespace.name: namespace.owner for namespace in any_topology.namespaces}
    for resource in any_program.objects:
        # A route is its domain's, and lies where the gateway looks for it.
        if resource.namespace is not None and resource.kind != "HTTPRoute":
            assert resource.metadata["labels"][OWNER] == owner_of[resource.namespace], resource.id


def test_pods_carry_the_owner(program: Program) -> None:
    for resource in program.with_pods:
        assert resource.pod_template is not None
        assert resource.pod_template["metadata"]["labels"][OWNER] == "monolith", resource.id
    (postgres,) = program.of("Cluster")
    assert postgres.spec["inheritedMetadata"]["labels"][OWNER] == "monolith"


def test_everything_stateful_is_protected(program: Program) -> None:
    stateful = [resource for resource in program.resources if resource.kind in STATEFUL_KINDS]
    stateful += program.of("Secret")
    stateful += [resource for resource in program.of("Namespace") if resource.object_name != "year1-edge"]
    open_to_deletion = {
        resource.object_name if resource.is_object else resource.name
        for resource in stateful
        if not resource.protect
    }
    assert open_to_deletion == set(REPLACEABLE)


def test_nothing_else_is_protected(program: Program) -> None:
    """What can be made again must not stand in the way of taking a stack down."""
    kinds = {resource.kind for resource in program.resources if resource.protect}
    assert kinds == STATEFUL_KINDS | {"Secret", "Namespace"}
    assert not program.one("Namespace", "year1-edge").protect


def test_parents_form_one_tree_under_the_root(any_program: Program) -> None:
    by_urn = {resource.urn: resource for resource in any_program.resources}
    outside = {"cluster", "roadmap", "completed-update"}
    for resource in any_program.resources:
        if resource.name in outside:
            assert "pulumi:pulumi:Stack" in resource.parent, resource.id
        else:
            assert by_urn[resource.parent].token.startswith("extraction:"), resource.id


@pytest.mark.parametrize(
    ("kind", "name", "parent"),
    [
        ("Namespace", "year1-monolith", "IsolatedNamespace year1-monolith"),
        ("Cluster", "monolith-postgres", "Postgres monolith-postgres"),
        ("StatefulSet", "monolith-redis", "Redis monolith-redis"),
        ("PersistentVolumeClaim", "data-monolith-redis-0", "Redis monolith-redis"),
        ("RabbitmqCluster", "events", "RabbitMQ events"),
        ("Secret", "events-definitions", "DefinitionsImport events-definitions"),
        ("Secret", "monolith-signing-key", "SigningKey monolith-signing-key"),
        ("Deployment", "monolith-api", "ApplicationWorkload monolith-api"),
        ("Secret", "monolith-secrets", "ApplicationService monolith"),
        ("Gateway", "public", "PublicEdge edge"),
        ("ConfigMap", "monolith-release", "ReleasePipeline monolith-pipeline"),
    ],
)
def test_parent_of(program: Program, kind: str, name: str, parent: str) -> None:
    found = program.by_urn(program.one(kind, name).parent)
    assert f"{found.kind} {found.name}" == parent


def test_every_object_goes_through_the_one_provider(program: Program) -> None:
    assert {resource.provider.split("::")[-2] for resource in program.objects} == {"cluster"}


def test_the_provider_updates_carriers_in_place_and_is_known_by_its_context(program: Program) -> None:
    (provider,) = program.of("kubernetes")
    inputs = dict(provider.inputs)
    assert inputs.pop("kubeconfig") == "kubeconfig"
    assert inputs == {
        "context": "embedded",
        "clusterIdentifier": "embedded",
        "enableConfigMapMutable": "true",
        "enableSecretMutable": "true",
    }


def test_no_secret_value_stands_in_a_field_that_is_not_secret(production: Program) -> None:
    secrets = [PASSWORD, "supplied-llm-key", "supplied-smtp-password"]
    for resource in production.resources:
        for path, text in _texts(resource):
            if not any(path == secret or path.startswith(f"{secret}.") for secret in resource.secret_paths):
                assert not any(secret in text for secret in secrets), f"{resource.id}: {path}"


def test_secrets_do_reach_secret_fields(production: Program) -> None:
    """The check above would also pass if the passwords it looks for were nowhere."""
    text = str([resource.inputs for resource in production.of("Secret")])
    assert all(found in text for found in (PASSWORD, "supplied-llm-key", "supplied-smtp-password"))


def test_names_are_written_out_and_never_left_to_the_provider(program: Program) -> None:
    assert all(resource.object_name for resource in program.objects)


def _texts(resource: Registered) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                walk(item, f"{path}[{index}]")
        elif isinstance(value, str):
            found.append((path, value))

    walk(resource.inputs, "")
    return found
