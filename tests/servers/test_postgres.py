"""On a real Postgres with roles like those of CloudNativePG: each phase gives them what it names, and no more."""

import pytest

from components.rendering.grants import grants_sql
from roadmap.topology import StoreUser
from tests.servers.analytics import (
    BACKFILL,
    DATABASE,
    PHASES,
    READER,
    REFRESH,
    enter,
    fresh,
    grant,
    matviews,
    privileges,
    refused,
    rows,
    store,
)
from tests.servers.postgres import PostgresServer


@pytest.fixture
def server(postgres: PostgresServer) -> PostgresServer:
    """A database with tables and rows, and no role of analytics."""
    return fresh(postgres)


def test_phase_replica_reads_all_tables_and_later_ones_and_changes_none(server: PostgresServer) -> None:
    enter(server, "replica")
    assert [rows(server, table, READER) for table in ("projects", "tasks", "users")] == [2, 2, 0]
    server.execute("CREATE TABLE sprints (id int)", user="monolith", database=DATABASE)
    assert rows(server, "sprints", READER) == 0
    for statement in (
        "INSERT INTO projects (name) VALUES ('three')",
        "UPDATE tasks SET title = ''",
        "DELETE FROM tasks",
        "TRUNCATE users",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SELECT nextval('projects_id_seq')",
    ):
        refused(server, statement, READER)


@pytest.mark.parametrize("phase", PHASES)
def test_a_second_run_changes_nothing(server: PostgresServer, phase: str) -> None:
    enter(server, phase)
    before = privileges(server)
    enter(server, phase)
    assert privileges(server) == before


def test_there_and_back_leaves_nothing(server: PostgresServer) -> None:
    enter(server, "module")
    bare = privileges(server)
    path = ("replica", "materialized-views", "service", "materialized-views", "replica", "module")
    seen: dict[str, list[list[str]]] = {}
    for phase in path:
        enter(server, phase)
        found = privileges(server)
        assert seen.setdefault(phase, found) == found, phase
    assert privileges(server) == bare == seen["service"]
    assert server.roles() & {READER, REFRESH} == set()
    assert (
        server.query("SELECT nspname FROM pg_namespace WHERE nspname = 'analytics'", database=DATABASE) == []
    )
    assert [rows(server, table, "monolith") for table in ("projects", "tasks")] == [2, 2]


def test_nobody_who_is_not_named_may_come_in(server: PostgresServer) -> None:
    enter(server, "module")
    server.create_role("stranger")
    refused(server, "SELECT 1", "stranger", "permission denied for database")


def test_a_backfill_writes_its_tables_with_their_keys_and_no_others(server: PostgresServer) -> None:
    server.create_role("ai_backfill")
    grant(server, store(BACKFILL))
    server.execute(
        "BEGIN; TRUNCATE tasks; INSERT INTO tasks (id, project_id, title) VALUES (7, 1, 'moved');"
        "SELECT setval(pg_get_serial_sequence('tasks', 'id'), 7); DELETE FROM tasks WHERE id = 6; COMMIT;",
        user="ai_backfill",
        database=DATABASE,
    )
    server.execute(
        "INSERT INTO tasks (project_id, title) VALUES (1, 'next')", user="monolith", database=DATABASE
    )
    assert rows(server, "projects", "ai_backfill") == 2
    refused(server, "DELETE FROM projects", "ai_backfill")
    refused(server, "SELECT FROM users", "ai_backfill")
    grant(server, store(retired=("ai_backfill",)))
    refused(server, "SELECT FROM tasks", "ai_backfill")
    server.execute("DROP ROLE ai_backfill")


EXTRA = {
    "a column": "GRANT UPDATE (title) ON tasks TO analytics_reader",
    "a table": "GRANT ALL ON users TO analytics_reader",
    "a sequence": "GRANT ALL ON SEQUENCE projects_id_seq TO analytics_reader",
    "a schema": "GRANT CREATE ON SCHEMA public TO analytics_reader",
    "another schema": 'CREATE SCHEMA "Odd ""one"; GRANT ALL ON SCHEMA "Odd ""one" TO analytics_reader',
    "a table of another schema": 'CREATE SCHEMA odd; CREATE TABLE odd."T x" ();'
    'GRANT ALL ON odd."T x" TO analytics_reader',
    "a routine": "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "GRANT EXECUTE ON FUNCTION f(int) TO analytics_reader",
    "a type": "CREATE TYPE mood AS ENUM ('ok'); GRANT USAGE ON TYPE mood TO analytics_reader",
    "the database": "GRANT CREATE, TEMPORARY ON DATABASE pmt TO analytics_reader",
    "future tables": "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO analytics_reader",
    "future sequences": "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO analytics_reader",
    "future schemas": "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO analytics_reader",
}


@pytest.mark.parametrize("extra", EXTRA.values(), ids=EXTRA.keys())
def test_what_somebody_granted_by_hand_is_taken_back(server: PostgresServer, extra: str) -> None:
    enter(server, "replica")
    before = privileges(server)
    server.execute(extra, user="monolith", database=DATABASE)
    enter(server, "replica")
    assert privileges(server) == before
    enter(server, "module")
    assert READER not in server.roles()


def test_a_table_that_is_not_there_is_told_after_everything_else_is_done(server: PostgresServer) -> None:
    server.create_role("ai_backfill")
    asked = store(BACKFILL.model_copy(update={"reads": ("projects", "ai_jobs")}), retired=(READER,))
    enter(server, "replica")
    message = server.refusal(grants_sql(asked, (), wait_seconds=0), user="monolith", database=DATABASE)
    assert "no table public.ai_jobs (for ai_backfill)" in message
    assert rows(server, "projects", "ai_backfill") == 2
    refused(server, "SELECT FROM projects", READER)


def test_a_role_that_never_comes_is_told_and_nothing_is_done(server: PostgresServer) -> None:
    before = privileges(server)
    wanted = store(StoreUser(name="analytics_reader", reads=("*",)))
    message = server.refusal(grants_sql(wanted, (), wait_seconds=1), user="monolith", database=DATABASE)
    assert "no role analytics_reader" in message
    assert privileges(server) == before


def test_what_somebody_else_built_is_not_dropped(server: PostgresServer) -> None:
    enter(server, "materialized-views")
    server.execute("CREATE TABLE analytics.notes (id int)", user=REFRESH, database=DATABASE)
    said = grant(server, PHASES["module"][0])
    assert "granted to: nobody; revoked from: analytics_reader, analytics_refresh" in said
    assert "analytics_refresh is retired, but cannot be dropped because of" in said
    assert "table analytics.notes" in said
    assert matviews(server) == set()
    assert server.query("SELECT count(*) FROM analytics.notes", database=DATABASE) == [["0"]]
    refused(server, "SELECT 1", REFRESH, "permission denied for database")


def test_a_schema_of_somebody_else_is_refused_with_the_fix(server: PostgresServer) -> None:
    server.create_role(REFRESH)
    server.execute("CREATE SCHEMA analytics AUTHORIZATION analytics_refresh", database=DATABASE)
    server.create_role(READER)
    wanted, views = PHASES["materialized-views"]
    message = server.refusal(grants_sql(wanted, views, wait_seconds=0), user="monolith", database=DATABASE)
    assert "schema analytics belongs to analytics_refresh, not to monolith" in message
    assert "ALTER SCHEMA analytics OWNER TO monolith" in message
