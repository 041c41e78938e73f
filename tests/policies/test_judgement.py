"""A rule is asked once of a graph: by the engine for itself, and again for what all rules advise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from policies.isolation.findings import Finding, Rule, broken
from policies.isolation.graph.graph import Graph
from policies.isolation.judgement import judge
from policies.isolation.rules import RULES


def counted(name: str, asked: list[Any]) -> Rule:
    """A rule that finds one thing, and notes each configuration it is asked with."""

    def check(_: Graph, config: Mapping[str, Any]) -> Iterator[Finding]:
        asked.append(config)
        yield broken(rule, ValueError())

    rule = replace(RULES[0], id=name, check=check)
    return rule


def test_a_rule_is_asked_once_with_one_configuration() -> None:
    asked: list[Any] = []
    rule, graph = counted("one", asked), Graph([])
    first = judge(graph, {"one": {"grade": "schema"}}, rules=[rule])
    assert judge(graph, {"one": {"grade": "schema"}}, rules=[rule]) == first
    assert len(first) == 1
    assert asked == [{"grade": "schema"}]


def test_another_configuration_is_another_question() -> None:
    asked: list[Any] = []
    rule, graph = counted("one", asked), Graph([])
    for config in ({"one": {"grade": "schema"}}, {"one": {"grade": "account"}}, None):
        assert len(judge(graph, config, rules=[rule])) == 1
    assert asked == [{"grade": "schema"}, {"grade": "account"}, {}]


def test_another_rule_is_another_question() -> None:
    asked: list[Any] = []
    graph = Graph([])
    rules = [counted("one", asked), counted("another", asked)]
    assert [finding.rule for finding in judge(graph, rules=rules)] == ["another", "one"]
    assert asked == [{}, {}]
    judge(Graph([]), rules=rules[:1])
    assert asked == [{}, {}, {}]
