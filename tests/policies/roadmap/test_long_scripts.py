"""Long SQL, made of nothing but beginnings: judging it costs no more than its length."""

from __future__ import annotations

import time

import pytest

from ..stack import kube
from .small import move, told

LENGTH = 100_000
BEGINNINGS = [
    "grant a ", "grant a, ", "grant a on schema a, ", "grant a on a.a, ", "grant analytics, ", "alter table ",
    "alter default privileges in schema analytics ", "create index a ", "create statistics a ", "create schema ",
    "insert into wanted_view values (", "insert into wanted_view values ('a', (", "insert into wanted_view values ('",
]  # fmt: skip


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_script_takes_long_to_judge(beginning: str) -> None:
    main = kube("Cluster", "main", owner="monolith", spec={})
    script = kube(
        "ConfigMap", "ddl", owner="monolith", data={"ddl.sql": beginning * (LENGTH // len(beginning))}
    )
    start = time.process_time()
    for rule in ("analytics-views", "analytics-tuning"):
        assert told(rule, [move(), main, script]) == []
    assert time.process_time() - start < 10  # what grows with the square of the length takes minutes
