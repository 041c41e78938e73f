"""The identity product: its realm, the way its Job takes, and what of it a stack file may say."""

from typing import Any

import pytest

from roadmap import Catalog, Refusal, resolve
from roadmap.composition import Composition, Placed, compose
from roadmap.resolve_identity import check_identity_providers, realm_paths, resolve_realm
from roadmap.stack_fit import check_secrets
from roadmap.topology import Environment, IdentityProvider, IdentityRealm, Service
from tests.roadmap.building import configured, topology_of, values, with_drivers

GOOGLE = {"client_id": "pmt.apps.example.com"}
GITHUB = {"client_id": "Iv1.0123456789abcdef"}
SAML = {
    "client_id": "https://pmt.example.com/identity",
    "metadata_url": "https://idp.example.com/metadata?app=1",
    "login_url": "https://idp.example.com/login?idp=1",
}
IMAGE = "docker.io/adorsys/keycloak-config-cli:6.4.0-26.1.0"


def external(**changes: Any) -> dict[str, Any]:
    """The section of the stack file without a provider, but for what is changed."""
    section: dict[str, Any] = values()["external"]
    return {key: value for key, value in section.items() if key != "identity_providers"} | changes


def composed(catalog: Catalog, phase: str = "identity-service", **changes: Any) -> tuple[Composition, Placed]:
    """The parts of a stack, and auth among them."""
    parts = compose(configured(extract=with_drivers(catalog, {"auth": phase}), **changes), catalog)
    return parts, next(placed for placed in parts.placed if placed.entry.domain == "auth")


def realm_of(catalog: Catalog, **changes: Any) -> IdentityRealm:
    realm = resolve_realm(*composed(catalog, **changes))
    assert realm is not None
    return realm


def identity_service(catalog: Catalog, realm: IdentityRealm) -> Service:
    """The identity product as it is resolved, with a realm."""
    topology = topology_of(catalog, extract=with_drivers(catalog, {"auth": "identity-service"}))
    service = next(service for service in topology.services if service.owner == "auth")
    return service.model_copy(update={"realm": realm})


class TestRealm:
    def test_it_is_reached_inside_the_cluster_and_returns_to_the_product(self, catalog: Catalog) -> None:
        realm = realm_of(catalog)
        assert realm.base_url == "http://auth-keycloak.year1-auth.svc:8080/identity"
        assert realm.public_url == "http://pmt.localhost"
        assert (realm.name, realm.job, realm.image) == ("pmt", "auth-realm", IMAGE)

    def test_providers_are_those_the_stack_configures_in_the_catalogs_order(self, catalog: Catalog) -> None:
        given = {"saml": SAML, "github": GITHUB, "google": GOOGLE}
        assert realm_of(catalog, external=external(identity_providers=given)).providers == (
            IdentityProvider(alias="google", secret="OIDC_GOOGLE_CLIENT_SECRET", **GOOGLE),
            IdentityProvider(alias="github", secret="OIDC_GITHUB_CLIENT_SECRET", **GITHUB),
            IdentityProvider(alias="saml", secret=None, **SAML),
        )
        assert realm_of(catalog, external=external()).providers == ()

    @pytest.mark.parametrize("phase", ["jwt", "oidc"])
    def test_there_is_none_before_the_last_phase(self, catalog: Catalog, phase: str) -> None:
        assert resolve_realm(*composed(catalog, phase)) is None

    def test_there_is_none_with_an_issuer_outside(self, catalog: Catalog) -> None:
        outside = external(identity_issuer="https://login.example.com")
        parts, placed = composed(catalog, external=outside)
        assert resolve_realm(parts, placed) is None
        assert list(realm_paths(parts, ())) == []
        topology = resolve(parts.config, catalog)
        assert topology.images.realm_import is None
        assert not [store for store in topology.stores if store.owner == "auth"]

    def test_its_job_reaches_the_product_and_nothing_else(self, catalog: Catalog) -> None:
        parts, _ = composed(catalog)
        service = identity_service(catalog, realm_of(catalog))
        (path,) = realm_paths(parts, (service,))
        assert dict(path.source.labels) == {"app.kubernetes.io/name": "auth-realm"}
        assert dict(path.target.labels) == {"app.kubernetes.io/name": "auth-keycloak"}
        assert (path.source.namespace, path.target.namespace, path.ports) == (
            "year1-auth",
            "year1-auth",
            (8080,),
        )

    def test_a_client_id_may_look_like_a_number(self, catalog: Catalog) -> None:
        (provider,) = realm_of(
            catalog, external=external(identity_providers={"github": {"client_id": 12345678}})
        ).providers
        assert provider.client_id == "12345678"

    def test_the_image_of_its_job_is_part_of_the_topology(self, catalog: Catalog) -> None:
        there = topology_of(catalog, extract=with_drivers(catalog, {"auth": "identity-service"}))
        before = topology_of(catalog, extract=with_drivers(catalog, {"auth": "oidc"}))
        assert (there.images.realm_import, before.images.realm_import) == (IMAGE, None)


