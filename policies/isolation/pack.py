"""Assemble the rules into a policy pack for the Pulumi engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)

from .configuration import SETTINGS, settings_of
from .exemptions import Exemption, parse_exemptions, read_exemptions
from .findings import ADVISORY, MANDATORY, Finding, Rule, broken, finding_of_rule
from .graph.graph import Graph, Settings
from .judgement import judge
from .packs import ISOLATION, Pack
from .sources.analyzer import resources_from_policy

GraphOf = Callable[[Settings], Graph]


class RulePolicy(StackValidationPolicy):
    """A rule as the engine knows it, or, without a rule, what all of them advise."""

    def __init__(self, rule: Rule | None, pack: Pack = ISOLATION) -> None:
        mandatory = rule is not None and rule.level == MANDATORY
        properties = {
            **{name: dict(schema) for name, schema in SETTINGS.items()},
            **{name: dict(schema) for name, schema in (rule.config if rule else {}).items()},
        }
        super().__init__(
            name=rule.id if rule else pack.advice,
            description=rule.cause if rule else "Not refused, but worth knowing.",
            enforcement_level=EnforcementLevel.MANDATORY if mandatory else EnforcementLevel.ADVISORY,
            validate=self._validate,
            config_schema=PolicyConfigSchema(properties=properties),
            remediation_steps=rule.remedy if rule else None,
        )
        self.rule = rule
        self.pack = pack

    def _validate(self, args: StackValidationArgs, report: ReportViolation) -> None:
        self.judge(
            lambda settings: self.pack.graph(resources_from_policy(args.resources), settings),
            args.get_config(),
            report,
        )

    def judge(self, graph_of: GraphOf, config: Mapping[str, Any], report: ReportViolation) -> None:
        """Report the rule's violations; the advice policy reports what all rules merely advise."""
        rules = self.pack.rules if self.rule is None else (self.rule,)
        for finding in _findings(self.pack, rules, graph_of, config):
            if self.rule is None and finding.level == ADVISORY:
                report(f"[{finding.rule}] {finding.message}", finding.resource)
            elif self.rule is not None and finding.level == MANDATORY:
                report(finding.message, finding.resource)


def policies(pack: Pack = ISOLATION) -> list[Policy]:
    """One policy for each rule, and one that prints what is only worth knowing."""
    return [*(RulePolicy(rule, pack) for rule in pack.rules), RulePolicy(None, pack)]


def _findings(
    pack: Pack, rules: tuple[Rule, ...], graph_of: GraphOf, config: Mapping[str, Any]
) -> list[Finding]:
    try:
        graph = graph_of(settings_of(config))
        exemptions, problems = _exemptions(pack, config, f"policy configuration: {rules[0].id}")
    except Exception as error:
        return [broken(rule, error) for rule in rules]
    findings = judge(graph, {rule.id: config for rule in rules}, exemptions=exemptions, rules=rules)
    if len(rules) == 1:
        findings += [finding_of_rule(rules[0], problem) for problem in problems]
    return findings


def _exemptions(pack: Pack, config: Mapping[str, Any], place: str) -> tuple[list[Exemption], list[str]]:
    ids = [rule.id for rule in pack.rules]
    found, problems = parse_exemptions(config.get("exemptions"), place, ids)
    if pack.exemptions.exists():
        more, wrong = read_exemptions(pack.exemptions, ids)
        found, problems = found + more, problems + wrong
    return found, problems
