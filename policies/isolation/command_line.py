"""`python -m policies.isolation audit PATH…` and `python -m policies.isolation verify`."""

from __future__ import annotations

import argparse
import datetime
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .audit import audit
from .configuration import combined, read_configuration, settings_of, values_of
from .exemptions import Exemption, parse_exemptions, read_exemptions
from .graph.graph import Settings
from .levels import verify
from .packs import ISOLATION, Pack
from .report import as_json, as_sarif, as_table
from .resources import mapping
from .rules import RULES
from .sharing import GRADES

_FORMATS = {"table": as_table, "json": as_json, "sarif": as_sarif}


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: nothing refused; 1: mandatory findings; 2: input that cannot be audited, the rest still is."""
    options = _parser().parse_args(arguments)
    return _audit(options) if options.command == "audit" else verify_packs((ISOLATION,), options)


def _audit(options: argparse.Namespace) -> int:
    stated, exemptions, problems = _stated(options)
    settings = settings_of(stated)
    found = audit(
        options.paths,
        settings=Settings(
            owner_keys=tuple(options.owner_key) or settings.owner_keys,
            namespace_owners={**settings.namespace_owners, **dict(options.namespace_owner)},
            host_owners={**settings.host_owners, **dict(options.host_owner)},
        ),
        config={
            rule.id: {**mapping(stated.get(rule.id)), **({"grade": options.grade} if options.grade else {})}
            for rule in RULES
        },
        exemptions=exemptions,
    )
    _print(_FORMATS[options.format](found))
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)
    for problem in (*problems, *found.problems):
        print(f"error: {problem}", file=sys.stderr)
    return 2 if problems else found.exit_code


def _stated(options: argparse.Namespace) -> tuple[dict[str, Any], list[Exemption], list[str]]:
    """What a policy configuration states of all rules and, by rule, of each; exemptions; and what of it is unusable."""
    rules = [rule.id for rule in RULES]
    stated: dict[str, Any] = {}
    exemptions: list[Exemption] = []
    problems: list[str] = []
    if options.policy_config is not None:
        content, problems = read_configuration(options.policy_config, (ISOLATION,))
        by_policy = {name: values_of(said) for name, said in content.items()}
        for name, values in by_policy.items():
            found, wrong = parse_exemptions(
                values.get("exemptions"), f"{options.policy_config}: {name}", rules
            )
            exemptions, problems = exemptions + found, problems + wrong
        stated = {**combined({}, by_policy.values(), rules), **by_policy}
    for file in (ISOLATION.exemptions, options.exemptions):
        if file is not None and (file == options.exemptions or file.exists()):
            found, wrong = read_exemptions(file, rules)
            exemptions, problems = exemptions + found, problems + wrong
    return stated, list(dict.fromkeys(exemptions)), problems


def _print(text: str) -> None:
    """Print, whatever encoding the machine prefers, and to a reader who may have had enough of it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def verify_packs(packs: Sequence[Pack], options: argparse.Namespace) -> int:
    """Print what weakens packs that run together, or that nothing does; the exit code says which."""
    today = datetime.datetime.now(datetime.UTC).date()
    result = verify(packs, options.policy_config, options.exemptions, today)
    for line in result.exemptions:
        print(line)
    for line in (*result.problems, *result.lowered):
        print(f"error: {line}", file=sys.stderr)
    if not result.exit_code:
        rules = sum(len(pack.rules) for pack in packs)
        print(f"{rules} rules at their levels, {len(result.exemptions)} exemptions in force")
    return result.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m policies.isolation",
        description="Finds stores that several owners share. The Pulumi engine runs this folder as a policy pack.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("audit", help="find stores that several owners share")
    command.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="YAML file, folder or stack export; - for what is piped in",
    )
    command.add_argument("--format", choices=sorted(_FORMATS), default="table")
    command.add_argument(
        "--owner-key",
        action="append",
        default=[],
        metavar="LABEL",
        help="label or tag that names the owner; may be repeated, like the next two",
    )
    for name, what in (("namespace", "namespaces of other stacks"), ("host", "stores of other stacks")):
        command.add_argument(
            f"--{name}-owner",
            action="append",
            default=[],
            type=_pair,
            metavar="PATTERN=OWNER",
            help=f"owner of {what} that match",
        )
    command.add_argument("--grade", choices=GRADES, help="what counts as one store (database)")
    command.add_argument(
        "--exemptions", type=Path, metavar="FILE", help="exemptions, each with an expiry date"
    )
    command.add_argument(
        "--policy-config",
        type=Path,
        metavar="FILE",
        help="what --policy-pack-config is given, its levels apart",
    )
    add_verify(commands)
    return parser


def add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `verify`, which every pack has."""
    command = commands.add_parser(
        "verify", help="fail on a lowered level, a missing rule, an expired exemption"
    )
    command.add_argument(
        "--policy-config", type=Path, metavar="FILE", help="what --policy-pack-config is given"
    )
    command.add_argument(
        "--exemptions", type=Path, metavar="FILE", help="more exemptions, beside those that lie with the pack"
    )


def _pair(value: str) -> tuple[str, str]:
    pattern, equals, owner = value.partition("=")
    if not (pattern and equals and owner):
        raise argparse.ArgumentTypeError(f"{value!r} is not PATTERN=OWNER")
    return pattern, owner
