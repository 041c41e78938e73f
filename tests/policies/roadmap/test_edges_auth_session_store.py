"""Where `auth-session-store` begins and ends: caches of auth, caches that it uses, sessions outside, introspection."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, kube, service, value
from .small import Objects, told


def redis(owner: str | None, name: str = "redis", image: str = "redis:7", port: int = 6379) -> list[Any]:
    server = deployment(name, kind="StatefulSet", owner=owner, image=image, ports=[port])
    return [server, service(name, name, port, owner=owner)]


def keycloak(*env: Any, owner: str | None = "auth", name: str = "keycloak", **rest: Any) -> Any:
    return deployment(name, owner=owner, image="keycloak:26", env=env, **rest)


def api(*env: Any, owner: str | None = "ai", name: str = "api", **rest: Any) -> Any:
    return deployment(name, owner=owner, env=env, **rest)


OWN = "StatefulSet {0}: StatefulSet {0} is a cache of auth, and tokens need none"
URL = value("CACHE_URL", "redis://redis:6379/0")
USED = "Deployment {0}: {0} → env CACHE_URL → StatefulSet redis: the issuer keeps no session state in a cache"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(redis("auth"), [OWN.format("redis")], id="a cache of auth"),
        pytest.param([*redis("auth"), *redis("auth", "second")], [OWN.format("redis"), OWN.format("second")],
                     id="two caches of auth"),
        pytest.param(redis("monolith"), [], id="a cache of another owner"),
        pytest.param(redis("auth", image="postgres:16", port=5432), [], id="a database of auth"),
        pytest.param([*redis("monolith"), keycloak(URL)], [USED.format("keycloak")], id="another owner's cache, used"),
        pytest.param([*redis("monolith"), keycloak(URL), keycloak(URL, name="second")],
                     [USED.format("keycloak"), USED.format("second")], id="used by two workloads"),
        pytest.param([*redis("auth"), keycloak(URL)], [USED.format("keycloak"), OWN.format("redis")],
                     id="its own cache, used"),
        pytest.param([*redis("monolith"), api(URL, owner="monolith")], [], id="used by its owner"),
        pytest.param([*redis("monolith", image="postgres:16", port=5432),
                      keycloak(value("DATABASE_URL", "postgres://redis:5432/keycloak"))], [],
                     id="a database, used"),
    ],
)  # fmt: skip
def test_caches(objects: Objects, expected: list[str]) -> None:
    assert told("auth-session-store", objects) == expected


OUTSIDE = "Deployment {0}: Deployment {0} keeps sessions outside ({1})"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([keycloak(value("KC_CACHE_REMOTE_HOST", "ispn"))],
                     [OUTSIDE.format("keycloak", "KC_CACHE_REMOTE_HOST")], id="a variable"),
        pytest.param([keycloak(value("KC_CACHE_REMOTE_HOST", UNKNOWN))],
                     [OUTSIDE.format("keycloak", "KC_CACHE_REMOTE_HOST")], id="a variable that is not known yet"),
        pytest.param([keycloak(value("KC_SPI_CONNECTIONS_INFINISPAN_QUARKUS_SITE_NAME", "a"))],
                     [OUTSIDE.format("keycloak", "KC_SPI_CONNECTIONS_INFINISPAN_QUARKUS_SITE_NAME")],
                     id="a setting of its own connections"),
        pytest.param([keycloak(container={"args": ["start", "--cache-remote-host=ispn"]})],
                     [OUTSIDE.format("keycloak", "cache-remote-host")], id="an option"),
        pytest.param([keycloak(container={"args": ["start", "--cache-remote-port", "11222"]})],
                     [OUTSIDE.format("keycloak", "cache-remote-port")], id="an option with its value behind"),
        pytest.param([kube("ConfigMap", "settings", owner="auth",
                           data={"keycloak.conf": "cache-remote-host=ispn\nlog=file\n"}),
                      keycloak(pod={"volumes": [{"name": "c", "configMap": {"name": "settings"}}]})],
                     [OUTSIDE.format("keycloak", "cache-remote-host")], id="a file"),
        pytest.param([keycloak(value("KC_CACHE_REMOTE_HOST", "x"), value("KC_CACHE_REMOTE_PORT", "11222"))],
                     [OUTSIDE.format("keycloak", "KC_CACHE_REMOTE_HOST"),
                      OUTSIDE.format("keycloak", "KC_CACHE_REMOTE_PORT")], id="two variables"),
        pytest.param([api(), keycloak(value("KC_CACHE_REMOTE_HOST", "x"))],
                     [OUTSIDE.format("keycloak", "KC_CACHE_REMOTE_HOST")], id="behind a workload that says nothing"),
        pytest.param([keycloak(value("KC_CACHE", "ispn"), value("MY_KC_CACHE_REMOTE_HOST", "x"))], [],
                     id="variables that say something else"),
        pytest.param([api(value("KC_CACHE_REMOTE_HOST", "x"))], [], id="another owner's"),
        pytest.param([api(value("KC_CACHE_REMOTE_HOST", "x"), owner=None)], [], id="nobody's"),
    ],
)  # fmt: skip
def test_sessions_outside(objects: Objects, expected: list[str]) -> None:
    assert told("auth-session-store", objects) == expected


ASKS = "Deployment {0}: Deployment {0} asks the issuer about each token ({1}); tokens are self-contained"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        *(
            pytest.param([api(value(name, "http://auth/introspect"))], [ASKS.format("api", name)], id=name)
            for name in (
                "INTROSPECTION_URL", "OIDC_INTROSPECTION_ENDPOINT", "oidc.introspection-uri", "introspectionUri",
                "TOKEN_INTROSPECTION",
            )
        ),
        pytest.param([api(value("INTROSPECTION_URL", "x"), owner="monolith")],
                     [ASKS.format("api", "INTROSPECTION_URL")], id="the monolith"),
        pytest.param([api(value("TOKEN_INTROSPECTION", UNKNOWN), value("INTROSPECTION_URL", "x"))],
                     [ASKS.format("api", "INTROSPECTION_URL"), ASKS.format("api", "TOKEN_INTROSPECTION")],
                     id="two variables"),
        pytest.param([api(value("INTROSPECTION_URL", "x")), api(value("INTROSPECTION_URL", "x"), name="b", owner="b")],
                     [ASKS.format("api", "INTROSPECTION_URL"), ASKS.format("b", "INTROSPECTION_URL")],
                     id="two owners"),
        pytest.param([api(value("INTROSPECTION_URL_TIMEOUT", "3"), value("ISSUER_URL", "x"))], [],
                     id="variables that say something else"),
        pytest.param([keycloak(value("INTROSPECTION_URL", "x"))], [], id="the issuer itself"),
        pytest.param([api(value("INTROSPECTION_URL", "x"), owner=None)], [], id="a workload of nobody"),
    ],
)  # fmt: skip
def test_introspection(objects: Objects, expected: list[str]) -> None:
    assert told("auth-session-store", objects) == expected
