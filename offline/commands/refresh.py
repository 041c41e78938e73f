"""`make refresh`: read the cluster into the state, which shows drift."""

from __future__ import annotations

from offline.commands import settings
from offline.commands.stack import cluster_access
from offline.commands.stack.locks import exclusive
from offline.commands.stack.recovery import recover
from offline.commands.stack.session import begin


def run(_arguments: list[str]) -> int:
    """Returns 0 when the state is what the cluster holds."""
    session = begin()
    with exclusive(session.program, "refresh"):
        recover(session.pulumi, session.cluster)
        session.pulumi.create_if_absent()
        with session.timings.part("refresh"):
            session.pulumi.stream("refresh", "--yes", *settings.extra_arguments())
        if session.cluster is not None:
            cluster_access.remember(session.program, session.cluster, completed=True)
    print(session.timings.summary())
    return 0
