"""Where `auth-custom-provider` begins and ends: which images auth may run, and what of its pods is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, deployment
from .small import Objects, told

KEYCLOAK = "quay.io/keycloak/keycloak:26.4"
OURS = "registry.example/pmt/login:1"


def auth(*images: Any, name: str = "auth-api", **rest: Any) -> Any:
    """A workload of auth with a container of each image."""
    containers = [{"name": f"c{at}", "image": image} for at, image in enumerate(images)]
    return deployment(name, owner="auth", pod={"containers": containers, **rest.pop("pod", {})}, **rest)


def monolith(image: Any = "registry.example/pmt/monolith:7", **rest: Any) -> Any:
    return deployment("monolith-api", owner="monolith", image=image, **rest)


def runs(
    image: str, products: str = "keycloak, zitadel, hydra, authentik, dex", name: str = "auth-api"
) -> str:
    return f"Deployment {name}: Deployment {name} runs {image}, which is none of {products}"


OWN = "Deployment auth-api: Deployment auth-api runs the monolith's own image"
NOT_KNOWN = "Deployment auth-api: Deployment auth-api runs an image that is not known yet"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([auth(KEYCLOAK)], [], id="a known product"),
        pytest.param([auth("mirror.example:5000/x/zitadel@sha256:0f")], [], id="mirrored, by digest"),
        pytest.param([auth(OURS)], [runs("registry.example/pmt/login")], id="one of our own"),
        pytest.param([auth("registry.example:5000/pmt/login")], [runs("registry.example:5000/pmt/login")],
                     id="a registry with a port, no tag"),
        pytest.param([auth("registry.example/pmt/login:1@sha256:0f")], [runs("registry.example/pmt/login")],
                     id="tag and digest"),
        pytest.param([auth("login")], [runs("login")], id="a name alone"),
        pytest.param([auth("registry.example/keycloak/login:1")], [runs("registry.example/keycloak/login")],
                     id="a product's folder"),
        pytest.param([auth(KEYCLOAK, OURS, "login:1")], [runs("login"), runs("registry.example/pmt/login")],
                     id="two of our own beside a product"),
        pytest.param([auth(KEYCLOAK, pod={"initContainers": [{"name": "first", "image": OURS}]})],
                     [runs("registry.example/pmt/login")], id="our own before a product"),
        pytest.param([auth(OURS), auth("login", name="auth-worker")],
                     [runs("registry.example/pmt/login"), runs("login", name="auth-worker")], id="two workloads"),
        pytest.param([auth(KEYCLOAK, "haproxy:3")], [], id="a proxy beside a product"),
        pytest.param([auth("haproxy:3")], [], id="a proxy alone"),
        pytest.param([auth(UNKNOWN)], [NOT_KNOWN], id="an image that only the update will know"),
        pytest.param([auth(UNKNOWN, OURS)], [NOT_KNOWN, runs("registry.example/pmt/login")],
                     id="an unknown image before one of our own"),
        pytest.param([auth("")], [NOT_KNOWN], id="an empty image"),
        pytest.param([auth(None)], [NOT_KNOWN], id="no image"),
        pytest.param([monolith(), auth("registry.example/pmt/monolith:8")], [OWN], id="the monolith's, another tag"),
        pytest.param([monolith(), auth("registry.example/pmt/monolith@sha256:0f")], [OWN],
                     id="the monolith's, by digest"),
        pytest.param([monolith("r:5000/keycloak:1"), auth("r:5000/keycloak")], [OWN],
                     id="the monolith's, under a product's name"),
        pytest.param([monolith("r:5000/monolith:1"), auth("r:5000/login")], [runs("r:5000/login")],
                     id="another of the monolith's registry"),
        pytest.param([monolith("a.example/login:1"), auth("b.example/login:1")], [runs("b.example/login")],
                     id="the monolith's name in another registry"),
        pytest.param([monolith("haproxy:3"), auth(KEYCLOAK, "haproxy:3")], [],
                     id="a proxy that the monolith runs, too"),
        pytest.param([monolith(UNKNOWN), auth(KEYCLOAK)], [], id="the monolith's image is not known"),
        pytest.param([deployment("ai-api", owner="ai", image=OURS)], [], id="another owner's"),
        pytest.param([deployment("auth-api", image=OURS)], [], id="nobody's"),
        pytest.param([auth(OURS, kind="Job")], [], id="a job"),
        pytest.param([deployment("auth-postgres", kind="StatefulSet", owner="auth", image="postgres:16", ports=[5432])],
                     [], id="a store of auth"),
    ],
)  # fmt: skip
def test_what_auth_runs(objects: Objects, expected: list[str]) -> None:
    assert sorted(told("auth-custom-provider", objects)) == sorted(expected)


@pytest.mark.parametrize(
    ("products", "image", "expected"),
    [
        pytest.param(["authelia"], "authelia:4", [], id="a product that was named"),
        pytest.param(["authelia", "kanidm"], KEYCLOAK, [runs("quay.io/keycloak/keycloak", "authelia, kanidm")],
                     id="a known product that was not named"),
        pytest.param(
            [], KEYCLOAK,
            ["Deployment auth-api: Deployment auth-api runs quay.io/keycloak/keycloak, and no product is allowed"],
            id="none"),
        pytest.param([["authelia"], "kanidm"], "authelia", [runs("authelia", "kanidm")],
                     id="something else than a name beside one"),
    ],
)  # fmt: skip
def test_products_that_the_configuration_names(products: Any, image: str, expected: list[str]) -> None:
    assert told("auth-custom-provider", [auth(image)], products=products) == expected
