"""`make preview`: what `up` would change, and what the policy packs say to it; nothing is changed."""

from __future__ import annotations

from offline.commands import settings
from offline.commands.stack import cluster_access
from offline.commands.stack.lost_state import refuse_lost_state
from offline.commands.stack.session import begin


def run(_arguments: list[str]) -> int:
    """Returns 0 if the preview passes; raises Failed with the engine's exit code if it is refused."""
    session = begin()
    refuse_lost_state(session.pulumi, session.cluster)
    refresh = []
    if session.cluster is not None and cluster_access.is_another_cluster(session.program, session.cluster):
        print("the cluster was made anew since the last `up`: the preview refreshes the state first")
        refresh = ["--refresh"]
    session.pulumi.create_if_absent()
    with session.timings.part("preview"):
        session.pulumi.stream(
            "preview",
            "--suppress-outputs",
            *refresh,
            *session.pulumi.with_policies(),
            *settings.extra_arguments(),
        )
    print(session.timings.summary())
    return 0
