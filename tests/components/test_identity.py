"""The identity product: how Keycloak is connected and probed, who its first user is, what its realm says."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from components.application.pod import PodArgs, pod_spec
from components.application.workload import ApplicationSecrets
from components.connections import Connections
from components.kubernetes.identity_administrator import IdentityAdministrator, IdentityAdministratorArgs
from components.kubernetes.identity_realm import IdentityRealmImport, IdentityRealmImportArgs
from components.kubernetes.postgres import Postgres, PostgresArgs
from components.rendering.realm import realm_document, realm_text
from components.rendering.urls import postgres_jdbc_url, username_variable
from roadmap.topology import (
    Environment,
    IdentityProvider,
    IdentityRealm,
    Resources,
    Scaling,
    Store,
    StoreKind,
    StoreUse,
    StoreUser,
    Workload,
    WorkloadRole,
)
from tests.components import program as recording
from tests.components.program import PASSWORD, RecordingMonitor, Registered, Unexpected

TOKENS = ("extraction:kubernetes:IdentityAdministrator", "extraction:kubernetes:IdentityRealmImport")
GOOGLE = IdentityProvider(alias="google", client_id="pmt.apps", secret="OIDC_GOOGLE_CLIENT_SECRET")
GITHUB = IdentityProvider(alias="github", client_id="Iv1.0123", secret="OIDC_GITHUB_CLIENT_SECRET")
SAML = IdentityProvider(
    alias="saml",
    client_id="https://pmt.example.com/identity",
    secret=None,
    metadata_url="https://idp.example.com/metadata",
    login_url="https://idp.example.com/login",
)
REALM = IdentityRealm(
    name="pmt",
    job="auth-realm",
    image="docker.io/adorsys/keycloak-config-cli:6.4.0-26.1.0",
    base_url="http://auth-keycloak.test-auth.svc:8080/identity",
    public_url="https://pmt.example.com",
    providers=(GOOGLE, GITHUB, SAML),
)
STORE = Store(
    name="auth-postgres",
    kind=StoreKind.POSTGRES,
    owner="auth",
    namespace="test-auth",
    database="keycloak",
    users=(StoreUser(name="auth", owns_database=True),),
    storage_gib=10,
    administrator="administrator",
)
SECRETS = {"OIDC_GOOGLE_CLIENT_SECRET": "supplied-google", "OIDC_GITHUB_CLIENT_SECRET": "supplied-github"}
KEYCLOAK = Workload(
    name="auth-keycloak",
    role=WorkloadRole.API,
    command=("/opt/keycloak/bin/kc.sh", "start", "--optimized"),
    port=8080,
    health_path="/identity/health/ready",
    live_path="/identity/health/live",
    health_port=9000,
    writable_paths=("/opt/keycloak/data", "/opt/keycloak/other"),
    scaling=Scaling(minimum=2, maximum=4),
    resources=Resources(cpu_request="250m", memory_request="1Gi", memory_limit="2Gi"),
)


@pytest.fixture(autouse=True)
def _expected(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**recording.ANSWERS, **dict.fromkeys(TOKENS, lambda _name, _inputs: {})}
    monkeypatch.setattr(recording, "ANSWERS", known)


def registered(build: Callable[[], object]) -> tuple[Registered, ...]:
    """What a few components register, without the rest of a stack."""
    monitor = RecordingMonitor()
    mocks.set_mocks(Unexpected(), project="service-extraction", stack="test", monitor=monitor)

    async def program() -> None:
        build()

    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        _sync_await(run_pulumi_func(lambda: _sync_await(program())))
    finally:
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
    return tuple(monitor.recorded)


def imported(
    realm: IdentityRealm = REALM, secrets: Mapping[str, str] = SECRETS, store: Store = STORE
) -> tuple[Registered, ...]:
    """An administrator and the import of a realm as that user."""

    def build() -> None:
        administrator = IdentityAdministrator(
            "administrator", IdentityAdministratorArgs(store=store, namespace="test-auth")
        )
        IdentityRealmImport(
            "realm",
            IdentityRealmImportArgs(
                owner="auth",
                realm=realm,
                namespace="test-auth",
                administrator=administrator.credential,
                secrets=ApplicationSecrets(
                    name=pulumi.Output.from_input("auth-secrets"),
                    values={name: pulumi.Output.secret(value) for name, value in secrets.items()},
                ),
                environment=Environment.PRODUCTION,
                after=[k8s.core.v1.ServiceAccount("rollout", metadata={"name": "rollout"})],
            ),
        )

    return registered(build)


def one(resources: tuple[Registered, ...], kind: str) -> Registered:
    (found,) = (resource for resource in resources if resource.kind == kind)
    return found


def job_variables(job: Registered) -> dict[str, Any]:
    (container,) = job.spec["template"]["spec"]["containers"]
    return {
        entry["name"]: entry.get("value") or entry["valueFrom"]["secretKeyRef"] for entry in container["env"]
    }


class TestConnection:
    def test_a_jdbc_url_has_no_user(self) -> None:
        url = postgres_jdbc_url(host="auth-postgres-rw.test-auth.svc", database="keycloak")
        assert url == "jdbc:postgresql://auth-postgres-rw.test-auth.svc:5432/keycloak?sslmode=require"
        assert username_variable("KC_DB_URL") == "KC_DB_USERNAME"

    @pytest.mark.parametrize(
        ("form", "names", "url"),
        [
            pytest.param(
                "jdbc",
                ["KC_DB_USERNAME", "KC_DB_PASSWORD", "KC_DB_URL"],
                "jdbc:postgresql://auth-postgres-rw.test-auth.svc:5432/keycloak?sslmode=require",
                id="jdbc",
            ),
            pytest.param(
                "url",
                ["KC_DB_PASSWORD", "KC_DB_URL"],
                "postgresql://auth:$(KC_DB_PASSWORD)@auth-postgres-rw.test-auth.svc:5432/keycloak?sslmode=require",
                id="url",
            ),
        ],
    )
    def test_form(self, form: Any, names: list[str], url: str) -> None:
        found: dict[str, Any] = {}

        def build() -> None:
            store = Postgres(
                "auth-postgres",
                PostgresArgs(store=STORE, namespace="test-auth", image="postgres:17", storage_class=None),
            )
            use = StoreUse(store="auth-postgres", user="auth", variable="KC_DB_URL", form=form)
            broker: Any = None
            variables = Connections(stores={"auth-postgres": store}, broker=broker).environment([use], None)
            found["names"] = [variable["name"] for variable in variables]
            found["user"] = [v.get("value") for v in variables if v["name"] == "KC_DB_USERNAME"]
            pulumi.Output.from_input(variables[-1]["value"]).apply(lambda url: found.update(url=url))

        registered(build)
        assert (found["names"], found["url"]) == (names, url)
        assert found["user"] == (["auth"] if form == "jdbc" else [])


class TestPod:
    @staticmethod
    def spec(workload: Workload) -> Any:
        return pod_spec(
            PodArgs(
                owner="auth",
                workload=workload,
                image="keycloak:1",
                service_account="auth",
                settings="auth-keycloak-settings",
                variables=[],
                signing=None,
                environment=Environment.PRODUCTION,
            )
        )

    def test_probes_ask_the_management_port(self) -> None:
        (container,) = self.spec(KEYCLOAK)["containers"]
        assert container["ports"] == [
            {"name": "http", "container_port": 8080},
            {"name": "management", "container_port": 9000},
        ]
        asked = {
            kind: tuple(container[f"{kind}_probe"]["http_get"].values())
            for kind in ("readiness", "liveness", "startup")
        }
        assert asked == {
            "readiness": ("/identity/health/ready", "management"),
            "liveness": ("/identity/health/live", "management"),
            "startup": ("/identity/health/ready", "management"),
        }

    def test_without_a_port_of_their_own_probes_ask_the_one_that_serves(self) -> None:
        (container,) = self.spec(KEYCLOAK.model_copy(update={"health_port": None, "live_path": None}))[
            "containers"
        ]
        assert container["ports"] == [{"name": "http", "container_port": 8080}]
        for kind in ("readiness", "liveness", "startup"):
            asked = container[f"{kind}_probe"]["http_get"]
            assert asked == {"path": "/identity/health/ready", "port": "http"}

    def test_folders_it_writes_to_are_its_own_and_bounded(self) -> None:
        spec = self.spec(KEYCLOAK)
        (container,) = spec["containers"]
        assert container["security_context"]["read_only_root_filesystem"] is True
        mounts = {mount["mount_path"]: mount["name"] for mount in container["volume_mounts"]}
        volumes = {volume["name"]: volume["empty_dir"] for volume in spec["volumes"]}
        assert set(mounts) == {"/tmp", "/opt/keycloak/data", "/opt/keycloak/other"}
        assert len(set(mounts.values())) == 3
        assert volumes == {name: {"size_limit": "256Mi"} for name in mounts.values()}

    def test_other_pods_write_to_scratch_only(self) -> None:
        spec = self.spec(KEYCLOAK.model_copy(update={"writable_paths": ()}))
        assert [volume["name"] for volume in spec["volumes"]] == ["tmp"]


class TestAdministrator:
    @pytest.mark.parametrize("discarding", [False, True])
    def test_it_lives_as_long_as_its_store(self, discarding: bool) -> None:
        store = STORE.model_copy(update={"discarding": discarding, "parked": True})
        resources = imported(store=store)
        password, secret = one(resources, "RandomPassword"), one(resources, "Secret")
        assert (password.protect, secret.protect) == (not discarding, not discarding)
        assert secret.object_name == "auth-postgres-administrator"
        assert secret.metadata["labels"]["service-extraction/owner"] == "auth"
        assert secret.inputs["stringData"]["username"] == "administrator"
        assert secret.inputs["stringData"]["password"].startswith(PASSWORD)

    def test_keycloak_reads_it_from_the_secret(self) -> None:
        found: list[Any] = []

        def build() -> None:
            administrator = IdentityAdministrator(
                "administrator", IdentityAdministratorArgs(store=STORE, namespace="test-auth")
            )
            for variable in administrator.bootstrap_variables():
                reference: Any = variable["value_from"]["secret_key_ref"]  # type: ignore[index]
                reference["name"].apply(
                    lambda name, v=variable, r=reference: found.append((v["name"], name, r["key"]))
                )

        registered(build)
        assert found == [
            ("KC_BOOTSTRAP_ADMIN_USERNAME", "auth-postgres-administrator", "username"),
            ("KC_BOOTSTRAP_ADMIN_PASSWORD", "auth-postgres-administrator", "password"),
        ]

    def test_a_store_without_accounts_has_none(self) -> None:
        with pytest.raises(ValueError, match="keeps no accounts"):
            imported(store=STORE.model_copy(update={"administrator": None}))


class TestImport:
    def test_the_job_follows_what_it_configures(self) -> None:
        resources = imported()
        job = one(resources, "Job")
        rollout, document = one(resources, "ServiceAccount"), one(resources, "ConfigMap")
        assert {rollout.urn, document.urn} <= job.dependencies
        labels = job.spec["template"]["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "auth-realm"
        assert labels["app.kubernetes.io/component"] == "realm"
        assert labels["service-extraction/owner"] == "auth"
        assert job.namespace == document.namespace == "test-auth"

    def test_no_secret_stands_in_the_realm_or_in_the_job(self) -> None:
        resources = imported()
        document, job = one(resources, "ConfigMap"), one(resources, "Job")
        for resource in (document, job):
            text = json.dumps(resource.inputs)
            assert not [secret for secret in (*SECRETS.values(), PASSWORD) if secret in text]
            assert resource.secret_paths == ()
        assert "$(env:OIDC_GOOGLE_CLIENT_SECRET)" in document.inputs["data"]["realm.json"]

    def test_every_reference_in_the_realm_is_a_variable_of_the_job(self) -> None:
        variables = job_variables(one(imported(), "Job"))
        for name in SECRETS:
            assert f"$(env:{name})" in realm_text(REALM)
            assert variables[name] == {"name": "auth-secrets", "key": name}
        assert variables["KEYCLOAK_USER"] == {"name": "auth-postgres-administrator", "key": "username"}
        assert variables["KEYCLOAK_PASSWORD"] == {"name": "auth-postgres-administrator", "key": "password"}
        assert variables["KEYCLOAK_URL"] == REALM.base_url
        assert variables["IMPORT_VARSUBSTITUTION_ENABLED"] == "true"
        assert variables["IMPORT_FILES_LOCATIONS"] == "/config/realm.json"

    @pytest.mark.parametrize(
        ("change", "renamed"),
        [
            pytest.param({}, False, id="nothing"),
            pytest.param({"image": "docker.io/adorsys/keycloak-config-cli:6.5.0-26.5.4"}, True, id="image"),
            pytest.param({"providers": (GOOGLE, GITHUB)}, True, id="provider removed"),
            pytest.param({"public_url": "https://other.example.com"}, True, id="public URL"),
        ],
    )
    def test_another_realm_is_another_job(self, change: dict[str, Any], renamed: bool) -> None:
        names = [one(imported(REALM.model_copy(update=c)), "Job").object_name for c in ({}, change)]
        assert names[0].startswith("auth-realm-")
        assert (names[0] != names[1]) is renamed

    def test_a_changed_secret_runs_it_again_under_the_same_name(self) -> None:
        jobs = [
            one(imported(secrets=s), "Job") for s in (SECRETS, SECRETS | {"OIDC_GITHUB_CLIENT_SECRET": "x"})
        ]
        assert jobs[0].object_name == jobs[1].object_name
        digests = [job.spec["template"]["metadata"]["annotations"] for job in jobs]
        assert digests[0] != digests[1]

    def test_a_secret_that_nobody_carries_is_named(self) -> None:
        with pytest.raises(ValueError, match="nobody carries OIDC_GITHUB_CLIENT_SECRET"):
            imported(secrets={"OIDC_GOOGLE_CLIENT_SECRET": "x"})

    def test_its_pod_is_restricted(self) -> None:
        spec = one(imported(), "Job").spec["template"]["spec"]
        (container,) = spec["containers"]
        assert spec["automountServiceAccountToken"] is False
        assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (
            True,
            65534,
        )
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert {mount["mountPath"]: mount.get("readOnly") for mount in container["volumeMounts"]} == {
            "/config": True,
            "/tmp": None,
        }


class TestRealm:
    """3. Auth Module Extraction, as far as the product keeps it."""

    document: Any = realm_document(REALM)

    def test_text_is_the_document(self) -> None:
        assert json.loads(realm_text(REALM)) == self.document
        assert realm_text(REALM) == realm_text(REALM.model_copy())

    def test_the_product_logs_in_by_code_and_pkce_alone(self) -> None:
        (client,) = self.document["clients"]
        assert client["publicClient"] is True
        assert "secret" not in client
        flows = (
            "standardFlowEnabled",
            "implicitFlowEnabled",
            "directAccessGrantsEnabled",
            "serviceAccountsEnabled",
        )
        assert [client[flow] for flow in flows] == [True, False, False, False]
        assert client["attributes"]["pkce.code.challenge.method"] == "S256"
        assert client["redirectUris"] == ["https://pmt.example.com/*"]

    def test_a_token_says_user_role_and_what_oidc_says(self) -> None:
        (client,) = self.document["clients"]
        claims = {mapper["config"]["claim.name"] for mapper in client["protocolMappers"]}
        assert claims == {"user_id", "role"}
        assert (client["defaultClientScopes"], client["optionalClientScopes"]) == (["basic"], [])

    def test_no_profile_is_kept(self) -> None:
        attributes = {a["name"]: a["permissions"]["edit"] for a in self.document["userProfile"]["attributes"]}
        assert set(attributes) == {"username", "email", "role"}
        assert attributes["role"] == ["admin"]
        assert "unmanagedAttributePolicy" not in self.document["userProfile"]
        assert self.document["attributes"]["userProfileEnabled"] == "true"

    def test_events_reach_our_listener(self) -> None:
        assert self.document["eventsEnabled"] is True
        assert "domain-events" in self.document["eventsListeners"]
        assert self.document["adminEventsDetailsEnabled"] is False

    def test_tokens_are_short_asymmetric_and_refreshed_once(self) -> None:
        assert self.document["defaultSignatureAlgorithm"] in ("RS256", "ES256", "EdDSA")
        assert self.document["accessTokenLifespan"] < self.document["ssoSessionIdleTimeout"]
        assert self.document["ssoSessionIdleTimeout"] < self.document["ssoSessionMaxLifespan"]
        assert (self.document["revokeRefreshToken"], self.document["refreshTokenMaxReuse"]) == (True, 0)

    def test_guessing_is_slowed_down_and_locks_nobody_out_for_good(self) -> None:
        assert (self.document["bruteForceProtected"], self.document["permanentLockout"]) == (True, False)

    def test_providers(self) -> None:
        google, github, saml = self.document["identityProviders"]
        assert [p["providerId"] for p in (google, github, saml)] == ["google", "github", "saml"]
        assert not any(p["trustEmail"] or p["storeToken"] for p in (google, github, saml))
        assert google["config"] == {
            "syncMode": "IMPORT",
            "clientId": "pmt.apps",
            "clientSecret": "$(env:OIDC_GOOGLE_CLIENT_SECRET)",
            "defaultScope": "openid email",
        }
        assert github["config"]["clientSecret"] == "$(env:OIDC_GITHUB_CLIENT_SECRET)"
        assert saml["config"]["singleSignOnServiceUrl"] == SAML.login_url
        assert saml["config"]["metadataDescriptorUrl"] == SAML.metadata_url
        assert {saml["config"][k] for k in ("validateSignature", "wantAssertionsSigned")} == {"true"}
        assert "clientSecret" not in saml["config"]

    def test_a_removed_provider_is_removed_by_the_next_import(self) -> None:
        alone: Any = realm_document(REALM.model_copy(update={"providers": ()}))
        # The key stays: keycloak-config-cli leaves alone what is not named at all.
        assert alone["identityProviders"] == []
