"""What every command on a stack begins with: program found, engine ready, passphrase checked, cluster reached."""

from __future__ import annotations

from dataclasses import dataclass

from offline.commands import settings
from offline.commands.prepared import prepare, table
from offline.commands.stack import cluster_access
from offline.commands.stack.cluster_access import ReachedCluster
from offline.commands.stack.program import Program, load
from offline.commands.stack.pulumi import Pulumi, check_passphrase
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
    check_passphrase(program)
    if program.cluster is not None and not embedded:
        cluster_access.check_context(program, program.cluster)  # before minutes are spent on a build
    with timings.part("toolchain"):
        engine = prepare(cluster=embedded)
    print(table(engine), flush=True)
    with timings.part("cluster"):
        cluster = cluster_access.reach(program)
    return Session(
        program=program, pulumi=Pulumi(program=program, engine=engine), cluster=cluster, timings=timings
    )
