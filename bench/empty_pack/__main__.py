"""The smallest pack that the policy SDK makes: one policy, which never finds anything."""

from __future__ import annotations

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)


def nothing(_args: StackValidationArgs, _report: ReportViolation) -> None:
    """Find nothing in a stack."""


PolicyPack(
    name="empty",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[StackValidationPolicy(name="nothing", description="Nothing is ever wrong.", validate=nothing)],
)
