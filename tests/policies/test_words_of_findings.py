"""What a finding says, and how often: what the parts of a server are called, and what the input holds twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.isolation.audit import audit

from .plain import Object, server, workload

CASES: dict[str, tuple[list[Object], list[dict[str, Any]], str]] = {
    "buckets": (
        server("files", "minio/minio:1", 9000),
        [{"S3_ENDPOINT": "http://files:9000", "S3_BUCKET": name} for name in ("a", "b")],
        "bucket b: different buckets on one server",
    ),
    "indices": (
        server("search", "elasticsearch:8.14.0", 9200),
        [{"ELASTIC_URL": "http://search:9200", "ELASTIC_INDEX": name} for name in ("a", "b")],
        "index b: different indices on one server",
    ),
    "a database by default and another by number": (
        server("cache", "redis:7", 6379),
        [{"REDIS_URL": "redis://cache"}, {"REDIS_URL": "redis://cache/2"}],
        "database 2: different databases on one server",
    ),
    "a database by name and one that nothing names": (
        server("db", "mysql:8", 3306),
        [{"DB_HOST": "db"}, {"URL": "mysql://db/shop"}],
        "nothing tells their databases on this server apart",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_advice_says_what_is_apart(tmp_path: Path, name: str) -> None:
    store, (first, second), words = CASES[name]
    objects = [*store, workload("orders", first), workload("users", second)]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(objects))
    [found] = audit([tmp_path]).findings
    assert found.level == "advisory"
    assert words in found.message


def test_an_object_in_two_files_is_told_of_once(tmp_path: Path) -> None:
    services = (workload(name, {"URL": "postgres://db/shop"}) for name in ("orders", "users"))
    objects = [*server("db", "postgres:16", 5432), *services]
    for file in ("first.yaml", "second.yaml"):
        (tmp_path / file).write_text(yaml.safe_dump_all(objects))
    [found] = audit([tmp_path]).findings
    assert (found.users, len(found.paths)) == (("orders", "users"), 2)