class TestProduct:
    """What Keycloak 26 asks of its surroundings; the paths of one product stand in several places."""

    def test_every_path_is_below_the_products_own(self, catalog: Catalog) -> None:
        service = catalog.domain("auth").last.service
        assert service is not None
        assert service.realm is not None
        (keycloak,) = service.workloads
        path = service.realm.path
        assert service.issuer_path == f"{path}/realms/{service.realm.name}"
        assert service.jwks_path == f"{service.issuer_path}/protocol/openid-connect/certs"
        assert keycloak.settings["KC_HOSTNAME"] == "{public_url}" + path
        assert (keycloak.health_path, keycloak.live_path) == (f"{path}/health/ready", f"{path}/health/live")

    def test_the_public_reaches_the_realm_and_never_its_administration(self, catalog: Catalog) -> None:
        topology = topology_of(catalog, extract=with_drivers(catalog, {"auth": "identity-service"}))
        open_paths = [route.path_prefix for route in topology.routes if route.owner == "auth"]
        assert open_paths == ["/identity/realms/pmt", "/identity/resources"]
        closed = ("/identity/admin", "/identity/realms/master", "/identity/metrics", "/identity/health")
        assert not [path for path in closed if path.startswith(tuple(open_paths))]

    def test_only_what_is_settled_at_run_time_is_set(self, catalog: Catalog) -> None:
        (keycloak,) = catalog.domain("auth").last.service.workloads  # type: ignore[union-attr]
        assert "--optimized" in keycloak.command
        assert {"KC_HEALTH_ENABLED", "KC_HTTP_RELATIVE_PATH", "KC_FEATURES"} & set(keycloak.settings) == set()
        assert (keycloak.settings["KC_DB"], keycloak.settings["KC_PROXY_HEADERS"]) == (
            "postgres",
            "xforwarded",
        )
        assert [(use.variable, use.form) for use in keycloak.stores] == [("KC_DB_URL", "jdbc")]

    def test_clients_secrets_reach_the_realms_job_and_not_the_product(self, catalog: Catalog) -> None:
        given = {"google": GOOGLE, "github": GITHUB, "saml": SAML}
        service = identity_service(catalog, realm_of(catalog, external=external(identity_providers=given)))
        assert not service.workloads[0].secrets
        assert service.secret_users == {
            "OIDC_GITHUB_CLIENT_SECRET": ("auth-realm",),
            "OIDC_GOOGLE_CLIENT_SECRET": ("auth-realm",),
        }

    def test_its_administrator_lives_with_its_store_even_parked(self, catalog: Catalog) -> None:
        flags = {"auth": {"phase": "oidc", "parked": True}}
        for section in (
            with_drivers(catalog, {"auth": "identity-service"}),
            with_drivers(catalog, {}, **flags),
        ):
            topology = topology_of(catalog, extract=section)
            (store,) = (store for store in topology.stores if store.owner == "auth")
            assert store.administrator == "administrator"

    def test_a_missing_secret_names_the_job_that_needs_it(self, catalog: Catalog) -> None:
        config = configured(extract=with_drivers(catalog, {"auth": "identity-service"}))
        service = identity_service(
            catalog, realm_of(catalog, external=external(identity_providers={"google": GOOGLE}))
        )
        topology = resolve(config, catalog).model_copy(update={"services": (service,)})
        with pytest.raises(Refusal) as caught:
            check_secrets(config.model_copy(update={"environment": Environment.DEV}), topology)
        assert str(caught.value.key).endswith("application_secrets.OIDC_GOOGLE_CLIENT_SECRET")
        assert "auth-realm cannot start without it" in str(caught.value)


