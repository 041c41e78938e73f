"""`make discard`: lets a parked domain's stores go, with their data, after they have been named one by one.

Two updates: a store is unprotected in the first and deleted in the second, so whoever stops in between lost nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import roadmap
from offline.commands import settings
from offline.commands.refusal import Failed, Refusal
from offline.commands.stack.locks import exclusive
from offline.commands.stack.program import Program, load
from offline.commands.stack.session import Session, begin


def run(_arguments: list[str]) -> int:
    """Returns 0 once the stores are gone; raises Refusal before anything is touched where they may not go."""
    program = load(settings.program_folder(), settings.stack_name())
    domain = os.environ.get("DOMAIN", "")
    stores = _parked_stores(program, domain)
    _confirm(program, domain, stores)
    session = begin()
    with exclusive(session.program, "discard"):
        _discard(session, domain, stores)
    print(f"{', '.join(stores)} of {domain} and their data are gone from stack `{program.stack}`")
    print(session.timings.summary())
    return 0


def _parked_stores(program: Program, domain: str) -> Sequence[str]:
    """Names of the stores; raises Refusal for a domain that is not parked, or that has no store."""
    try:
        config, catalog = roadmap.load_stack_file(program.stack_file), roadmap.load_catalog()
        topology = roadmap.resolve(config, catalog)
    except roadmap.Refusal as refusal:
        raise Refusal(f"{refusal.file}: {refusal.problem}", fix=refusal.fix) from None
    parked = {placement.domain for placement in topology.domains if placement.parked}
    if domain not in parked:
        named = f"is `{domain}`, which" if domain else "is not given, and"
        listed = ", ".join(sorted(parked))
        raise Refusal(
            f"DOMAIN {named} is not parked in {program.shown_file}: only parked stores can be discarded.",
            fix=f"name one of: {listed}" if listed else "turn a domain back first; `make steps` lists how",
        )
    return [store.name for store in topology.stores if store.owner == domain and store.parked]


def _confirm(program: Program, domain: str, stores: Sequence[str]) -> None:
    """Have every store named, by `STORES` or by a person who types them."""
    named = os.environ.get("STORES", "")
    wanted = " ".join(stores)
    if not named:
        print(
            f"`make discard` deletes these stores of {domain} in stack `{program.stack}`, and their data is lost:"
        )
        for store in stores:
            print(f"  {store}")
        if not sys.stdin.isatty():
            raise Refusal(
                f"stack `{program.stack}`: nobody is here to confirm.",
                fix=f'name them: make discard STACK={program.stack} DOMAIN={domain} STORES="{wanted}"',
            )
        named = input(f"type their names ({wanted}) to delete them: ")
    if sorted(named.replace(",", " ").split()) != sorted(stores):
        raise Refusal(
            f"STORES is `{named}`, and the stores of {domain} are {', '.join(stores)}: nothing was deleted.",
            fix="name every one of them, and no other",
        )


def _discard(session: Session, domain: str, stores: Sequence[str]) -> None:
    flags = f"{session.program.project}:extract.{domain}"
    for number, store in enumerate(stores):
        _config(session, "set", f"{flags}.discard[{number}]", store)
    print(f"1 of 2: {', '.join(stores)} lose their protection", flush=True)
    try:
        _update(session)
    except Failed:
        _config(session, "rm", f"{flags}.discard")
        print("nothing was deleted; the stack file is as it was", file=sys.stderr)
        raise
    _config(session, "rm", f"{flags}.discard")
    _config(session, "rm", f"{flags}.parked")
    print(f"2 of 2: {', '.join(stores)} go", flush=True)
    try:
        _update(session)
    except Failed:
        print(f"`make up STACK={session.program.stack}` takes the second update again", file=sys.stderr)
        raise


def _config(session: Session, action: str, path: str, *value: str) -> None:
    done = session.pulumi.quietly("config", action, "--path", path, *value)
    if done.returncode != 0:
        raise Refusal(
            f"{session.program.shown_file}: {path} could not be changed.\n    {done.stderr.strip()}",
            fix="see above",
        )


def _update(session: Session) -> None:
    with session.timings.part("update"):
        session.pulumi.stream(
            "up", "--yes", "--skip-preview", "--suppress-outputs", *session.pulumi.with_policies()
        )
