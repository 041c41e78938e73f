"""Which paths answer, and whose Services: one HTTPRoute a case."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.graph.graph import Settings
from policies.isolation.server import resource_of
from policies.roadmap.routes import Answer
from policies.roadmap.stack import Stack

from ..stack import UNKNOWN, UNKNOWN_OBJECT, kube, resource, service
from .small import Objects

BACKEND = {"backendRefs": [{"name": "ai-api", "port": 80}]}
NOBODY = "a Service that is not known yet (None)"


def brief(answer: Answer) -> str:
    path = f"~{answer.path}" if answer.pattern else answer.path
    return f"{path} → {answer.service} ({answer.owner})"


def stack_of(spec: Any, *objects: Any, settings: Settings | None = None) -> Stack:
    metadata = {"name": "r", "namespace": "default"}
    route = resource(
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "r", {"metadata": metadata, "spec": spec}
    )
    return Stack([resource_of(item) for item in (*objects, route)], settings)


def answered(rules: Any, *objects: Any) -> list[str]:
    found = stack_of({"rules": rules}, *(objects or [service("ai-api", "ai-api", 80, owner="ai")])).answers
    assert {item.route.name for item in found} <= {"r"}
    return [brief(item) for item in found]


def match(value: Any, kind: Any = "PathPrefix") -> dict[str, Any]:
    return {"path": {"type": kind, "value": value}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({"matches": [match("/a")]}, ["/a → ai-api (ai)"], id="a path"),
        pytest.param({"matches": [match("/a"), match("/b", "Exact")]}, ["/a → ai-api (ai)", "/b → ai-api (ai)"],
                     id="two paths"),
        pytest.param({"matches": [match("/a.*", "RegularExpression")]}, ["~/a.* → ai-api (ai)"], id="an expression"),
        pytest.param({}, ["/ → ai-api (ai)"], id="no paths are all"),
        pytest.param({"matches": []}, ["/ → ai-api (ai)"], id="an empty list is all"),
        pytest.param({"matches": [{"method": "GET"}]}, ["/ → ai-api (ai)"], id="a method, at every path"),
        pytest.param({"matches": UNKNOWN}, ["None → ai-api (ai)"], id="paths that are not known"),
        pytest.param({"matches": [UNKNOWN, match("/b")]}, ["None → ai-api (ai)", "/b → ai-api (ai)"],
                     id="one that is not known, and one"),
        pytest.param({"matches": [match(UNKNOWN, "RegularExpression")]}, ["None → ai-api (ai)"],
                     id="an expression that is not known"),
        pytest.param({"matches": [match("/b", UNKNOWN)]}, ["None → ai-api (ai)"],
                     id="what the path means, is not known"),
    ],
)  # fmt: skip
def test_the_paths_of_a_rule(rule: dict[str, Any], expected: list[str]) -> None:
    assert answered([rule | BACKEND]) == expected


def mirror(backend: Any) -> dict[str, Any]:
    return {"type": "RequestMirror", "requestMirror": {"backendRef": backend}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({"backendRefs": [{"name": "ai-api"}, {"name": "other"}]}, ["ai-api (ai)", "other (None)"],
                     id="two"),
        pytest.param({**BACKEND, "filters": [{"type": "URLRewrite", "urlRewrite": {}}, mirror({"name": "other"})]},
                     ["ai-api (ai)", "other (None)"], id="a mirror"),
        pytest.param({"filters": [{"type": "RequestRedirect", "requestRedirect": {}}]}, [], id="a redirect"),
        pytest.param({"backendRefs": UNKNOWN}, [NOBODY], id="backends that are not known"),
        pytest.param({"backendRefs": [UNKNOWN, {"name": "ai-api"}]}, [NOBODY, "ai-api (ai)"],
                     id="one that is not known"),
        pytest.param({"backendRefs": [{"name": UNKNOWN}]}, [NOBODY], id="a name that is not known"),
        pytest.param({"backendRefs": [{"name": "ai-api", "namespace": UNKNOWN}]}, [NOBODY],
                     id="a namespace that is not known"),
        pytest.param({**BACKEND, "filters": UNKNOWN}, ["ai-api (ai)", NOBODY], id="filters that are not known"),
        pytest.param({**BACKEND, "filters": [UNKNOWN]}, ["ai-api (ai)", NOBODY], id="a filter that is not known"),
        pytest.param({**BACKEND, "filters": [mirror(UNKNOWN)]}, ["ai-api (ai)", NOBODY],
                     id="a mirror that is not known"),
        pytest.param({"backendRefs": [None, {"name": "ai-api"}]}, ["ai-api (ai)"], id="an empty line in the list"),
    ],
)  # fmt: skip
def test_who_answers(rule: dict[str, Any], expected: list[str]) -> None:
    assert answered([rule]) == [f"/ → {line}" for line in expected]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param(UNKNOWN_OBJECT, [f"None → {NOBODY}"], id="a route that is not known"),
        pytest.param({"rules": UNKNOWN}, [f"None → {NOBODY}"], id="rules that are not known"),
        pytest.param(
            {"rules": [UNKNOWN, BACKEND]}, [f"None → {NOBODY}", "/ → ai-api (None)"], id="one that is not"
        ),
        pytest.param({}, [], id="no rules"),
    ],
)
def test_a_route_that_is_not_known(spec: Any, expected: list[str]) -> None:
    assert [brief(item) for item in stack_of(spec).answers] == expected


AI = kube("Namespace", "ai-space", namespace=None, owner="ai")
TO_AI_SPACE = {"backendRefs": [{"name": "api", "namespace": "ai-space"}]}


@pytest.mark.parametrize(
    ("rule", "objects", "owner"),
    [
        pytest.param(TO_AI_SPACE, [service("api", "a", 80, namespace="ai-space", owner="auth"), AI], "auth",
                     id="the Service says it"),
        pytest.param(TO_AI_SPACE, [service("api", "a", 80, namespace="ai-space"), AI], "ai", id="its namespace does"),
        pytest.param(TO_AI_SPACE, [AI], "ai", id="the namespace of a Service that is not there"),
        pytest.param(TO_AI_SPACE, [service("api", "a", 80, owner="auth")], None, id="one of its name elsewhere"),
        pytest.param({"backendRefs": [{"name": "api"}]}, [service("api", "a", 80, owner="auth"), AI], "auth",
                     id="in the route's namespace"),
        pytest.param({"backendRefs": [{"name": "api"}]}, [service("api", "a", 80)], None, id="nobody states one"),
    ],
)  # fmt: skip
def test_whose_a_service_is(rule: dict[str, Any], objects: Objects, owner: str | None) -> None:
    assert answered([rule], *objects) == [f"/ → api ({owner})"]


def test_whose_a_namespace_is_may_be_configured() -> None:
    stack = stack_of({"rules": [TO_AI_SPACE]}, settings=Settings(namespace_owners={"ai-*": "ai"}))
    assert [brief(item) for item in stack.answers] == ["/ → api (ai)"]


def test_a_route_without_a_namespace_stands_in_the_default_one() -> None:
    stack = stack_of({"rules": [{"backendRefs": [{"name": "api"}]}]}, service("api", "a", 80, owner="ai"))
    stack.index.of_kind("HTTPRoute")[0].namespace = None
    assert [brief(item) for item in stack.answers] == ["/ → api (ai)"]


def test_a_service_is_the_one_of_the_routes_own_stack() -> None:
    """Its namespace, too, is the one that this stack declares."""
    own, other = (kube("Namespace", "ai-space", namespace=None, owner=owner) for owner in ("ai", "other"))
    services = [service("api", "a", 80, owner=owner) for owner in ("ai", "other")]
    metadata = {"name": "r", "namespace": "default"}
    spec = {"rules": [TO_AI_SPACE, {"backendRefs": [{"name": "api"}]}]}
    route = resource(
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "r", {"metadata": metadata, "spec": spec}
    )
    resources = [resource_of(item) for item in (route, own, services[0], other, services[1])]
    for item in resources[3:]:
        item.scope, item.key = "another stack", f"another {item.key}"
    assert [brief(item) for item in Stack(resources).answers] == ["/ → api (ai)", "/ → api (ai)"]


@pytest.mark.parametrize(
    ("path", "pattern", "prefix", "found"),
    [
        pytest.param("/api/v1/ai", False, "/api/v1/ai/", True, id="a slash at the prefix's end"),
        pytest.param("/api/v1/ai", False, "/", True, id="below everything"),
        pytest.param("/api", False, "/api/v1/ai", False, id="a wider path"),
        pytest.param("/x/api/v1/ai", False, "/api/v1/ai", False, id="the prefix further in"),
        pytest.param("/api/v1/ai$", True, "/api/v1/ai", True, id="just the prefix"),
        pytest.param("/api/v1/ai$", True, "/api/v1/ai/", True, id="just the prefix, written with a slash"),
        pytest.param("/api/v1/ai/(jobs|chat)/[0-9]+", True, "/api/v1/ai", True, id="only what is further below"),
        pytest.param("/api/(v1|v2)/ai/jobs", True, "/api/v1/ai", True, id="further below, a choice above"),
        pytest.param("/.*/jobs/[0-9]+", True, "/api/v1/ai", True, id="anything above"),
        pytest.param("^/api/v1/ai/jobs$", True, "/api/v1/ai", True, id="from beginning to end"),
        pytest.param("/api/(v1|v2)/tasks.*", True, "/api/v1/ai", False, id="another path, a choice above"),
        pytest.param("/api/v1/aisles/x", True, "/api/v1/ai", False, id="another path that begins alike"),
        pytest.param("/api", True, "/api/v1/ai", True, id="it need not match the end"),
        pytest.param("api/v1/ai", True, "/api/v1/ai", False, id="it has to match the beginning"),
        pytest.param("/(x/y|api/v1/ai)", True, "/api/v1/ai", True, id="cut in two it is no expression"),
    ],
)  # fmt: skip
def test_a_path_that_may_answer(path: str, pattern: bool, prefix: str, found: bool) -> None:
    route = stack_of({}).index.of_kind("HTTPRoute")[0]
    answer = Answer(route=route, path=path, pattern=pattern, service="s", owner=None)
    assert answer.may_answer(prefix) is found
