"""The clone whose previews are measured gets nothing of what make was told about the benchmark itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bench import previews
from bench.clock import Ended


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
