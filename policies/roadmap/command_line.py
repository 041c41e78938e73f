"""`python -m policies.roadmap verify`: no rule is missing, no level lowered, no exemption expired."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from policies.isolation.command_line import add_verify, verify_pack

from .packs import ROADMAP


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: nothing lowered; 1: something is; 2: input that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m policies.roadmap")
    add_verify(parser.add_subparsers(dest="command", required=True))
    return verify_pack(ROADMAP, parser.parse_args(arguments))