@pytest.mark.parametrize(
    ("providers", "key", "reason", "fix"),
    [
        pytest.param({"gogle": GOOGLE}, ".gogle", "knows such a provider", "did you mean `google`?", id="alias"),
        pytest.param({"google": {}}, ".google.client_id", "is missing", "client_id: pmt.apps", id="no client id"),
        pytest.param(
            {"google": {"client_id": '"$(env:PATH)"'}}, ".google.client_id", "id the provider gave out",
            "client_id: pmt.apps", id="client id that is none",
        ),
        pytest.param(
            {"google": GOOGLE | {"client_secret": "x"}}, ".google.client_secret", "not known", "client_id",
            id="secret in the clear",
        ),
        pytest.param(
            {"saml": {"client_id": "pmt"}}, ".saml.metadata_url", "trusted by what it publishes",
            "metadata_url: https://idp", id="SAML without metadata",
        ),
        pytest.param(
            {"saml": {**SAML, "login_url": None}}, ".saml.login_url", "trusted by what it publishes",
            "login_url: https://idp", id="SAML without an address to log in",
        ),
        pytest.param(
            {"saml": {**SAML, "metadata_url": "http://idp.example.com"}}, ".saml.metadata_url", "HTTPS",
            "metadata_url: https://idp", id="SAML over plain HTTP",
        ),
        pytest.param(
            {"google": GOOGLE | {"login_url": "https://idp.example.com"}}, ".google.login_url", "secret alone",
            "remove it", id="Google with what SAML has",
        ),
        pytest.param("google", "", "must be a mapping", "client_id: pmt.apps", id="text for the providers"),
    ],
)  # fmt: skip
def test_a_provider_that_does_not_fit_is_refused(
    catalog: Catalog, providers: Any, key: str, reason: str, fix: str
) -> None:
    with pytest.raises(Refusal) as caught:
        # In any phase: what is wrong now must not wait for the day it is needed.
        topology_of(catalog, external=external(identity_providers=providers))
    assert caught.value.key == f"service-extraction:external.identity_providers{key}"
    assert reason in caught.value.problem
    assert fix in caught.value.fix


def test_providers_beside_an_issuer_outside_are_refused(catalog: Catalog) -> None:
    both = external(identity_issuer="https://login.example.com", identity_providers={"google": GOOGLE})
    with pytest.raises(Refusal, match="outside and has providers of its own"):
        check_identity_providers(compose(configured(external=both), catalog))


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com",
        "login.example.com",
        "https://login.example.com#a",
        "https://",
        "ftp://x.com",
        1,
    ],
)
def test_an_issuer_outside_is_an_https_url(catalog: Catalog, url: object) -> None:
    with pytest.raises(Refusal) as caught:
        topology_of(catalog, external=external(identity_issuer=url))
    assert caught.value.key == "service-extraction:external.identity_issuer"
    assert "identity_issuer: https://login.example.com" in caught.value.fix


def test_a_realm_without_the_image_of_its_job_is_refused(catalog: Catalog) -> None:
    images = {name: image for name, image in values()["images"].items() if name != "realm_import"}
    section = with_drivers(catalog, {"auth": "identity-service"})
    with pytest.raises(Refusal) as caught:
        topology_of(catalog, images=images, extract=section)
    assert caught.value.key == "service-extraction:images.realm_import"
    assert "keycloak-config-cli" in caught.value.fix
