"""What the rules read: proxies' configurations, selectors and address blocks, SQL rows, routes."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.resources import UNKNOWN, Resource
from policies.roadmap.haproxy import read
from policies.roadmap.network import fits, reaches_private
from policies.roadmap.routes import Answer
from policies.roadmap.sql import Script

SOUND = """\
defaults
    mode http
    timeout server 2s
backend circuit
    stick-table type string len 8 size 1 expire 30s store gpc0
frontend consumer
    bind :8080
    acl reads method GET HEAD
    http-request deny unless reads
    http-request return status 503 if { str(upstream),table_gpc0(circuit) ge 5 }
    default_backend upstream
backend upstream
    server upstream monolith-api.shop.svc:8000
"""


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("", "", []),
        ("unless reads", "if !reads", []),
        ("    http-request deny unless reads", "    http-request deny unless { method GET }", []),
        ("table_gpc0(circuit) ge 5", "always_false", ["has no circuit breaker"]),
        ("    http-request return status 503", "    # http-request return status 503", ["has no circuit breaker"]),
        ("GET HEAD", "GET PUT", ["passes more than GET and HEAD"]),
        ("acl reads method GET HEAD", "acl reads method GET HEAD\n    acl reads method POST",
         ["passes more than GET and HEAD"]),
        ("http-request deny unless reads", "http-request deny if reads", ["passes more than GET and HEAD"]),
        ("    acl reads", "    http-request allow\n    acl reads", ["passes more than GET and HEAD"]),
        ("timeout server 2s", "timeout connect 2s", ["waits without a timeout"]),
        ("timeout server 2s", "timeout server 2m", ["waits 120 s, more than 30"]),
        ("backend upstream\n", "listen door\n    bind :9\n    server x monolith-api.shop.svc:8000\nbackend upstream\n",
         ["passes more than GET and HEAD"]),
    ],
)  # fmt: skip
def test_a_proxys_promises(old: str, new: str, faults: list[str]) -> None:
    assert old in SOUND
    found = read(SOUND.replace(old, new) if old else SOUND)
    assert found.faults() == faults
    assert found.upstreams == ("monolith-api.shop.svc",)


def test_another_proxys_configuration_promises_nothing() -> None:
    assert len(read("static_resources:\n  listeners: []\n").faults()) == 3


@pytest.mark.parametrize(
    ("block", "private"),
    [
        ({"cidr": "0.0.0.0/0"}, True),
        (
            {
                "cidr": "0.0.0.0/0",
                "except": ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"],
            },
            False,
        ),
        ({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}, True),
        ({"cidr": "10.96.0.1/32"}, False),
        ({"cidr": "10.96.0.0/16"}, True),
        ({"cidr": "203.0.113.0/24"}, False),
        ({"cidr": UNKNOWN}, True),
        ({"cidr": "::/0"}, True),
    ],
)
def test_a_block_that_holds_pods(block: dict[str, Any], private: bool) -> None:
    assert reaches_private(block) is private


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ({}, True), ({"matchLabels": {"a": "1"}}, True), ({"matchLabels": {"a": "2"}}, False),
        ({"matchLabels": {"a": UNKNOWN}}, True), ({"matchLabels": {"b": "1"}}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["2"]}]}, False),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["2"]}]}, True),
        ({"matchExpressions": [{"key": "b", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "b", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "SomethingNew"}]}, True),
    ],
)  # fmt: skip
def test_a_selector(selector: dict[str, Any], chosen: bool) -> None:
    assert fits(selector, {"a": "1"}) is chosen


def test_rows_of_a_script() -> None:
    rows = "\n  ('a', 'it''s; (x)', NULL, true),\n  ('b', E'c\\\\d', 2, '{e}')"
    text = f"INSERT INTO pg_temp.wanted_view VALUES{rows};\nSELECT 1;"
    script = Script(resource=Resource(key="x", kind="ConfigMap", group="", name="x"), name="a.sql", text=text)
    assert script.rows("wanted_view") == [("a", "it's; (x)", None, True), ("b", "c\\d", 2, "{e}")]
    assert script.rows("wanted_role") == []


@pytest.mark.parametrize(
    ("path", "pattern", "found"),
    [
        ("/api/v1/ai", False, True), ("/api/v1/ai/", False, True), ("/api/v1/ai/jobs", False, True),
        ("/api/v1/aisles", False, False), ("/", False, False), (None, False, True),
        ("/api/v1/(ai|x).*", True, True), ("/api/v2/.*", True, False), ("(", True, True),
    ],
)  # fmt: skip
def test_a_path_that_may_answer(path: str | None, pattern: bool, found: bool) -> None:
    route = Resource(key="r", kind="HTTPRoute", group="gateway.networking.k8s.io", name="r")
    answer = Answer(route=route, path=path, pattern=pattern, service="s", owner=None)
    assert answer.may_answer("/api/v1/ai") is found
