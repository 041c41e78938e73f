"""A real Celery worker lives on the rendered Redis as user `celery`, with nothing beyond that user's ACL."""

import subprocess
import sys
import time
from pathlib import Path

import celery  # type: ignore[import-not-found, import-untyped, unused-ignore]

from components.rendering.urls import redis_url
from tests.servers.conftest import PASSWORDS, RunningRedis
from tests.servers.processes import running

WORKER = """
import os
from celery import Celery

app = Celery("app", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])
app.conf.task_default_queue = "default"


@app.task(name="add")
def add(a, b):
    return a + b
"""


def url(server: RunningRedis, database: int) -> str:
    """The URL that a pod gets, expanded as the kubelet would, on this server's address."""
    rendered = redis_url(user="celery", password_variable="P", host="127.0.0.1", database=database)
    return rendered.replace("$(P)", PASSWORDS["celery"]).replace(":6379/", f":{server.port}/")


def test_a_worker_takes_tasks_answers_inspection_and_returns_results(
    redis_server: RunningRedis, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(WORKER)
    environment = {"CELERY_BROKER_URL": url(redis_server, 0), "CELERY_RESULT_BACKEND": url(redis_server, 1)}
    app = celery.Celery("app", broker=url(redis_server, 0), backend=url(redis_server, 1))
    app.conf.task_default_queue = "default"

    def answers() -> bool:
        return bool(app.control.inspect(timeout=1).ping())

    command = [sys.executable, "-m", "celery", "-A", "app", "worker", "--queues", "default,email"]
    command += ["--pool", "solo", "--loglevel", "INFO"]
    with running(command, folder=tmp_path, answers=answers, environment=environment):
        results = [app.send_task("add", args=(2, number)) for number in range(5)]
        assert [result.get(timeout=20) for result in results] == [2, 3, 4, 5, 6]
        delayed = app.send_task("add", args=(1, 1), countdown=1)
        assert delayed.get(timeout=20) == 2
        started = time.monotonic()
        assert app.control.inspect(timeout=2).active() is not None
        assert time.monotonic() - started < 10
    log = (tmp_path / "output.log").read_text()
    assert "NOPERM" not in log
    assert "ready." in log


def test_beat_schedules_with_the_same_user(redis_server: RunningRedis, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        WORKER + "\napp.conf.beat_schedule = {'often': {'task': 'add', 'schedule': 0.5, 'args': (1, 1)}}\n"
    )
    environment = {"CELERY_BROKER_URL": url(redis_server, 0), "CELERY_RESULT_BACKEND": url(redis_server, 1)}
    client = redis_server.client("celery")
    client.delete("default")
    command = [sys.executable, "-m", "celery", "-A", "app", "beat", "--schedule", "schedule"]
    with running(
        command,
        folder=tmp_path,
        answers=lambda: int(str(client.llen("default"))) >= 2,
        environment=environment,
    ) as beat:
        assert isinstance(beat, subprocess.Popen)
    client.delete("default")
    assert "NOPERM" not in (tmp_path / "output.log").read_text()
