"""Workloads that look after a store, and those that use it, though both come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .plain import Object, metadata, refused, server, workload

URL = "postgres://db/shop"
BASE = [*server("db", "postgres:16", 5432), workload("orders", {"URL": URL})]


def container(**given: Any) -> Object:
    return {"name": "main", "image": "example/reports:1", "env": [{"name": "URL", "value": URL}], **given}


def periodic(name: str = "users", **given: Any) -> Object:
    template = {"metadata": {"labels": {"app": "users"}}, "spec": {"containers": [container(**given)]}}
    spec = {"schedule": "@daily", "jobTemplate": {"spec": {"template": template}}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata(name), "spec": spec}


def workflow(kind: str) -> Object:
    steps = {
        "entrypoint": "all",
        "templates": [{"name": "all", "dag": {}}, {"name": "one", "container": container()}],
    }
    spec = {"schedule": "@daily", "workflowSpec": steps} if kind == "CronWorkflow" else steps
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata("users"), "spec": spec}


def scaled() -> Object:
    spec = {"jobTargetRef": {"template": {"spec": {"containers": [container()]}}}}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledJob",
        "metadata": metadata("users"),
        "spec": spec,
    }


CASES = [
    pytest.param(periodic(), True, id="a report every day"),
    pytest.param(
        periodic(command=["sh", "-c", "pg_dump $URL > /backup/all"]), False, id="a dump by its command"
    ),
    pytest.param(periodic(image="example/pg-backup:1"), False, id="a backup by its image"),
    pytest.param(periodic("shop-backup"), False, id="a backup by its own name"),
    pytest.param(workflow("CronWorkflow"), True, id="a workflow that comes again"),
    pytest.param(workflow("Workflow"), False, id="a workflow that runs once"),
    pytest.param(scaled(), True, id="jobs for what stands in a queue"),
]


@pytest.mark.parametrize(("other", "counts"), CASES)
def test_who_counts_as_a_second_service(tmp_path: Path, other: Object, counts: bool) -> None:
    expected = {("db", "shop"): frozenset({"orders", "users"})} if counts else {}
    assert refused(tmp_path, [*BASE, other]) == expected
