"""Reaches the cluster that a stack file names, and no other; knows whether it is still the one of the last `up`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from offline.commands.cluster import start
from offline.commands.refusal import Refusal
from offline.commands.stack.program import NamedCluster, Program
from offline.toolchain import binary
from offline.toolchain.environment import KUBECTL
from offline.toolchain.places import STATE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedCluster:
    """A cluster whose API server has answered."""

    named: NamedCluster
    """How the stack file names it."""
    uid: str
    """The uid of its namespace kube-system: another cluster at the same address has another one."""

    def get(self, *arguments: str) -> Any:
        """What `kubectl get <arguments> -o json` prints, as plain data; None when it fails."""
        answer = kubectl(self.named, "get", *arguments, "-o", "json")
        return json.loads(answer.stdout) if answer.returncode == 0 and answer.stdout.strip() else None


def kubectl(cluster: NamedCluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run kubectl on the named context; the caller judges the exit code."""
    command: Sequence[str] = (
        str(binary("kubectl")), "--kubeconfig", str(cluster.kubeconfig), "--context", cluster.context,
        "--request-timeout=30s", *arguments,
    )  # fmt: skip
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **KUBECTL},
    )


def reach(program: Program, *, start_embedded: bool = True) -> ReachedCluster | None:
    """Start the embedded cluster if the stack file names it, else check that the named one answers.

    None for a program that names no cluster. Raises Refusal with file, key, value and fix.
    """
    cluster = program.cluster
    if cluster is None:
        return None
    if cluster.embedded and start_embedded:
        start()
    check_context(program, cluster)
    answer = kubectl(cluster, "get", "namespace", "kube-system", "-o", "json")
    if answer.returncode != 0:
        said = answer.stderr.strip().splitlines()
        fix = (
            "run `make cluster`"
            if cluster.embedded
            else "start it, or correct the context's server and credentials"
        )
        raise Refusal(
            f"{program.shown_file}: {cluster.key} is `{cluster.context}`, whose API server does not answer.\n"
            f"    {said[-1] if said else 'kubectl failed without a word'}",
            fix=fix,
        )
    return ReachedCluster(named=cluster, uid=json.loads(answer.stdout)["metadata"]["uid"])


def check_context(program: Program, cluster: NamedCluster) -> None:
    """Raise Refusal unless the named kubeconfig exists and has the named context."""
    key = cluster.key.removesuffix("context")
    if not cluster.kubeconfig.is_file():
        raise Refusal(
            f"{program.shown_file}: {key}kubeconfig is `{cluster.kubeconfig}`, which does not exist.",
            fix="run `make cluster`" if cluster.embedded else "name a kubeconfig that exists",
        )
    try:
        content = yaml.safe_load(cluster.kubeconfig.read_text())
        contexts = [str(context["name"]) for context in content["contexts"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise Refusal(
            f"{program.shown_file}: {key}kubeconfig `{cluster.kubeconfig}` is no kubeconfig.", fix="name one"
        ) from error
    if cluster.context not in contexts:
        raise Refusal(
            f"{program.shown_file}: {cluster.key} is `{cluster.context}`, which {cluster.kubeconfig} does not have.",
            fix=f"use one of: {', '.join(contexts) or 'none: the kubeconfig has no context'}",
        )


def _memory(program: Program) -> Path:
    return STATE / "stacks" / f"{program.project}.{program.stack}.cluster.json"


def remember(program: Program, reached: ReachedCluster, *, completed: bool) -> None:
    """Note which cluster the stack's objects lie on.

    Known from the first update on, also when that fails; another takes its place once an update has completed.
    """
    path = _memory(program)
    if path.exists() and not completed:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"uid": reached.uid, "context": reached.named.context}))


def forget(program: Program) -> None:
    """The stack is empty: any cluster will do for the next `up`."""
    _memory(program).unlink(missing_ok=True)


def is_another_cluster(program: Program, reached: ReachedCluster) -> bool:
    """Whether the stack's last `up` from this clone went to a cluster that is gone.

    Raises Refusal if it is not the embedded one: then the context may point to the wrong place, and a person decides.
    """
    try:
        last = json.loads(_memory(program).read_text())["uid"]
    except (OSError, ValueError, KeyError):
        return False
    if last == reached.uid:
        return False
    if not reached.named.embedded:
        raise Refusal(
            f"{program.shown_file}: {reached.named.key} is `{reached.named.context}`, "
            f"which is not the cluster this stack was last deployed to (kube-system uid {reached.uid}, not {last}).",
            fix=f"point the context back; if the cluster was rebuilt, delete {_memory(program)} and run `make refresh`",
        )
    return True
