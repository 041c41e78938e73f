"""Print an audit: as a table for people, as JSON for programs, as SARIF for code hosts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .audit import Audit
from .findings import MANDATORY, Finding
from .rules import RULES


def as_table(audit: Audit) -> str:
    """One block a finding, mandatory ones first, and a line that sums up."""
    lines: list[str] = []
    for finding in audit.findings:
        where = f"{finding.store_kind} {finding.store_name}".strip() or "(no store)"
        logical = f" / {finding.logical}" if finding.logical not in {None, "", finding.store_name} else ""
        lines.append(f"{finding.level.upper():<9} {finding.rule:<24} {where}{logical}")
        lines.append(f"          {finding.message}")
        if finding.origin:
            lines.append(f"          at {finding.origin}")
    mandatory = sum(finding.level == MANDATORY for finding in audit.findings)
    lines.append(
        f"{audit.resources} resources, {len(RULES)} rules: "
        f"{mandatory} mandatory and {len(audit.findings) - mandatory} advisory findings"
    )
    return "\n".join(lines)


def as_json(audit: Audit) -> str:
    """The findings as one JSON document."""
    return json.dumps(
        {"findings": [finding.as_json() for finding in audit.findings]}, indent=2, ensure_ascii=False
    )


def as_sarif(audit: Audit) -> str:
    """The findings as SARIF 2.1.0."""
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.cause},
            "fullDescription": {"text": rule.explanation},
            "help": {"text": rule.remedy},
            "defaultConfiguration": {"level": "error" if rule.level == MANDATORY else "warning"},
        }
        for rule in RULES
    ]
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "isolation", "rules": rules}},
                "results": [_result(finding) for finding in audit.findings],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": "error" if finding.level == MANDATORY else "warning",
        "message": {"text": finding.message},
        "logicalLocations": [{"fullyQualifiedName": finding.resource or finding.store_name}],
    }
    file, _, line = finding.origin.rpartition(":")
    if finding.origin.startswith("urn:"):  # code hosts take a result only with a file
        file, line = finding.resource.partition("#urn:")[0], "1"
    if file:
        result["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(Path(file).as_posix())},
                    "region": {"startLine": int(line)},
                }
            }
        ]
    return result
