"""`make down`: empties a stack of the embedded cluster, stores included, after saying what will be lost."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from offline.commands import settings
from offline.commands.refusal import Refusal
from offline.commands.stack import cluster_access
from offline.commands.stack.locks import exclusive
from offline.commands.stack.program import Program, load
from offline.commands.stack.recovery import recover
from offline.commands.stack.session import Session, begin


def run(_arguments: list[str]) -> int:
    """Returns 0 when the stack is empty; raises Refusal on any cluster but the embedded one of this clone."""
    _refuse_other_clusters(load(settings.program_folder(), settings.stack_name()))
    session = begin()
    if not session.pulumi.exists():
        print(f"stack `{session.program.stack}` does not exist: nothing to empty")
        return 0
    with exclusive(session.program, "down"):
        refresh = recover(session.pulumi, session.cluster) or _was_made_anew(session)
        resources = session.pulumi.export().get("deployment", {}).get("resources", [])
        lost = [
            resource
            for resource in resources
            if resource.get("custom") and resource["type"].startswith("kubernetes:")
        ]
        _say_what_is_lost(session.program.stack, lost)
        if not settings.confirmed():
            _ask(session.program.stack)
        with session.timings.part("destroy"):
            _destroy(session, refresh=refresh)
        cluster_access.forget(session.program)
    print(
        f"stack `{session.program.stack}` is empty; the embedded cluster still runs (`make cluster-down` ends it)"
    )
    print(session.timings.summary())
    return 0


def _refuse_other_clusters(program: Program) -> None:
    if program.cluster is None or not program.cluster.embedded:
        named = f"context `{program.cluster.context}`" if program.cluster else "no cluster of ours"
        raise Refusal(
            f"{program.shown_file}: names {named}; `make down` empties stacks of this clone's embedded cluster only.",
            fix='to destroy it all the same: eval "$(make -s env)", then pulumi state unprotect and pulumi destroy',
        )


def _was_made_anew(session: Session) -> bool:
    return session.cluster is not None and cluster_access.is_another_cluster(session.program, session.cluster)


def _say_what_is_lost(stack: str, lost: Sequence[Mapping[str, Any]]) -> None:
    protected = [resource for resource in lost if resource.get("protect")]
    print(
        f"`make down` deletes {len(lost)} objects of stack `{stack}`; the data of these {len(protected)} is lost:"
    )
    for resource in protected:
        print(f"  {resource['type'].rpartition(':')[2]:<20}{resource['id']}")


def _ask(stack: str) -> None:
    if not sys.stdin.isatty():
        raise Refusal(f"stack `{stack}`: nobody is here to confirm.", fix="say YES=1: make down YES=1")
    if input(f"type the stack's name ({stack}) to delete all of it: ").strip() != stack:
        raise Refusal(
            f"stack `{stack}`: not confirmed, nothing was deleted.", fix=f"type `{stack}`, or say YES=1"
        )


def _destroy(session: Session, *, refresh: bool) -> None:
    opened = session.pulumi.quietly("state", "unprotect", "--all", "--yes")
    if opened.returncode != 0 and "No such resource" not in opened.stderr:
        raise Refusal(
            f"stack `{session.program.stack}`: could not be unprotected.\n    {opened.stderr.strip()}",
            fix="see above",
        )
    options = ["--refresh"] if refresh else []
    session.pulumi.stream("destroy", "--yes", *options, *settings.extra_arguments())
