"""Puts a run under the policy packs, with the exemptions of the data moves that the stack file opens, and no other.

The isolation pack is told that in this project a server has one owner: a database of one's own on another service's
server is refused too.

An exemption is for two rules, one workload and one day: the Job of an open backfill, until the exemption in the stack
file expires. It is worked out anew for every run, so that a move that is closed has none, and it goes to the pack as
its configuration: the pack prints it at every run, and refuses it once it has expired.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import roadmap
from offline.commands.stack.program import Program
from offline.toolchain.places import ROOT, STATE

ISOLATION = ROOT / "policies" / "isolation"
BOTH = ROOT / "policies"
"""The isolation pack and the roadmap pack in one process, which a preview waits for once."""
RULES = ("shared-database", "foreign-network-path")
"""What a link between two owners' stores breaks: the database it uses, and the way to it through the network."""
GRADED = ("shared-database", "shared-cache")
GRADE = "instance"
ADVICE = "isolation-advice"
"""The policy that prints an exemption in force."""


def policy_arguments(program: Program) -> list[str]:
    """The engine's arguments: both packs for this project's own program, with their configuration."""
    # The roadmap pack judges this project's own programs; the isolation pack any.
    if program.folder != ROOT:
        return ["--policy-pack", str(ISOLATION)]
    config = policy_config(program, exemptions_of(program))
    return ["--policy-pack", str(BOTH), "--policy-pack-config", str(config)]


def policy_config(program: Program, exemptions: Sequence[Mapping[str, str]]) -> Path:
    """The file that a run of this project's own program gives the packs as their configuration, written anew."""
    return _written(program, _isolation(exemptions))


def _isolation(exemptions: Sequence[Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """The isolation pack's configuration, by policy."""
    content: dict[str, dict[str, Any]] = {name: {"grade": GRADE} for name in GRADED}
    for name in (*RULES, ADVICE) if exemptions else ():
        content.setdefault(name, {})["exemptions"] = list(exemptions)
    return content


def exemptions_of(program: Program) -> list[dict[str, str]]:
    """Of each backfill that the stack file opens: rule, resource, owner, reason and expiry.

    None for another program, and for a stack file that is refused: the program refuses it too, and says why.
    """
    if program.folder != ROOT:
        return []
    try:
        return stated_exemptions(program)
    except roadmap.Refusal:
        return []


def stated_exemptions(program: Program) -> list[dict[str, str]]:
    """The same of a stack file of this project; raises roadmap.Refusal where the program would refuse it."""
    config = roadmap.load_stack_file(program.stack_file)
    return [
        {
            "rule": rule,
            "resource": backfill.job,
            "owner": backfill.owner,
            "reason": f"{backfill.direction} backfill of {backfill.domain}: {backfill.reason}",
            "expires": backfill.expires.isoformat(),
        }
        for backfill in roadmap.resolve(config, roadmap.load_catalog()).backfills
        for rule in RULES
    ]


def _written(program: Program, content: Mapping[str, Any]) -> Path:
    path = STATE / "policies" / f"{program.project}.{program.stack}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path
