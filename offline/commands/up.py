"""`make up`: the stack as its file says, under the policy packs, and the table of what runs where."""

from __future__ import annotations

from offline.commands import settings
from offline.commands.stack import cluster_access, what_runs
from offline.commands.stack.locks import exclusive
from offline.commands.stack.lost_state import refuse_lost_state
from offline.commands.stack.recovery import recover
from offline.commands.stack.session import Session, begin


def run(_arguments: list[str]) -> int:
    """Returns 0 when everything is up; raises Failed with the engine's exit code when it is not."""
    session = begin()
    with exclusive(session.program, "up"):
        refresh = must_refresh(session)
        refuse_lost_state(session.pulumi, session.cluster)
        session.pulumi.create_if_absent()
        if session.cluster is not None:
            cluster_access.remember(session.program, session.cluster, completed=False)
        with session.timings.part("preview and update"):
            session.pulumi.stream(
                "up",
                "--yes",
                "--suppress-outputs",
                *refresh,
                *session.pulumi.with_policies(),
                *settings.extra_arguments(),
            )
        if session.cluster is not None:
            cluster_access.remember(session.program, session.cluster, completed=True)
    with session.timings.part("table"):
        show(session)
    print(session.timings.summary())
    return 0


def must_refresh(session: Session) -> list[str]:
    """`--refresh` if the state may not be what the cluster holds, with a line that says why; else nothing."""
    mended = recover(session.pulumi, session.cluster)
    if session.cluster is not None and cluster_access.is_another_cluster(session.program, session.cluster):
        print("the cluster was made anew since the last `up`: what is gone from it is created again")
        return ["--refresh"]
    return ["--refresh"] if mended else []


def show(session: Session) -> None:
    """Print what runs where."""
    if session.cluster is None:
        return
    resources = session.pulumi.export().get("deployment", {}).get("resources", [])
    found = what_runs.rows(resources, session.cluster)
    if found:
        print(f"\n{what_runs.aligned(found)}\n")
