"""The pack as the engine starts it: a folder run as a program, from another folder, that says a port and answers."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.isolation.rules import RULES

from .stack import UNKNOWN, deployment, from_secret, kube

PACK = Path(__file__).resolve().parents[2] / "policies" / "isolation"
Pack = tuple[subprocess.Popen[str], Any]


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[Pack]:
    """The running pack and a client of it."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
        # A shell that runs this in the background has its children ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield process, analyzer_pb2_grpc.AnalyzerStub(channel)
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_the_engine_is_told_of_every_rule(pack: Pack) -> None:
    info = pack[1].GetAnalyzerInfo(empty_pb2.Empty())
    levels = {item.name: item.enforcementLevel for item in info.policies}
    mandatory = {rule.id for rule in RULES if rule.level == "mandatory"}
    assert info.name == "isolation"
    assert {name for name, level in levels.items() if level == proto.MANDATORY} == mandatory
    assert {name for name, level in levels.items() if level == proto.ADVISORY} == {
        "unowned-store", "unprotected-store", "isolation-advice",
    }  # fmt: skip


def test_a_foreign_reader_is_refused_over_the_wire(pack: Pack) -> None:
    stack = [
        kube(
            "Cluster",
            "pg",
            owner="monolith",
            protect=True,
            spec={"bootstrap": {"initdb": {"database": "pmt"}}},
        ),
        deployment("worker", owner="analytics", env=[from_secret("P", "pg-app", "password")]),
        kube("ConfigMap", "other", data=UNKNOWN),
    ]
    response = pack[1].AnalyzeStack(proto.AnalyzeStackRequest(resources=stack))
    assert [(item.policyName, item.enforcementLevel) for item in response.diagnostics] == [
        ("shared-database", proto.MANDATORY)
    ]
    assert (
        "worker (owner analytics) → Secret pg-app → Cluster pg (owner monolith)"
        in response.diagnostics[0].message
    )


def test_an_interrupt_ends_it_without_a_word(pack: Pack) -> None:
    process = pack[0]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (errors, process.returncode) == ("", 0)
