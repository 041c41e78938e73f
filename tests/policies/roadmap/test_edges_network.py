"""Which openings a NetworkPolicy makes, and for whom: one policy over a few workloads a case."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.resources import UNKNOWN as NOT_KNOWN
from policies.isolation.server import resource_of
from policies.roadmap.network import Reach, fits, reaches_private
from policies.roadmap.stack import Stack

from ..stack import UNKNOWN, UNKNOWN_OBJECT, deployment, kube
from .small import Objects, read

POD: dict[str, Any] = {"podSelector": {"matchLabels": {"app": "a"}}}
B_AND_C = [{"podSelector": {"matchLabels": {"app": name}}} for name in ("b", "c")]
ELSEWHERE = deployment("d", namespace="shop")
PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]


def policy(spec: Any, **rest: Any) -> Any:
    return kube("NetworkPolicy", "p", spec=spec, **rest)


def brief(reach: Reach) -> str:
    ends = [end.resource.name if end is not None else "*" for end in (reach.source, reach.target)]
    ports = "" if reach.ports is None else f" {','.join(map(str, sorted(reach.ports)))}"
    return f"{ends[0]} → {ends[1]}{ports}"


def opened(spec: Any, *objects: Any, namespace: str = "default") -> list[str]:
    """What a policy opens for the Deployments a, b and c of the default namespace, and for `objects`."""
    others = [deployment(name) for name in "abc"]
    stack = read([*others, *objects, policy(spec, namespace=namespace)])
    assert {item.policy.name for item in stack.reaches} <= {"p"}
    return [brief(item) for item in stack.reaches]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param({**POD, "ingress": [{"from": B_AND_C}]}, ["b → a", "c → a"], id="two sources"),
        pytest.param({**POD, "egress": [{"to": B_AND_C}]}, ["a → b", "a → c"], id="two targets"),
        pytest.param(
            {**POD, "ingress": [{"from": B_AND_C[:1]}, {"from": B_AND_C[1:]}], "egress": [{"to": B_AND_C[1:]}]},
            ["b → a", "c → a", "a → c"], id="both ways",
        ),
        pytest.param({"podSelector": {}, "ingress": [{"from": B_AND_C[:1]}]}, ["b → a", "b → c"], id="to all of them"),
        pytest.param({"podSelector": {}, "egress": [{"to": B_AND_C[:1]}]}, ["a → b", "c → b"], id="from all of them"),
        pytest.param({**POD, "ingress": [{"from": [POD]}], "egress": [{"to": [POD]}]}, [], id="a pod and itself"),
        pytest.param({**POD, "ingress": [{}]}, ["* → a"], id="anybody may come"),
        pytest.param({**POD, "egress": [{}]}, ["a → *"], id="to go anywhere"),
        pytest.param({**POD, "ingress": [{"from": []}]}, ["* → a"], id="no peers are all"),
        pytest.param({**POD, "ingress": []}, [], id="no rule lets nobody in"),
        pytest.param(POD, [], id="no rules"),
        pytest.param({**POD, "ingress": [{"from": [{"podSelector": {}}]}]}, ["b → a", "c → a"], id="any pod near"),
        pytest.param({**POD, "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}, ["a → *"],
                     id="pods' addresses"),
        pytest.param({**POD, "egress": [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}]}]}, [], id="one address"),
        pytest.param(
            {**POD, "egress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}, B_AND_C[0]]}]}, ["a → b"],
            id="an address outside and a pod",
        ),
        pytest.param(UNKNOWN_OBJECT, ["* → a", "* → b", "* → c", "a → *", "b → *", "c → *"], id="nothing is known"),
        pytest.param({**POD, "ingress": UNKNOWN}, ["* → a"], id="rules that are not known"),
        pytest.param({**POD, "egress": UNKNOWN}, ["a → *"], id="ways out that are not known"),
        pytest.param({**POD, "ingress": [UNKNOWN]}, ["* → a"], id="a rule that is not known"),
        pytest.param({**POD, "egress": [{"to": UNKNOWN}]}, ["a → *"], id="peers that are not known"),
        pytest.param({**POD, "egress": [{"to": [UNKNOWN, B_AND_C[0]]}]}, ["a → *", "a → b"], id="one is not known"),
        pytest.param({**POD, "egress": [{"to": [{"ipBlock": UNKNOWN}]}]}, ["a → *"], id="a block that is not known"),
        pytest.param({"podSelector": UNKNOWN, "egress": [{"to": B_AND_C[:1]}]}, ["a → b", "c → b"],
                     id="whose policy it is, is not known"),
    ],
)  # fmt: skip
def test_what_a_policy_opens(spec: Any, expected: list[str]) -> None:
    assert opened(spec) == expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        pytest.param([], "", id="none are all"),
        pytest.param([{"port": 80}], " 80", id="one"),
        pytest.param([{"port": 80}, {"port": "443"}], " 80,443", id="two, one as text"),
        pytest.param([{"port": 80, "endPort": 82}], " 80,81,82", id="a range"),
        pytest.param([{"port": "http"}], "", id="a name"),
        pytest.param([{"port": 80}, {"protocol": "UDP"}], "", id="a protocol, at every port"),
        pytest.param([{"port": 80, "endPort": UNKNOWN}], "", id="a range whose end is not known"),
        pytest.param([{"port": UNKNOWN}], "", id="not known"),
        pytest.param([UNKNOWN], "", id="one that is not known"),
        pytest.param(UNKNOWN, "", id="all of them not known"),
        pytest.param([{"port": "²"}], "", id="a digit that is no number"),
    ],
)
def test_which_ports_a_policy_opens(ports: Any, expected: str) -> None:
    assert opened({**POD, "ingress": [{"from": B_AND_C[:1], "ports": ports}]}) == [f"b → a{expected}"]
    assert opened({**POD, "egress": [{"to": B_AND_C[:1], "ports": ports}]}) == [f"a → b{expected}"]


NAMED = {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}
TEAM = {"matchLabels": {"team": "shop"}}


@pytest.mark.parametrize(
    ("peer", "objects", "expected"),
    [
        pytest.param({"podSelector": {}}, [ELSEWHERE], ["a → b", "a → c"], id="the policy's own namespace"),
        pytest.param({"namespaceSelector": NAMED}, [ELSEWHERE], ["a → d"], id="by the namespace's name"),
        pytest.param({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "d"}}}, [ELSEWHERE], ["a → d"],
                     id="any namespace"),
        pytest.param({"namespaceSelector": NAMED, "podSelector": {"matchLabels": {"app": "b"}}},
                     [ELSEWHERE, deployment("b", namespace="shop")], ["a → b"], id="one pod of a namespace"),
        pytest.param({"namespaceSelector": NAMED, "podSelector": {"matchLabels": {"app": "b"}}}, [ELSEWHERE], [],
                     id="no such pod there"),
        pytest.param({"namespaceSelector": TEAM}, [ELSEWHERE, kube("Namespace", "shop", namespace=None, labels={
            "team": "shop"})], ["a → d"], id="by the namespace's label"),
        pytest.param({"namespaceSelector": TEAM}, [ELSEWHERE, kube("Namespace", "shop", namespace=None, labels={
            "team": "other"})], [], id="another label"),
        pytest.param({"namespaceSelector": TEAM}, [ELSEWHERE], [], id="a namespace that nothing declares"),
        pytest.param({"namespaceSelector": {"matchLabels": {**NAMED["matchLabels"], "team": "x"}}}, [ELSEWHERE], [],
                     id="the name is not all that it asks for"),
        pytest.param({"namespaceSelector": TEAM}, [ELSEWHERE, kube("Namespace", "shop", namespace=None, metadata={
            "name": "shop", "labels": UNKNOWN})], ["a → d"], id="labels that are not known"),
        pytest.param({"namespaceSelector": NAMED}, [kube("Namespace", "default", namespace=None, metadata={
            "name": "default", "labels": UNKNOWN})], [], id="the name is known even so"),
        pytest.param({"namespaceSelector": NAMED}, [kube("Namespace", "default", namespace=None, labels={
            "kubernetes.io/metadata.name": "shop"})], [], id="the cluster labels the name itself"),
        pytest.param({"namespaceSelector": UNKNOWN}, [ELSEWHERE], ["a → b", "a → c", "a → d"],
                     id="a namespace that is not known"),
    ],
)  # fmt: skip
def test_whose_namespace(peer: Any, objects: Objects, expected: list[str]) -> None:
    assert opened({**POD, "egress": [{"to": [peer]}]}, *objects) == expected


def test_a_policy_speaks_of_its_own_namespace() -> None:
    near: dict[str, Any] = {"podSelector": {}, "egress": [{"to": [{"podSelector": {}}]}]}
    assert opened(near, ELSEWHERE, deployment("e", namespace="shop"), namespace="shop") == ["e → d", "d → e"]


def test_without_a_namespace_a_policy_stands_in_the_default_one() -> None:
    spec = {**POD, "ingress": [{"from": [{"podSelector": {}}]}]}
    resources = [resource_of(item) for item in (deployment("a"), deployment("b"), ELSEWHERE, policy(spec))]
    resources[-1].namespace = None
    assert [brief(item) for item in Stack(resources).reaches] == ["b → a"]


def test_a_namespace_is_the_one_of_the_policys_own_stack() -> None:
    own, other = (
        kube("Namespace", "shop", namespace=None, labels={"team": team}) for team in ("shop", "other")
    )
    spec = {**POD, "egress": [{"to": [{"namespaceSelector": TEAM}]}]}
    resources = [resource_of(item) for item in (deployment("a"), ELSEWHERE, policy(spec), own, other)]
    resources[-1].scope = "another stack"
    assert [brief(item) for item in Stack(resources).reaches] == ["a → d"]


@pytest.mark.parametrize(
    ("pod", "chosen"),
    [
        pytest.param(deployment("w", labels={"app": UNKNOWN}), True, id="a label that is not known"),
        pytest.param(kube("Deployment", "w", spec=UNKNOWN_OBJECT), True, id="a Deployment that is not known"),
        pytest.param(kube("Deployment", "w", spec={"template": UNKNOWN}), True, id="a template that is not known"),
        pytest.param(kube("CronJob", "w", spec={"jobTemplate": {"spec": {"template": {
            "metadata": {"labels": UNKNOWN}, "spec": {"containers": [{"name": "w"}]}}}}}), True,
            id="labels that are not known"),
        pytest.param(kube("Job", "w", spec={"template": {"spec": {"containers": [{"name": "w"}]}}}), False,
                     id="no labels"),
        pytest.param(deployment("w"), False, id="another label"),
        pytest.param(deployment("w", labels={"app": "target"}), True, id="the label"),
    ],
)  # fmt: skip
def test_which_pods_a_policy_chooses(pod: Any, chosen: bool) -> None:
    spec = {**POD, "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "target"}}}]}]}
    assert opened(spec, pod) == (["a → w"] if chosen else [])


@pytest.mark.parametrize(
    ("block", "private"),
    [
        pytest.param({"cidr": "10.96.0.0/31"}, True, id="two addresses"),
        pytest.param({"cidr": "10.1.2.3/8"}, True, id="an address of the block"),
        pytest.param({"cidr": "203.0.113.7/24"}, False, id="an address of a block outside"),
        pytest.param({"cidr": "100.64.0.0/10"}, True, id="carriers' addresses"),
        pytest.param({"cidr": "fd00:10:244::/56"}, True, id="a cluster's own addresses, version 6"),
        pytest.param({"cidr": "fd00:10:244::1/128"}, False, id="one address, version 6"),
        pytest.param({"cidr": "fd00:10:244::/127"}, True, id="two addresses, version 6"),
        pytest.param({"cidr": "2001:db8::/32"}, False, id="outside, version 6"),
        pytest.param({"cidr": "::/0", "except": ["fc00::/7"]}, False, id="all but a cluster's own, version 6"),
        pytest.param({"cidr": "::/0", "except": ["2001:db8::/32"]}, True, id="all but some outside, version 6"),
        pytest.param({"cidr": "0.0.0.0/0", "except": ["0.0.0.0/1", "128.0.0.0/1"]}, False, id="half and half left out"),
        pytest.param({"cidr": "0.0.0.0/0", "except": [*PRIVATE[1:], "10.0.0.0/9"]}, True, id="the first half left out"),
        pytest.param({"cidr": "0.0.0.0/0", "except": [*PRIVATE[1:], "10.128.0.0/9"]}, True,
                     id="the second half left out"),
        pytest.param({"cidr": "0.0.0.0/0", "except": [*PRIVATE, NOT_KNOWN]}, True, id="an exception is not known"),
        pytest.param({"cidr": "0.0.0.0/0", "except": NOT_KNOWN}, True, id="exceptions that are not known"),
        pytest.param({"cidr": "everything"}, True, id="no block at all"),
        pytest.param({}, True, id="nothing said"),
    ],
)  # fmt: skip
def test_a_block_that_holds_pods(block: dict[str, Any], private: bool) -> None:
    assert reaches_private(block) is private


def expression(operator: Any, *values: Any, key: Any = "a") -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize(
    ("expressions", "chosen"),
    [
        pytest.param([expression("In", "2", "1")], True, id="in"),
        pytest.param([expression("In", "2")], False, id="not in"),
        pytest.param([expression("In", "1", key="b")], False, id="in, and not there"),
        pytest.param([expression("In", "2", NOT_KNOWN)], True, id="in, one value not known"),
        pytest.param([expression("In") | {"values": NOT_KNOWN}], True, id="in, no value known"),
        pytest.param([expression("NotIn", "1")], False, id="kept out"),
        pytest.param([expression("NotIn", "1", key="b")], True, id="kept out, and not there"),
        pytest.param([expression("NotIn", NOT_KNOWN, key="b")], True,
                     id="kept out by what is not known, and not there"),
        pytest.param([expression("NotIn", NOT_KNOWN, "1")], False, id="kept out by what is known"),
        pytest.param([expression("Exists")], True, id="it is there"),
        pytest.param([expression("Exists", key="b")], False, id="it is not there"),
        pytest.param([expression("Exists", key="")], False, id="a label without a name"),
        pytest.param([expression("Exists", key=NOT_KNOWN)], True, id="a label that is not known"),
        pytest.param([expression("DoesNotExist")], False, id="it should not be there"),
        pytest.param([expression("DoesNotExist", key="b")], True, id="and is not"),
        pytest.param([expression(NOT_KNOWN, "2")], True, id="an operator that is not known"),
        pytest.param([NOT_KNOWN, expression("In", "2")], False, id="one not known, one that does not fit"),
        pytest.param(NOT_KNOWN, True, id="nothing known"),
        pytest.param([expression("DoesNotExist", key="u"), expression("In", "2")], False,
                     id="a value that is not known, and one that does not fit"),
        *(
            pytest.param([expression(operator, "2", key="u")], True, id=f"{operator}, of a value that is not known")
            for operator in ("In", "NotIn", "Exists", "DoesNotExist")
        ),
    ],
)  # fmt: skip
def test_expressions_of_a_selector(expressions: Any, chosen: bool) -> None:
    assert fits({"matchExpressions": expressions}, {"a": "1", "u": NOT_KNOWN}) is chosen


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        pytest.param({"a": "1", "u": "x"}, True, id="one fits, one is not known"),
        pytest.param({"u": "x", "a": "2"}, False, id="one is not known, one does not fit"),
        pytest.param({"a": NOT_KNOWN, "b": "1"}, False, id="one wanted is not known, one is not there"),
        pytest.param({"a": 1}, True, id="a number"),
        pytest.param(NOT_KNOWN, True, id="not known"),
    ],
)
def test_labels_of_a_selector(wanted: Any, chosen: bool) -> None:
    assert fits({"matchLabels": wanted}, {"a": "1", "u": NOT_KNOWN}) is chosen


def test_labels_that_are_known_beside_those_that_are_not() -> None:
    assert not fits({"matchLabels": {"a": "1"}}, NOT_KNOWN, known={"a": "2"})
    assert fits({"matchLabels": {"a": "2", "b": "1"}}, NOT_KNOWN, known={"a": "2"})
