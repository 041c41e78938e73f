"""Assemble the rules into a policy pack for the Pulumi engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)

from .findings import ADVISORY, MANDATORY, Finding, Rule, broken
from .graph.graph import Graph, Settings
from .graph.owners import DEFAULT_OWNER_KEYS
from .resources import mapping, sequence
from .rules import RULES
from .sources.analyzer import resources_from_policy

NAME = "isolation"
ADVICE = "isolation-advice"

_SETTINGS: dict[str, dict[str, Any]] = {
    "ownerKeys": {"type": "array", "items": {"type": "string"}, "default": list(DEFAULT_OWNER_KEYS)},
    "namespaceOwners": {"type": "object", "additionalProperties": {"type": "string"}},
    "hostOwners": {"type": "object", "additionalProperties": {"type": "string"}},
}


def policies() -> list[Policy]:
    """One policy for each rule, and one that prints what is only worth knowing."""
    assembled: list[Policy] = [_policy(rule) for rule in RULES]
    assembled.append(
        StackValidationPolicy(
            name=ADVICE,
            description="Not refused, but worth knowing.",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=_advise,
            config_schema=PolicyConfigSchema(properties=_SETTINGS),
        )
    )
    return assembled


def serve() -> None:
    """Run as a policy pack; does not return."""
    PolicyPack(name=NAME, policies=policies(), enforcement_level=EnforcementLevel.MANDATORY)


def _policy(rule: Rule) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for finding in findings_of(rule, args):
            if finding.level == MANDATORY:
                report(finding.message, finding.resource)

    return StackValidationPolicy(
        name=rule.id,
        description=rule.cause,
        enforcement_level=EnforcementLevel.MANDATORY
        if rule.level == MANDATORY
        else EnforcementLevel.ADVISORY,
        validate=validate,
        config_schema=PolicyConfigSchema(
            properties={**_SETTINGS, **{k: dict(v) for k, v in rule.config.items()}}
        ),
        remediation_steps=rule.remedy,
    )


def _advise(args: StackValidationArgs, report: ReportViolation) -> None:
    for rule in RULES:
        for finding in findings_of(rule, args):
            if finding.level == ADVISORY:
                report(f"[{finding.rule}] {finding.message}", finding.resource)


def findings_of(rule: Rule, args: StackValidationArgs) -> list[Finding]:
    """What a rule finds in a stack; a rule that breaks down counts as violated, whatever the cause."""
    try:
        config = args.get_config()
        graph = Graph(resources_from_policy(args.resources), settings_of(config))
        return list(rule.check(graph, config))
    except Exception as error:
        return [broken(rule, error)]


def settings_of(config: Mapping[str, Any]) -> Settings:
    """The pack's settings from one policy's configuration."""
    return Settings(
        owner_keys=tuple(sequence(config.get("ownerKeys"))) or DEFAULT_OWNER_KEYS,
        namespace_owners=dict(mapping(config.get("namespaceOwners"))),
        host_owners=dict(mapping(config.get("hostOwners"))),
    )
