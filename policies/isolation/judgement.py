"""Ask every rule about one graph, then let exemptions speak."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from .exemptions import Exemption, apply
from .findings import MANDATORY, Finding, Rule, broken
from .graph.graph import Graph
from .rules import RULES


def judge(
    graph: Graph,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    exemptions: Iterable[Exemption] = (),
    rules: Iterable[Rule] = RULES,
    today: datetime.date | None = None,
) -> list[Finding]:
    """What the rules find, mandatory first; a rule that breaks down is a finding."""
    findings = [finding for rule in rules for finding in check(rule, graph, (config or {}).get(rule.id, {}))]
    chosen = {rule.id for rule in rules}
    day = today or datetime.datetime.now(datetime.UTC).date()
    about = [item for item in exemptions if item.rule in chosen]
    findings = apply(findings, about, day, _declared(graph) if about else None)
    return sorted(
        findings, key=lambda item: (item.level != MANDATORY, item.rule, item.store_name, item.message)
    )


def _declared(graph: Graph) -> dict[str, str]:
    """What the program calls a resource, by the name that an engine made up for it."""
    names = ((resource.name, resource.origin.rpartition("::")[2]) for resource in graph.index.resources)
    return {name: given for name, given in names if given and name.startswith(f"{given}-")}


def check(rule: Rule, graph: Graph, config: Mapping[str, Any]) -> list[Finding]:
    """What one rule finds, once each; whatever it trips over counts as a violation, or it would pass every stack.

    A graph remembers it: the engine asks for each rule by itself, and for what all of them advise.
    """
    asked = rule.check, repr(config)
    if asked not in graph.found:
        graph.found[asked] = _check(rule, graph, config)
    return graph.found[asked]


def _check(rule: Rule, graph: Graph, config: Mapping[str, Any]) -> list[Finding]:
    try:
        return list(dict.fromkeys(rule.check(graph, config)))
    except Exception as error:
        return [broken(rule, error)]
