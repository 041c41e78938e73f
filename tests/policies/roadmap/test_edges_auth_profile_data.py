"""Where `auth-profile-data` begins and ends: what a realm keeps, whose database auth uses, which tables move along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, kube, secret, value
from .small import Objects, move, told


def realm(*attributes: Any, profile: Mapping[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    """A realm whose profile has these attributes; `profile` says more of it."""
    named = [{"name": item} if isinstance(item, str) else item for item in attributes]
    return {"realm": "pmt", "userProfile": {"attributes": named, **(profile or {})}, **rest}


def carrier(document: Any, key: str = "realm.json", *, owner: str = "auth", name: str = "settings") -> Any:
    return kube("ConfigMap", name, owner=owner, data={key: document})


def written(*documents: Any, **rest: Any) -> Any:
    """A ConfigMap with one realm, or with a list of several documents."""
    return carrier(json.dumps(documents[0] if len(documents) == 1 else documents), **rest)


def says(reason: str, name: str = "settings", key: str = "realm.json") -> str:
    return f"ConfigMap {name}: ConfigMap {name} ({key}): {reason}"


FIRST = "attribute firstName belongs to a profile"
NOT_KNOWN = "ConfigMap settings: ConfigMap settings holds a realm that is not known yet"
USERS = [{"username": "ada"}]
STORAGE, KEYS = "org.keycloak.storage.UserStorageProvider", "org.keycloak.keys.KeyProvider"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([written(realm("username", "email", "role"))], [], id="what one logs in by"),
        pytest.param([written(realm("firstName"))], [says(FIRST)], id="a name"),
        pytest.param([written(realm("email", "firstName", "lastName"))],
                     [says(FIRST), says("attribute lastName belongs to a profile")], id="two names"),
        pytest.param([written(realm("firstName"), key="import.json")], [says(FIRST, key="import.json")],
                     id="a file of another name"),
        pytest.param([kube("Secret", "settings", owner="auth",
                           stringData={"realm.json": secret(json.dumps(realm("firstName")))})],
                     [says(FIRST).replace("ConfigMap", "Secret")], id="in a Secret"),
        pytest.param([written(realm("firstName"), owner="ai")], [], id="another owner's"),
        pytest.param([kube("ConfigMap", "settings", data={"realm.json": json.dumps(realm("firstName"))})], [],
                     id="nobody's"),
        pytest.param([carrier("{"), written(realm("firstName"), name="second")], [says(FIRST, "second")],
                     id="behind what is no JSON"),
        pytest.param([carrier("3"), written(realm("firstName"), name="second")], [says(FIRST, "second")],
                     id="behind a number"),
        pytest.param([written(1, '"realm"', {"id": "x"}, realm("firstName"))], [says(FIRST)],
                     id="in a list behind what is no realm"),
        pytest.param([written({"userProfile": {"attributes": [{"name": "firstName"}]}})], [],
                     id="no realm at all"),
        pytest.param([written(realm(profile={"unmanagedAttributePolicy": "ENABLED"}))],
                     [says("users may have attributes that nothing names")], id="any attribute"),
        pytest.param([written(realm(profile={"unmanagedAttributePolicy": "DISABLED"}))], [], id="no attribute beside"),
        pytest.param([written(realm(users=USERS))], [says("it holds users")], id="users"),
        pytest.param([written(realm(users=[]))], [], id="an empty list of users"),
        pytest.param([written(realm(components={KEYS: [{"name": "rsa"}], STORAGE: [{"name": "old"}]}))],
                     [says("it federates users from another store")], id="federation"),
        pytest.param([written(realm(components={STORAGE: []}))], [], id="an empty list of federations"),
        pytest.param([written(realm(components={KEYS: [{"name": "rsa"}]}))], [], id="other components"),
        pytest.param([carrier(UNKNOWN)], [NOT_KNOWN], id="a realm that only the update will know"),
        pytest.param([carrier(UNKNOWN, "pmt-realm.json")], [NOT_KNOWN], id="the same, named as an import is"),
        pytest.param([carrier(UNKNOWN, "password")], [], id="something else that only the update will know"),
        pytest.param([kube("ConfigMap", "settings", owner="auth",
                           data={"realm.json": UNKNOWN, "second.json": json.dumps(realm("firstName"))})],
                     [says(FIRST, key="second.json"), NOT_KNOWN], id="an unknown one before a known one"),
    ],
)  # fmt: skip
def test_a_realm(objects: Objects, expected: list[str]) -> None:
    assert told("auth-profile-data", objects) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(["firstName"], ["attribute email belongs to a profile"], id="others instead"),
        pytest.param(["firstName", "email"], [], id="others beside"),
        pytest.param([], ["attribute email belongs to a profile", FIRST], id="none"),
        pytest.param([["firstName"], "email"], [FIRST], id="something else than a name"),
    ],
)
def test_attributes_that_the_configuration_names(attributes: Any, expected: list[str]) -> None:
    found = told("auth-profile-data", [written(realm("email", "firstName"))], attributes=attributes)
    assert found == [says(item) for item in expected]


def keycloak(
    *env: Any, name: str = "keycloak", image: str = "quay.io/keycloak/keycloak:26", **rest: Any
) -> Any:
    return deployment(name, owner=rest.pop("owner", "auth"), image=image, env=env, **rest)


UNSTATED = (
    "Deployment keycloak: nothing says which attributes the realm keeps; by default names are among them"
)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([keycloak()], [UNSTATED], id="no realm"),
        pytest.param([keycloak(), keycloak(name="second")], [UNSTATED], id="two workloads of it"),
        pytest.param([keycloak(), written({"realm": "pmt"})], [UNSTATED], id="a realm without a profile"),
        pytest.param([keycloak(), written(realm())], [], id="a realm with a profile"),
        pytest.param([keycloak(), written(realm(), {"realm": "other"})], [], id="a profile before a realm without"),
        pytest.param([keycloak(), carrier(UNKNOWN)], [NOT_KNOWN], id="a realm that is not known yet"),
        pytest.param([keycloak(), written(realm(), owner="ai")], [UNSTATED], id="a realm of another owner"),
        pytest.param([keycloak(pod={"containers": [{"name": "a", "image": "haproxy:3"},
                                                   {"name": "b", "image": "keycloak"}]})],
                     [UNSTATED], id="beside a proxy"),
        pytest.param([keycloak(image="zitadel:4")], [], id="another product"),
        pytest.param([keycloak(owner="ai")], [], id="another owner's"),
        pytest.param([keycloak(kind="Job")], [], id="a job"),
    ],
)  # fmt: skip
def test_a_keycloak_is_told_what_to_keep(objects: Objects, expected: list[str]) -> None:
    assert told("auth-profile-data", objects) == expected


def postgres(owner: str | None, kind: str = "Cluster") -> Any:
    return kube(kind, "pg", owner=owner, spec={"instances": 1})


URL = value("DATABASE_URL", "postgres://u@pg-rw:5432/app")
BACKFILL = {"app.kubernetes.io/name": "auth-backfill"}
MOVES = move(auth={"phase": "identity-service", "backfill": "forward"})


def uses(name: str = "api", kind: str = "Deployment") -> str:
    return f"{kind} {name}: {name} uses Cluster pg"


def api(name: str = "api", owner: str | None = "auth", **rest: Any) -> Any:
    return deployment(name, owner=owner, env=[URL], **rest)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([postgres("monolith"), api()], [uses()], id="the monolith's database"),
        pytest.param([postgres("monolith"), api("first", "ai"), api(), api("last")], [uses(), uses("last")],
                     id="two workloads behind another owner's"),
        pytest.param([postgres("auth"), api()], [], id="its own database"),
        pytest.param([postgres("ai"), api()], [], id="another service's database"),
        pytest.param([kube("Cluster", "monolith", spec={"instances": 1}),
                      deployment("api", owner="auth", env=[value("DATABASE_URL", "postgres://u@monolith-rw:5432/app")])],
                     [], id="a database that is only called so"),
        pytest.param([api()], [], id="a database that nothing declares"),
        pytest.param([postgres("monolith"), api(owner="monolith")], [], id="the monolith itself"),
        pytest.param([kube("RabbitmqCluster", "rabbit", owner="monolith", spec={}),
                      deployment("api", owner="auth", env=[value("EVENTS_URL", "amqp://u@rabbit:5672/")])], [],
                     id="the monolith's broker"),
        pytest.param([MOVES, postgres("monolith"), api("auth-backfill", kind="Job", labels=BACKFILL)], [],
                     id="the Job of an open data move"),
        pytest.param([MOVES, postgres("monolith"), api("auth-backfill", kind="Job", labels=BACKFILL), api()], [uses()],
                     id="a workload beside that Job"),
        pytest.param([move(), postgres("monolith"), api("auth-backfill", kind="Job", labels=BACKFILL)],
                     [uses("auth-backfill", "Job")], id="that Job, and no data moves"),
    ],
)  # fmt: skip
def test_whose_database_auth_uses(objects: Objects, expected: list[str]) -> None:
    assert told("auth-profile-data", objects) == expected


def grants(*rows: str) -> Any:
    return kube("ConfigMap", "grants", owner="monolith",
                data={"grants.sql": f"INSERT INTO wanted_table VALUES {', '.join(rows)};"})  # fmt: skip


def may_read(role: str, what: str) -> str:
    return f"ConfigMap grants: ConfigMap grants: {role} may read {what}"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(["('auth_backfill', 'user_credentials', false)"], [], id="a table that moves"),
        pytest.param(["('auth_backfill', 'users', false)"], [may_read("auth_backfill", "table users")],
                     id="a table that stays"),
        pytest.param(["('auth_backfill', 'user_credentials', true)", "('ai_backfill', 'users', true)",
                      "('auth_backfill', 'users', true)", "('auth_reader', 'projects', true)"],
                     [may_read("auth_backfill", "table users"), may_read("auth_reader", "table projects")],
                     id="two tables behind others"),
        pytest.param(["('ai_backfill', 'users', false)"], [], id="another domain's role"),
        pytest.param(["('not_auth_backfill', 'users', false)"], [], id="a role that only ends so"),
        pytest.param(["('authors', 'users', false)"], [], id="a role that only begins alike"),
        pytest.param(["('auth_backfill')"], [may_read("auth_backfill", "a table that is not known")],
                     id="a role alone"),
        pytest.param(["('auth_backfill', lower('USERS'))"],
                     [may_read("'auth_backfill', lower('USERS')", "a table that is not known")],
                     id="a table that is worked out where it runs"),
    ],
)  # fmt: skip
def test_tables_that_a_role_of_auth_may_read(rows: list[str], expected: list[str]) -> None:
    assert told("auth-profile-data", [grants(*rows)]) == expected


def test_other_rows_are_no_tables() -> None:
    views = kube("ConfigMap", "views", owner="monolith",
                 data={"views.sql": "INSERT INTO wanted_view VALUES ('auth_backfill', 'users', false);"})  # fmt: skip
    assert told("auth-profile-data", [views]) == []
