"""`make ci-policy`: what every run of every stack is judged by is at full strength; part of `make check`.

The packs' own levels are verified, and for each stack the configuration that its runs give them, which is made from the
stack file. `ARGS="--policy-config policy.json"` verifies a configuration that somebody hands to plain pulumi.
"""

from __future__ import annotations

import subprocess
import sys

import roadmap
from offline.commands import settings
from offline.commands.stack.policies import policy_config, stated_exemptions
from offline.commands.stack.program import load, own_stacks
from offline.toolchain.places import ROOT


def run(_arguments: list[str]) -> int:
    """Verify all, also after one has failed; returns 1 if anything is lowered, expired or refused, 2 if unreadable."""
    given = settings.extra_arguments()
    if given:
        return _verified("packs", *given)
    return max((_verified("packs"), *(_of_stack(stack) for stack in own_stacks())))


def _of_stack(stack: str) -> int:
    program = load(None, stack)
    try:
        exemptions = stated_exemptions(program)
    except (
        roadmap.Refusal
    ) as refusal:  # a run of it would be refused as well, by an expired exemption for instance
        print(f"{stack}: refused\nerror: {refusal}", file=sys.stderr)
        return 1
    return _verified(stack, "--policy-config", str(policy_config(program, exemptions)))


def _verified(what: str, *arguments: str) -> int:
    print(f"{what}: ", end="", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "policies", "verify", *arguments], cwd=ROOT, check=False
    ).returncode
