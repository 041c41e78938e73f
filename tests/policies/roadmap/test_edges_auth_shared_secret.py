"""Where `auth-shared-secret` begins and ends: who reads whose key, whose keys are equal, who knows no public keys."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment, from_config, from_secret, kube, resource, secret, service, value
from .small import Objects, move, route, told

SIGNING = {"app.kubernetes.io/component": "signing-key"}
PRIVATE = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"


def held(owner: str | None = "monolith", name: str = "key", *, kind: str = "Secret", **data: Any) -> Any:
    """A Secret of an owner; its values are secret to the engine, too."""
    marked = {key: UNKNOWN if text is UNKNOWN else secret(text) for key, text in data.items()}
    return kube(kind, name, owner=owner, stringData=marked)


def key(owner: str | None = "monolith", name: str = "key", **rest: Any) -> Any:
    return kube(
        "Secret", name, owner=owner, labels=SIGNING, stringData={"pem": secret("x"), "key.pub": "y"}, **rest
    )


def certificate(of_type: str) -> Any:
    return kube("Secret", "key", owner="monolith", type=of_type, stringData={"tls.key": secret(PRIVATE)})


def api(*env: Any, owner: str | None = "ai", name: str = "ai-api", **rest: Any) -> Any:
    return deployment(name, owner=owner, env=env, **rest)


def reads(
    reader: str = "ai-api", owner: str | None = "ai", of: str = "Secret key", theirs: str | None = "monolith"
) -> str:
    both = ", ".join(item for item in (owner, theirs) if item)
    return (
        f"Deployment {reader} ({both}): {reader} (owner {owner or 'nobody'}) → {of} (owner {theirs or 'nobody'}): "
        "a key that signs tokens stays with its owner; validate by JWKS"
    )


PEM = from_secret("KEY", "key", "pem")


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([key(), api(PEM)], [reads()], id="another owner's signing key"),
        pytest.param([key(), api(PEM, owner="monolith")], [], id="its owner"),
        pytest.param([key(), api(PEM, owner=None)], [reads(owner=None)], id="a workload of nobody"),
        pytest.param([key(owner=None), api(PEM)], [reads(theirs=None)], id="a key of nobody"),
        pytest.param([key(owner=None), api(PEM, owner=None)], [], id="nobody's key and workload"),
        pytest.param([key(), api(from_secret("KEY", "key", "key.pub"))], [], id="its public half"),
        pytest.param([key(), api(from_secret("A", "key", "key.pub"), PEM)], [reads()],
                     id="its public half before the private one"),
        pytest.param([key(), api(PEM, from_secret("A", "key", "pem"))], [reads()], id="twice"),
        pytest.param([key(), api(from_secret("A", "elsewhere", "pem"), from_secret("B", "plain", "pem"), PEM),
                      held(name="plain", pem="x")], [reads()], id="behind other Secrets"),
        pytest.param([key(), api(PEM), api(PEM, name="b", owner="b")], [reads(), reads("b", "b")], id="two readers"),
        pytest.param([key(), key(name="second"), api(PEM, from_secret("B", "second", "pem"))],
                     [reads(), reads(of="Secret second")], id="two keys"),
        pytest.param([kube("Secret", "key", owner="monolith", labels=SIGNING, stringData=UNKNOWN),
                      api(env_from=[{"secretRef": {"name": "key"}}])], [reads()],
                     id="all keys of one whose content is not known yet"),
        pytest.param([kube("SealedSecret", "key", owner="monolith", spec={"encryptedData": {"JWT_SECRET": "AgB"}}),
                      api(from_secret("S", "key", "JWT_SECRET"))], [reads(of="SealedSecret key")],
                     id="one that a controller makes"),
        pytest.param([held(JWT_SECRET="x"), api(from_secret("S", "key", "JWT_SECRET"))], [reads()],
                     id="one that is called so"),
        pytest.param([held(pem=PRIVATE), api(PEM)], [reads()], id="one that is a private key"),
        pytest.param([held(a=UNKNOWN, pem="x"), api(PEM)], [], id="one that is neither"),
        pytest.param([held(a="x", b="y", JWT_SECRET="z"), api(from_secret("S", "key", "JWT_SECRET"))], [reads()],
                     id="called so behind others"),
        pytest.param([certificate("kubernetes.io/tls"), api(from_secret("S", "key", "tls.key"))], [],
                     id="a server's own certificate"),
        pytest.param([certificate("Opaque"), api(from_secret("S", "key", "tls.key"))], [reads()],
                     id="a private key of no stated type"),
        pytest.param([key(type="kubernetes.io/tls"), api(PEM)], [reads()], id="a certificate that is said to sign"),
    ],
)  # fmt: skip
def test_a_key_is_read(objects: Objects, expected: list[str]) -> None:
    assert told("auth-shared-secret", objects) == expected


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        *((name, True) for name in ("JWT_SECRET", "token.key", "session-secret", "signingKey", "SECRET_KEY")),
        *((name, True) for name in ("JWT_HS256_SECRET", "TOKEN_KEYS", "OIDC_TOKEN_SECRET")),
        *((name, False) for name in ("JWT_PUBLIC_KEY", "JWT_KEY_FILE", "TOKEN_KEY_PATH", "JWT_KEY_URI", "JWT_KEY_ID")),
        *((name, False) for name in ("MY_SECRET_KEY", "JWT_ISSUER", "API_KEY", "signing-key.pub", "token-key.crt")),
    ],
)  # fmt: skip
def test_what_signs_by_its_name(name: str, signs: bool) -> None:
    found = told("auth-shared-secret", [held(**{name: "x"}), held("ai", "other", **{name: "x"})])
    assert bool(found) == signs


def equal(*holders: str, first: str = "Secret a", owners: str = "ai, analytics") -> str:
    return f"{first} ({owners}): {', '.join(holders)} hold one and the same token secret; validate by JWKS"


AI, ANALYTICS = "Secret a (owner ai)", "Secret b (owner analytics)"
BOTH = equal(AI, ANALYTICS)


def made_from(source: Any, owner: str, name: str, of: str = "stringData", **data: Any) -> Any:
    """A Secret with a key that only the update will know, since it comes from another resource."""
    return kube("Secret", name, owner=owner, stringData=data or {"JWT_SECRET": UNKNOWN}, uses={of: [source]})


RANDOM = resource("random:index/randomPassword:RandomPassword", "token", {})
KEY_PAIR = resource("tls:index/privateKey:PrivateKey", "pair", {})
FILE = resource("local:index/file:File", "file", {})


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([held("ai", "a", JWT_SECRET="x"), held("analytics", "b", TOKEN_KEY="x")], [BOTH], id="one value"),
        pytest.param([held("ai", "a", JWT_SECRET="x"), held("analytics", "b", JWT_SECRET="y")], [], id="two values"),
        pytest.param([held("ai", "a", JWT_SECRET="x"), held("ai", "b", JWT_SECRET="x")], [], id="one owner"),
        pytest.param([held("ai", "a", JWT_SECRET="x"), held(None, "b", JWT_SECRET="x")], [], id="nobody's"),
        pytest.param([held(None, "0", JWT_SECRET="x"), held("ai", "a", JWT_SECRET="x"),
                      held("analytics", "b", JWT_SECRET="x")], [BOTH], id="two owners' behind nobody's"),
        pytest.param([held("ai", "a", JWT_SECRET="x"), held("ai", "a2", JWT_SECRET="x"),
                      held("analytics", "b", JWT_SECRET="x")], [BOTH], id="twice with one of two owners"),
        pytest.param([held("ai", "a", JWT_SECRET="x"), held("analytics", "b", JWT_SECRET="x"),
                      held("monolith", "c", JWT_SECRET="x")],
                     [equal(AI, ANALYTICS, "Secret c (owner monolith)", owners="ai, analytics, monolith")],
                     id="three owners"),
        pytest.param([held("ai", "a", JWT_SECRET="x", TOKEN_KEY="y"),
                      held("analytics", "b", JWT_SECRET="x", TOKEN_KEY="y")], [BOTH], id="two values of the same two"),
        pytest.param([held("ai", "a", JWT_SECRET="x"), held("analytics", "b", JWT_SECRET="x"),
                      held("ai", "c", JWT_SECRET="y"), held("analytics", "d", JWT_SECRET="y")],
                     [BOTH, equal("Secret c (owner ai)", "Secret d (owner analytics)", first="Secret c")],
                     id="two pairs"),
        pytest.param([held("ai", "a", JWT_SECRET=UNKNOWN), held("analytics", "b", JWT_SECRET=UNKNOWN)], [],
                     id="values that are not known yet"),
        pytest.param([held("ai", "a", JWT_SECRET=""), held("analytics", "b", JWT_SECRET="")], [], id="empty values"),
        pytest.param([held("ai", "a", pem=PRIVATE), held("analytics", "b", other=PRIVATE)], [BOTH],
                     id="one private key under two names"),
        pytest.param([held("ai", "a", JWT_SECRET="x", realm="pmt"),
                      held("analytics", "b", JWT_SECRET="y", realm="pmt")], [], id="equal in something else"),
        pytest.param([held("ai", "a", JWT_PUBLIC_KEY="x"), held("analytics", "b", JWT_PUBLIC_KEY="x")], [],
                     id="one public key"),
        pytest.param([held("ai", "a", password="x"), held("analytics", "b", password="x")], [],
                     id="equal, and for something else"),
        pytest.param([key("ai", "a"), key("analytics", "b")], [], id="said to sign, by values of any name"),
    ],
)  # fmt: skip
def test_keys_are_equal(objects: Objects, expected: list[str]) -> None:
    assert told("auth-shared-secret", objects) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([RANDOM, made_from(RANDOM, "ai", "a"), made_from(RANDOM, "analytics", "b")], [BOTH],
                     id="a random value"),
        pytest.param([KEY_PAIR, made_from(KEY_PAIR, "ai", "a"), made_from(KEY_PAIR, "analytics", "b", "data")], [BOTH],
                     id="a pair of keys"),
        pytest.param([RANDOM, made_from(RANDOM, "ai", "a"), made_from(RANDOM, "ai", "b")], [], id="with one owner"),
        pytest.param([RANDOM, KEY_PAIR, made_from(RANDOM, "ai", "a"), made_from(KEY_PAIR, "analytics", "b")], [],
                     id="two sources"),
        pytest.param([FILE, made_from(FILE, "ai", "a"), made_from(FILE, "analytics", "b")], [],
                     id="a source that makes no keys"),
        pytest.param([made_from(RANDOM, "ai", "a"), made_from(RANDOM, "analytics", "b")], [],
                     id="a source that is not in the stack"),
        pytest.param([RANDOM, made_from(RANDOM, "ai", "a", "metadata"),
                      made_from(RANDOM, "analytics", "b", "metadata")], [], id="only the name comes from there"),
        pytest.param([RANDOM, *(kube("Secret", name, owner=owner, stringData={"JWT_SECRET": UNKNOWN},
                                     uses={"metadata": [FILE], "stringData": [FILE, RANDOM]})
                                for name, owner in (("a", "ai"), ("b", "analytics")))],
                     [BOTH], id="behind other sources"),
        pytest.param([RANDOM, made_from(RANDOM, "ai", "a", password=UNKNOWN),
                      made_from(RANDOM, "analytics", "b", password=UNKNOWN)], [], id="for something else"),
    ],
)  # fmt: skip
def test_keys_are_made_from_one_source(objects: Objects, expected: list[str]) -> None:
    assert told("auth-shared-secret", objects) == expected


TOLD = equal("Deployment ai-api (owner ai)", "Deployment b (owner analytics)", first="Deployment ai-api")
JWT = value("JWT_SECRET", "x")
OTHER: dict[str, Any] = {"name": "b", "owner": "analytics"}
NOTES = {"token-keys.txt": "how to\nrotate them"}


def with_files(owner: str, name: str, content: dict[str, str], carrier: str) -> list[Any]:
    mounts = {"volumes": [{"name": "v", "configMap": {"name": carrier}}]}
    return [
        kube("ConfigMap", carrier, owner=owner, data=content),
        deployment(name, owner=owner, pod=mounts),
    ]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([api(JWT), api(value("TOKEN_SECRET", "x"), **OTHER)], [TOLD], id="two workloads"),
        pytest.param([api(value("A", "1"), JWT), api(value("A", "1"), JWT, **OTHER)], [TOLD],
                     id="behind other variables"),
        pytest.param([api(JWT), api(value("JWT_SECRET", "y"), **OTHER)], [], id="two values"),
        pytest.param([api(JWT), api(JWT, name="b")], [], id="one owner"),
        pytest.param([api(JWT, owner=None), api(JWT, name="b")], [], id="a workload of nobody"),
        *(
            pytest.param([api(value(name, text)), api(value(name, text), **OTHER)], [], id=what)
            for name, text, what in (
                ("JWT_SECRET", "", "empty"),
                ("JWT_SECRET", UNKNOWN, "not known yet"),
                ("JWT_PUBLIC_KEY", "x", "a public key"),
                ("REALM", "x", "something else"),
            )
        ),
        pytest.param([held("analytics", "b", JWT_SECRET="x"), api(JWT)],
                     [equal(ANALYTICS, "Deployment ai-api (owner ai)", first="Secret b", owners="analytics, ai")],
                     id="a workload and a Secret"),
        pytest.param([kube("ConfigMap", "c", owner="ai", data={"s": "x"}), api(from_config("JWT_SECRET", "c", "s")),
                      api(JWT, **OTHER)], [TOLD], id="from a ConfigMap"),
        pytest.param([*with_files("ai", "ai-api", {"jwt-secret": "x"}, "a"),
                      *with_files("analytics", "b", {"jwt-secret": "x"}, "c")], [TOLD], id="files of one line"),
        pytest.param([*with_files("ai", "ai-api", NOTES, "a"), *with_files("analytics", "b", NOTES, "c")], [],
                     id="files of several lines"),
    ],
)  # fmt: skip
def test_workloads_are_told_one_key(objects: Objects, expected: list[str]) -> None:
    assert told("auth-shared-secret", objects) == expected


def test_who_reads_a_key_by_its_name_holds_it_too() -> None:
    objects = [held(JWT_SECRET="x"), api(from_secret("JWT_SECRET", "key", "JWT_SECRET"))]
    holders = ("Secret key (owner monolith)", "Deployment ai-api (owner ai)")
    assert told("auth-shared-secret", objects) == [
        reads(),
        equal(*holders, first="Secret key", owners="monolith, ai"),
    ]


def public(domain: str, *env: Any, owner: str | None = None, **rest: Any) -> list[Any]:
    """A service of a domain that runs and answers a public path."""
    name = f"{domain}-api"
    return [
        route(domain, f"/api/{domain}", {"name": name, "namespace": domain}),
        service(name, name, 8000, namespace=domain, owner=owner or domain),
        deployment(name, namespace=domain, owner=domain, env=env, **rest),
    ]


def without(domain: str) -> str:
    return (
        f"ExtractionRoadmap roadmap ({domain}): {domain} answers public requests, and nothing of it knows where the "
        "issuer's public keys are (JWKS)"
    )


JWKS = value("JWKS_URL", "https://issuer.example/keys")


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param(public("ai", JWKS), [], id="public keys"),
        pytest.param(public("ai", value("A", "1"), value("oidc.jwks_uri", "https://issuer.example/keys")), [],
                     id="public keys, written another way"),
        pytest.param(public("ai", value("JWKS_URL", UNKNOWN)), [], id="public keys that are not known yet"),
        pytest.param(public("ai"), [without("ai")], id="no public keys"),
        pytest.param(public("ai", value("ISSUER", "https://issuer.example")), [without("ai")], id="only an issuer"),
        pytest.param(public("ai", value("JWKS_URL", "")), [without("ai")], id="an empty address"),
        pytest.param(public("ai", from_secret("JWKS_URL", "elsewhere", "jwks")), [without("ai")],
                     id="an address that nothing in the stack holds"),
        pytest.param([*public("ai"), *public("analytics", JWKS), *public("notifications")],
                     [without("ai"), without("notifications")], id="two of three"),
        pytest.param([*public("ai"), deployment("ai-jobs", namespace="ai", owner="ai", env=[JWKS])], [],
                     id="another workload of it knows them"),
        pytest.param([*public("ai"), api(JWKS, owner="analytics")], [without("ai")], id="another owner knows them"),
        pytest.param(public("auth"), [], id="the issuer itself"),
        pytest.param([*public("auth"), *public("notifications")], [without("notifications")], id="behind the issuer"),
        pytest.param([deployment("ai-api", owner="ai")], [], id="no public path"),
        pytest.param([deployment("ai-api", owner="ai"), *public("notifications")], [without("notifications")],
                     id="behind one without a public path"),
        pytest.param(public("ai", owner="monolith"), [], id="answered by the monolith"),
        pytest.param([route("lost", "/", {"name": "lost"}), service("lost", "lost", 80)], [], id="answered by nobody"),
        pytest.param(public("ai", kind="Job"), [], id="inside the monolith"),
        pytest.param([*public("ai", kind="Job"), *public("notifications")], [without("notifications")],
                     id="behind one inside the monolith"),
    ],
)  # fmt: skip
def test_public_keys_are_known(objects: Objects, expected: list[str]) -> None:
    assert told("auth-shared-secret", [move(), *objects]) == expected
