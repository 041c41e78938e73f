"""What every command on a stack begins with: program found, engine ready, passphrase checked, cluster reached."""

from __future__ import annotations

from dataclasses import dataclass

from offline.commands import settings
from offline.commands.prepared import prepare, table
from offline.commands.stack import cluster_access
from offline.commands.stack.cluster_access import ReachedCluster
from offline.commands.stack.program import Program, load
from offline.commands.stack.pulumi import Pulumi
from offline.commands.stack.timings import Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A stack that can be worked on."""

    program: Program
    """The program and its stack file."""
    pulumi: Pulumi
    """The engine, bound to it."""
    cluster: ReachedCluster | None
    """Its cluster, which has answered; None for a program that names none."""
    timings: Timings
    """Where the time goes."""


def begin() -> Session:
    """Raises Refusal or ToolchainError before anything is created if something is wrong."""
    timings = Timings()
    program = load(settings.program_folder(), settings.stack_name())
    embedded = program.cluster is not None and program.cluster.embedded
    with timings.part("toolchain"):
        engine = prepare(cluster=embedded)
        pulumi = Pulumi(program=program, engine=engine)
        pulumi.check_passphrase()
    print(table(engine), flush=True)
    with timings.part("cluster"):
        cluster = cluster_access.reach(program)
    return Session(program=program, pulumi=pulumi, cluster=cluster, timings=timings)
