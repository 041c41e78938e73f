"""Where `shared-library` begins and ends: whose bills are read, from where, of what, and which packages may be ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..stack import UNKNOWN, UNKNOWN_OBJECT, deployment
from .small import Objects, bill, move, told

AI = "registry.example.com/pmt/ai"
HTTPX = {"name": "httpx", "purl": "pkg:pypi/httpx@1"}


def ours(name: str) -> dict[str, str]:
    return {"name": name, "purl": f"pkg:pypi/{name}@1"}


def service(image: str = f"{AI}:1", name: str = "ai-api", owner: str = "ai", **rest: Any) -> Any:
    return deployment(name, owner=owner, image=image, **rest)


def lines(*reasons: str, of: str = "Deployment ai-api (ai)") -> list[str]:
    return [f"{of}: ai: {reason}" for reason in reasons]


ONLY = "is a library of ours, and only pmt-logging, pmt-auth-validation may be shared"


@pytest.mark.parametrize(
    ("packages", "config", "expected"),
    [
        pytest.param([HTTPX], {}, [], id="a public one"),
        pytest.param([ours("pmt-logging"), ours("pmt_auth_validation"), ours("PMT-Logging")], {}, [], id="utilities"),
        pytest.param([ours("pmt-logging") | {"group": "com.pmt"}], {}, [], id="a utility with a group"),
        pytest.param(
            [ours("pmt-rules"), ours("pmt_rules"), ours("pmt"), ours("app"), HTTPX], {},
            [f"app {ONLY}", f"pmt {ONLY}", f"pmt-rules {ONLY}", f"pmt_rules {ONLY}"], id="business logic",
        ),
        pytest.param(
            [{"name": "rules", "purl": "pkg:pypi/rules@1?repository_url=https://pypi.example.com"}], {},
            [f"rules {ONLY}"], id="from a registry that is not public",
        ),
        pytest.param(
            [{"name": "httpx"}, HTTPX, {"name": "x", "purl": "pkg:generic/x"}], {},
            ["nothing says where httpx comes from", "nothing says where x comes from"], id="of unknown origin",
        ),
        pytest.param([{"name": "pmt-logging"}, {"name": "pmt-rules"}], {}, [f"pmt-rules {ONLY}"],
                     id="ours, of unknown origin"),
        pytest.param(
            [ours("pmt-logging"), ours("pmt-billing-client")], {"allowed": ["PMT_Billing_Client", "x"]},
            ["pmt-logging is a library of ours, and only PMT_Billing_Client, x may be shared"],
            id="others are allowed",
        ),
        pytest.param([ours("pmt-logging")], {"allowed": []},
                     ["pmt-logging is a library of ours, and none may be shared"], id="none is allowed"),
        pytest.param([ours("pmt-logging")], {"allowed": [{}]},
                     ["pmt-logging is a library of ours, and none may be shared"], id="what is no name is allowed"),
        pytest.param([ours("pmt-rules"), ours("shop-rules")], {"internal": ["shop_*"]}, [f"shop-rules {ONLY}"],
                     id="ours are called otherwise"),
        pytest.param([ours("pmt-rules")], {"internal": []}, [], id="no name is ours"),
        pytest.param([ours("pmt-rules")], {"internal": None, "allowed": None}, [f"pmt-rules {ONLY}"], id="not set"),
    ],
)  # fmt: skip
def test_what_it_is_built_from(
    packages: list[Any], config: dict[str, Any], expected: list[str], tmp_path: Path
) -> None:
    bill(tmp_path / "ai.cdx.json", *packages)
    assert told("shared-library", [move(), service()], folder=str(tmp_path), **config) == lines(*expected)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([service()], [], id="the image of the bill"),
        pytest.param([service(f"{AI}@sha256:0")], [], id="by digest"),
        pytest.param(
            [service("registry.example.com:5000/pmt/ai:1"), service(name="ai-worker"), service("ai", name="ai-x")],
            [f"its bill of materials is of {AI}, and it runs ai",
             f"its bill of materials is of {AI}, and it runs registry.example.com:5000/pmt/ai"],
            id="two others",
        ),
        pytest.param([service(), service("haproxy:3", name="ai-edge"), service("keycloak:26", name="ai-login")], [],
                     id="beside products of others"),
        pytest.param(
            [service(pod={"initContainers": [{"name": "a", "image": "envoy:1"}, {"name": "b", "image": "dex:2"},
                                             {"name": "c", "image": "pmt/tools:1"}]})],
            [f"its bill of materials is of {AI}, and it runs pmt/tools"], id="behind products of others in one pod",
        ),
        pytest.param(
            [service(UNKNOWN)],
            [f"its bill of materials is of {AI}, and it runs an image that only the update will know"],
            id="not known yet",
        ),
        pytest.param(
            [service(pod={"initContainers": [UNKNOWN_OBJECT]})],
            [f"its bill of materials is of {AI}, and it runs an image that only the update will know"],
            id="a container not known yet",
        ),
        pytest.param(
            [service(pod={"containers": UNKNOWN})],
            [f"its bill of materials is of {AI}, and it runs an image that only the update will know"],
            id="containers not known yet",
        ),
    ],
)  # fmt: skip
def test_what_it_runs(objects: Objects, expected: list[str], tmp_path: Path) -> None:
    bill(tmp_path / "ai.cdx.json", HTTPX)
    assert told("shared-library", [move(), *objects], folder=str(tmp_path)) == lines(*expected)


def test_a_bill_of_nothing_is_of_no_image(tmp_path: Path) -> None:
    bill(tmp_path / "ai.cdx.json", HTTPX, metadata={})
    assert told("shared-library", [move(), service()], folder=str(tmp_path)) == lines(
        f"its bill of materials is of nothing, and it runs {AI}"
    )


def unread(of: str, path: str | Path, why: str = "cannot be read") -> str:
    return f"Deployment {of}-api ({of}): {of}: bill of materials {path} {why}; nobody knows what is in it"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([service("keycloak:26", name="auth", owner="auth")], [], id="an identity product"),
        pytest.param([service(kind="Job")], [], id="what does not run on"),
        pytest.param([service(owner="monolith"), service(owner="platform", name="x")], [], id="no domain's"),
        pytest.param(
            [service("keycloak:26"), service(name="analytics-api", owner="analytics"),
             service(name="analytics-worker", owner="analytics"),
             service(name="notifications-api", owner="notifications")],
            [unread("analytics", "none/analytics.cdx.json"), unread("notifications", "none/notifications.cdx.json")],
            id="two, after a product",
        ),
    ],
)  # fmt: skip
def test_who_needs_a_bill(objects: Objects, expected: list[str]) -> None:
    assert told("shared-library", [move(), *objects], folder="none") == expected


def test_where_a_bill_is_looked_for(tmp_path: Path) -> None:
    run = service(name="auth-api", owner="auth")
    in_space = move(more={"environment": "moon"})
    broken = bill(tmp_path / "broken.json", bomFormat="SPDX")
    for objects, config, expected in (
        ([move(), run], {}, unread("auth", "stacks/sboms/embedded/auth.cdx.json")),
        ([run], {}, unread("auth", "stacks/sboms/unknown/auth.cdx.json")),
        ([in_space, run], {}, unread("auth", "stacks/sboms/unknown/auth.cdx.json")),
        ([move(), run], {"folder": "none/{environment}/{environment}"},
         unread("auth", "none/embedded/embedded/auth.cdx.json")),
        ([move(), run], {"folder": str(tmp_path)}, unread("auth", tmp_path / "auth.cdx.json")),
        ([move(), run], {"sboms": {"auth": "none/a.json", "ai": "none/b.json"}}, unread("auth", "none/a.json")),
        ([move(), run], {"sboms": {"auth": ""}, "folder": "none"}, unread("auth", "none/auth.cdx.json")),
        ([move(), run], {"sboms": {"auth": str(broken)}, "folder": "none"},
         unread("auth", broken, "is no CycloneDX document")),
    ):  # fmt: skip
        assert told("shared-library", objects, **config) == [expected]


def test_the_bill_that_is_stated_is_read(tmp_path: Path) -> None:
    path = bill(tmp_path / "of-ai.json", ours("pmt-rules"))
    found = told("shared-library", [move(), service()], sboms={"ai": str(path)}, folder="none")
    assert found == lines(f"pmt-rules {ONLY}")
