"""ClickHouse: its objects, its pod, how it is reached, and that parking or discarding it replaces nothing."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from components.kubernetes.clickhouse import CHECKSUM_ANNOTATION, ClickHouse, ClickHouseArgs
from components.labels import COMPONENT, NAME, OWNER
from components.rendering.clickhouse import (
    CONFIGURATION_PATH,
    DATA_PATH,
    USERS_PATH,
    clickhouse_url,
    server_configuration,
)
from roadmap.resolve_network import STORE_PORTS
from roadmap.topology import Environment, Resources, Store, StoreKind, StoreUse, StoreUser
from tests.components.conftest import containers, secret_data
from tests.components.program import PASSWORD, RecordingMonitor, Registered, Unexpected

STORE = Store(
    name="analytics-clickhouse",
    kind=StoreKind.CLICKHOUSE,
    owner="analytics",
    namespace="test-analytics",
    database="analytics",
    users=(StoreUser(name="analytics", owns_database=True), StoreUser(name="analytics_reader")),
    storage_gib=50,
    resources=Resources(cpu_request="1", memory_request="2Gi", memory_limit="4Gi"),
)
CLAIM = "data-analytics-clickhouse-0"
"""What a template of the StatefulSet would have called it: made explicit, it is the same claim."""
PARKED = STORE.model_copy(update={"parked": True})
DISCARDING = PARKED.model_copy(update={"discarding": True})
READS = StoreUse(store=STORE.name, user="analytics_reader", variable="CLICKHOUSE_URL")

Recorded = tuple[Registered, ...]


def deployed(
    store: Store = STORE, *, storage_class: str | None = None, urls: list[str] | None = None
) -> Recorded:
    """What one ClickHouse registers; `urls` takes the URL that a reader is given."""
    monitor = RecordingMonitor()
    mocks.set_mocks(Unexpected(), project="service-extraction", stack="test", monitor=monitor)

    async def program() -> None:
        server = ClickHouse(
            store.name,
            ClickHouseArgs(
                store=store,
                namespace=pulumi.Output.from_input(store.namespace),
                image="docker.io/clickhouse/clickhouse-server:25.3.5",
                storage_class=storage_class,
                environment=Environment.PRODUCTION,
            ),
        )
        url = await server.url(READS, "CLICKHOUSE_PASSWORD").future()
        if urls is not None:
            assert url is not None
            urls.append(url)

    asyncio.get_event_loop().set_exception_handler(lambda _loop, _context: None)
    try:
        _sync_await(run_pulumi_func(lambda: _sync_await(program())))
    finally:
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
    return tuple(monitor.recorded)


def one(recorded: Recorded, kind: str, name: str = STORE.name) -> Registered:
    (found,) = (r for r in recorded if r.kind == kind and r.is_object and r.object_name == name)
    return found


@pytest.fixture(scope="module")
def live() -> Recorded:
    return deployed()


class TestObjects:
    def test_are_these(self, live: Recorded) -> None:
        assert sorted(r.id for r in live if r.is_object) == [
            "ConfigMap/test-analytics/analytics-clickhouse-configuration",
            "PersistentVolumeClaim/test-analytics/data-analytics-clickhouse-0",
            "Secret/test-analytics/analytics-clickhouse-analytics",
            "Secret/test-analytics/analytics-clickhouse-analytics-reader",
            "Secret/test-analytics/analytics-clickhouse-users",
            "Service/test-analytics/analytics-clickhouse",
            "Service/test-analytics/analytics-clickhouse-instances",
            "StatefulSet/test-analytics/analytics-clickhouse",
        ]

    def test_say_whose_they_are_and_so_does_the_pod(self, live: Recorded) -> None:
        expected = {OWNER: "analytics", NAME: STORE.name, COMPONENT: "clickhouse"}.items()
        stateful_set = one(live, "StatefulSet")
        assert stateful_set.pod_template is not None
        found = [r.metadata["labels"] for r in live if r.is_object]
        found.append(stateful_set.pod_template["metadata"]["labels"])
        assert all(expected <= own.items() for own in found)

    def test_services_select_the_pods(self, live: Recorded) -> None:
        pods = one(live, "StatefulSet").spec["template"]["metadata"]["labels"]
        for service in (r for r in live if r.kind == "Service"):
            assert service.spec["selector"].items() <= pods.items(), service.id

    def test_the_client_service_has_the_port_that_network_paths_open(self, live: Recorded) -> None:
        (port,) = one(live, "Service").spec["ports"]
        assert port == {"name": "http", "port": STORE_PORTS[StoreKind.CLICKHOUSE], "targetPort": "http"}

    def test_passwords_stay_out_of_everything_but_secrets(self, live: Recorded) -> None:
        for resource in live:
            if resource.is_object and resource.kind != "Secret":
                assert PASSWORD not in str(resource.inputs), resource.id
        assert PASSWORD not in str(secret_data(one(live, "Secret", f"{STORE.name}-users")))
        assert "stringData" in one(live, "Secret", f"{STORE.name}-users").secret_paths

    def test_a_credential_is_what_its_server_reads(self, live: Recorded) -> None:
        file = ElementTree.fromstring(secret_data(one(live, "Secret", f"{STORE.name}-users"))["users.xml"])
        for user, name in (("analytics", "analytics"), ("analytics_reader", "analytics-reader")):
            credential = secret_data(one(live, "Secret", f"{STORE.name}-{name}"))
            assert credential["username"] == user
            digest = hashlib.sha256(credential["password"].encode()).hexdigest()
            assert file.findtext(f"users/{user}/password_sha256_hex") == digest

    def test_volume(self) -> None:
        claim = one(deployed(storage_class="fast"), "PersistentVolumeClaim", CLAIM)
        assert claim.spec == {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "50Gi"}},
            "storageClassName": "fast",
        }

    def test_the_clusters_default_class_is_left_to_the_cluster(self, live: Recorded) -> None:
        assert "storageClassName" not in one(live, "PersistentVolumeClaim", CLAIM).spec

    def test_the_server_waits_for_its_claim_and_makes_none(self, live: Recorded) -> None:
        server = one(live, "StatefulSet")
        data = {v["name"]: v for v in server.spec["template"]["spec"]["volumes"]}["data"]
        assert data["persistentVolumeClaim"] == {"claimName": CLAIM}
        assert one(live, "PersistentVolumeClaim", CLAIM).urn in server.property_dependencies["spec"]
        assert not {"volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy"} & set(server.spec)


class TestPod:
    @pytest.fixture
    def container(self, live: Recorded) -> Mapping[str, Any]:
        (only,) = containers(one(live, "StatefulSet"))
        return only

    def test_is_restricted_as_the_images_own_user(self, live: Recorded, container: Mapping[str, Any]) -> None:
        security = one(live, "StatefulSet").spec["template"]["spec"]["securityContext"]
        assert (security["runAsUser"], security["fsGroup"], security["runAsNonRoot"]) == (101, 101, True)
        assert container["securityContext"]["readOnlyRootFilesystem"] is True

    def test_starts_the_server_without_the_images_entrypoint(self, container: Mapping[str, Any]) -> None:
        assert container["command"] == ["clickhouse-server", f"--config-file={CONFIGURATION_PATH}"]

    def test_finds_its_files_where_it_looks(self, live: Recorded, container: Mapping[str, Any]) -> None:
        volumes = {v["name"]: v for v in one(live, "StatefulSet").spec["template"]["spec"]["volumes"]}
        assert volumes["configuration"]["configMap"] == {"name": f"{STORE.name}-configuration"}
        assert volumes["users"]["secret"] == {"secretName": f"{STORE.name}-users", "defaultMode": 0o440}
        held = {
            "configuration": one(live, "ConfigMap", f"{STORE.name}-configuration").inputs["data"],
            "users": secret_data(one(live, "Secret", f"{STORE.name}-users")),
        }
        mounts = {m["name"]: m for m in container["volumeMounts"]}
        for name, path in (("configuration", CONFIGURATION_PATH), ("users", USERS_PATH)):
            assert mounts[name]["readOnly"] is True
            assert [f"{mounts[name]['mountPath']}/{file}" for file in held[name]] == [path]

    def test_writes_to_its_volume_and_tmp_only(self, container: Mapping[str, Any]) -> None:
        writable = {m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")}
        assert writable == {DATA_PATH, "/tmp"}
        root = ElementTree.fromstring(server_configuration(STORE.resources, database="analytics"))
        paths = [e.text or "" for e in root if e.tag.endswith("path")]
        assert len(paths) == 4
        assert all(path.startswith(f"{DATA_PATH}/") for path in paths)

    @pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
    def test_is_asked_over_http_without_a_password(self, container: Mapping[str, Any], probe: str) -> None:
        assert container[probe]["httpGet"] == {"path": "/ping", "port": "http"}

    @pytest.mark.parametrize(
        "changed",
        [
            pytest.param(
                {"resources": Resources(cpu_request="1", memory_request="1Gi", memory_limit="1Gi")},
                id="memory",
            ),
            pytest.param({"users": STORE.users[:1]}, id="users"),
        ],
    )
    def test_is_replaced_when_a_file_that_it_read_changes(
        self, live: Recorded, changed: dict[str, Any]
    ) -> None:
        assert _settings(live) != _settings(deployed(STORE.model_copy(update=changed)))
        assert _settings(live) == _settings(deployed())

    def test_is_replaced_when_a_password_is_rotated(
        self, live: Recorded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tests.components.program.PASSWORD", "rotated-")
        assert _settings(live) != _settings(deployed())


class TestUrl:
    def test_leads_to_the_service_by_http(self) -> None:
        urls: list[str] = []
        deployed(urls=urls)
        assert urls == [
            "clickhouse://analytics_reader:$(CLICKHOUSE_PASSWORD)@analytics-clickhouse.test-analytics.svc:8123/analytics"
        ]

    def test_is_what_the_rendering_says(self) -> None:
        url = clickhouse_url(user="u", password_variable="P", host="h", database="d")
        assert url == "clickhouse://u:$(P)@h:8123/d"

    def test_waits_for_the_server(self, live: Recorded) -> None:
        service = one(live, "Service")
        assert one(live, "StatefulSet").urn in service.property_dependencies["metadata"]


class TestParking:
    def differences(self, other: Store) -> dict[str, tuple[object, object]]:
        """What an update from the live store to the other would see, by resource and path of the input."""
        before, after = ({r.urn: r for r in deployed(store)} for store in (STORE, other))
        assert before.keys() == after.keys()
        found: dict[str, tuple[object, object]] = {}
        for urn, resource in before.items():
            old, new = _leaves(resource.inputs), _leaves(after[urn].inputs)
            for path in old.keys() | new.keys():
                if old.get(path) != new.get(path):
                    found[f"{resource.kind}{path}"] = (old.get(path), new.get(path))
        return found

    def test_changes_how_many_pods_there_are_and_nothing_else(self) -> None:
        assert self.differences(PARKED) == {"StatefulSet.spec.replicas": (1, 0)}

    def test_discarding_changes_nothing_that_replaces_either(self) -> None:
        assert self.differences(DISCARDING) == {"StatefulSet.spec.replicas": (1, 0)}

    def test_a_larger_volume_changes_the_claim_and_nothing_else(self) -> None:
        grown = "PersistentVolumeClaim.spec.resources.requests.storage"
        assert self.differences(STORE.model_copy(update={"storage_gib": 60})) == {grown: ("50Gi", "60Gi")}

    @pytest.mark.parametrize("store", [STORE, PARKED], ids=["live", "parked"])
    def test_nobody_waits_for_a_volume_that_may_wait_for_a_pod(self, store: Store) -> None:
        claim = one(deployed(store), "PersistentVolumeClaim", CLAIM)
        assert claim.metadata["annotations"] == {"pulumi.com/skipAwait": "true"}

    @pytest.mark.parametrize("store", [STORE, PARKED], ids=["live", "parked"])
    def test_nobody_waits_for_endpoints_that_may_never_come(self, store: Store) -> None:
        assert one(deployed(store), "Service").metadata["annotations"] == {"pulumi.com/skipAwait": "true"}

    @pytest.mark.parametrize(
        ("store", "protected"),
        [
            pytest.param(STORE, True, id="live"),
            pytest.param(PARKED, True, id="parked"),
            pytest.param(DISCARDING, False, id="discarding"),
        ],
    )
    def test_protection(self, store: Store, protected: bool) -> None:
        kinds = ("PersistentVolumeClaim", "StatefulSet", "Secret", "RandomPassword")
        holding = [r for r in deployed(store) if r.kind in kinds]
        assert len(holding) == 7
        assert {r.protect for r in holding} == {protected}

    def test_a_store_without_a_database_is_refused_by_name(self) -> None:
        with pytest.raises(ValueError, match=r"store analytics-clickhouse \(analytics\): a ClickHouse needs"):
            deployed(STORE.model_copy(update={"database": None}))


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in _leaves(item, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {k: v for i, item in enumerate(value) for k, v in _leaves(item, f"{path}[{i}]").items()}
    return {path: value}


def _settings(recorded: Recorded) -> str:
    """The annotation by which a pod is replaced."""
    template = one(recorded, "StatefulSet").pod_template
    assert template is not None
    digest: str = template["metadata"]["annotations"][CHECKSUM_ANNOTATION]
    return digest
