"""Previews are measured in turns, in a clone that gets nothing of what make was told about the benchmark itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto

from bench import previews
from bench.clock import Ended
from offline.toolchain.places import ROOT
from tests.policies.roadmap.started import started


def test_the_clone_is_not_given_the_arguments_of_the_benchmark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, Mapping[str, str]]] = []

    def timed(command: Sequence[str], *, environment: Mapping[str, str] | None = None, **_: Any) -> Ended:
        if command[0] == "git":
            (tmp_path / "clone").mkdir()
        else:
            assert environment is not None
            seen.append((" ".join(command), environment))
        return Ended(1.0, 0, "HOME=/home/ada\0" if command[0] == "bash" else "--policy-pack policies")

    monkeypatch.setattr(previews, "timed", timed)
    monkeypatch.setenv("ARGS", "--write docs/benchmarks.md")
    monkeypatch.setenv("MAKEFLAGS", "ARGS=--write")
    with previews.brought_up(tmp_path, lambda _: None) as clone:
        assert clone.packs == ("--policy-pack", "policies")
        assert clone.environment["HOME"] == "/home/ada"
    assert [command for command, _ in seen][0::3] == ["make up STACK=year3", "make cluster-down"]
    assert not [command for command, environment in seen if {"ARGS", "MAKEFLAGS"} & set(environment)]


def test_each_takes_each_turn_and_the_first_round_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def timed(command: Sequence[str], **_: Any) -> Ended:
        packs = command[command.index("--expect-no-changes") + 1 :]
        seen.append(" ".join(packs))
        return Ended(float(len(seen)), 0, "")

    monkeypatch.setattr(previews, "timed", timed)
    clone = previews.Clone(ROOT, {}, ("--policy-pack", "both"))
    empty = f"--policy-pack {ROOT / previews.EMPTY_PACK}"
    found = previews.measured(clone, 2, lambda _: None)
    both = "--policy-pack both"
    assert seen == ["", empty, both, "", empty, both, empty, both, ""]
    assert found.seconds == {previews.NONE: (4.0, 9.0), previews.EMPTY: (5.0, 7.0), previews.BOTH: (6.0, 8.0)}
    assert found.ratio(previews.BOTH, previews.EMPTY) == 7 / 6


def test_the_empty_pack_is_one_policy_of_the_sdk(tmp_path: Path) -> None:
    with started(ROOT / previews.EMPTY_PACK, tmp_path) as client:
        info = client.GetAnalyzerInfo(empty_pb2.Empty())
        assert [policy.name for policy in info.policies] == ["nothing"]
        assert list(client.AnalyzeStack(proto.AnalyzeStackRequest()).diagnostics) == []
