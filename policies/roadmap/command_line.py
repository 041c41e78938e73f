"""`verify` of this pack, or of both packs as a run of this project has them: no rule is missing, no level lowered, no
exemption expired."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from policies.isolation.command_line import add_verify, verify_packs
from policies.isolation.packs import ISOLATION, Pack

from .packs import ROADMAP


def main(arguments: Sequence[str]) -> int:
    """`python -m policies.roadmap`. Exit code 0: nothing lowered; 1: something is; 2: input that cannot be read."""
    return _verify((ROADMAP,), "python -m policies.roadmap", arguments)


def main_of_both(arguments: Sequence[str]) -> int:
    """`python -m policies`: the same of both packs, whose configuration is one file."""
    return _verify((ISOLATION, ROADMAP), "python -m policies", arguments)


def _verify(packs: Sequence[Pack], program: str, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog=program)
    add_verify(parser.add_subparsers(dest="command", required=True))
    return verify_packs(packs, parser.parse_args(arguments))
