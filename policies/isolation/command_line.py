"""`python -m policies.isolation audit PATH…`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .audit import audit
from .graph.graph import Settings
from .graph.owners import DEFAULT_OWNER_KEYS
from .report import as_json, as_sarif, as_table

_FORMATS = {"table": as_table, "json": as_json, "sarif": as_sarif}


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: nothing refused; 1: mandatory findings; 2: input that cannot be audited, the rest still is."""
    options = _parser().parse_args(arguments)
    found = audit(
        options.paths,
        settings=Settings(
            owner_keys=tuple(options.owner_key) or DEFAULT_OWNER_KEYS,
            namespace_owners=dict(options.namespace_owner),
        ),
        config={"shared-database": {"grade": options.grade}},
    )
    print(_FORMATS[options.format](found))
    for problem in found.problems:
        print(f"error: {problem}", file=sys.stderr)
    return found.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies.isolation")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("audit", help="find stores that several owners share")
    command.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="YAML file, folder or stack export"
    )
    command.add_argument("--format", choices=sorted(_FORMATS), default="table")
    command.add_argument("--owner-key", action="append", default=[], help="label or tag that names the owner")
    command.add_argument(
        "--namespace-owner",
        action="append",
        default=[],
        type=_pair,
        metavar="PATTERN=OWNER",
        help="owner of the namespaces that match",
    )
    command.add_argument("--grade", choices=("schema", "database", "instance"), default="database")
    return parser


def _pair(value: str) -> tuple[str, str]:
    pattern, equals, owner = value.partition("=")
    if not (pattern and equals and owner):
        raise argparse.ArgumentTypeError(f"{value!r} is not PATTERN=OWNER")
    return pattern, owner
