"""What happens around a backfill while it runs: writers at the source, a source that breaks off, a large table."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.servers.backfill import MONOLITH, MOVER, SERVICE, Stores, two_databases
from tests.servers.postgres import PostgresServer

PAIRS = ("notification_channels", "notification_marks")
FILL = """
TRUNCATE notification_channels, notifications, notification_marks;
INSERT INTO notification_channels (id, name) SELECT n, 'channel ' || n FROM generate_series(1, {rows}) AS n;
INSERT INTO notification_marks (mark) SELECT repeat('mark ', 100) || n FROM generate_series(1, {rows}) AS n;
SELECT setval('notification_channels_id_seq', {rows});
"""
MEMORY_KIB = 100_000


@pytest.fixture
def stores(postgres: PostgresServer, tmp_path: Path) -> Stores:
    return two_databases(postgres, tmp_path)


def counts(stores: Stores, database: str) -> list[int]:
    return [
        int(stores.server.query(f"SELECT count(*) FROM {table}", user=database, database=database)[0][0])
        for table in PAIRS
    ]


def test_a_writer_at_the_source_does_not_tear_the_snapshot(stores: Stores) -> None:
    stores.monolith(FILL.format(rows=20_000))
    # Each transaction adds a row to both tables, so that any one moment has as many in the one as in the other.
    pair = (
        "BEGIN; INSERT INTO notification_channels (name) VALUES (gen_random_uuid()::text);"
        " INSERT INTO notification_marks (mark) VALUES ('written meanwhile'); COMMIT;"
    )
    writer = subprocess.Popen(
        ["psql", "--no-psqlrc", "--quiet"],
        env=stores.environment(MONOLITH),
        stdin=subprocess.PIPE,
        text=True,
    )
    assert writer.stdin is not None
    try:
        command, variables = stores.command("forward")
        with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as moving:
            while moving.poll() is None:
                writer.stdin.write(f"{pair}\n" * 20)
                writer.stdin.flush()
            said = moving.stdout.read() if moving.stdout else ""
    finally:
        writer.stdin.close()
        writer.wait(timeout=60)
    assert moving.returncode == 0, said
    channels, marks = counts(stores, SERVICE)
    assert channels == marks
    assert f"notification_marks: {marks} rows" in said
    assert counts(stores, MONOLITH)[0] > channels, "nothing was written meanwhile"


def test_a_source_that_breaks_off_changes_nothing(stores: Stores) -> None:
    stores.monolith(FILL.format(rows=100_000))
    stores.service(FILL.format(rows=3))
    command, variables = stores.command("forward")
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE usename = '{MOVER}' AND state = 'active' AND query LIKE 'COPY%marks%'"
    )
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as moving:
        while moving.poll() is None and not stores.server.query(ended):
            time.sleep(0.005)
        said, complained = moving.communicate(timeout=60)
    assert moving.returncode == 1, said
    assert "connection" in complained
    assert "equal on both sides" not in said
    assert counts(stores, SERVICE) == [3, 3]


@pytest.mark.parametrize("index", ["with its indexes", "without an index"])
def test_a_large_table_takes_little_memory_and_time(stores: Stores, index: str) -> None:
    """200,000 rows of half a kilobyte, under a limit that holds a part of them only."""
    stores.monolith(FILL.format(rows=200_000))
    if index == "without an index":
        stores.service("DROP INDEX channel_parents")
    command, variables = stores.command("forward")
    for run in ("into empty tables", "again"):
        began = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", f'ulimit -v {MEMORY_KIB}; exec "$@"', "limited", *command],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert done.returncode == 0, done.stderr
        print(f"two tables of 200,000 rows, 100 MB, {index}, {run}: {time.monotonic() - began:.1f} s")
        waits = run == "again" and index == "without an index"
        assert ("for a foreign key has no index: notification_channels" in done.stderr) is waits
    assert counts(stores, SERVICE) == [200_000, 200_000]
