"""On a real Postgres: views are made and refreshed by a role that may nothing else, and read by one other."""

import pytest

from components.rendering.views import views_sql
from tests.servers.analytics import (
    DATABASE,
    OTHER,
    PHASES,
    READER,
    REFRESH,
    VIEW,
    VIEWS,
    enter,
    fresh,
    grant,
    matviews,
    refresh,
    refused,
    rows,
)
from tests.servers.postgres import PostgresServer


@pytest.fixture
def server(postgres: PostgresServer) -> PostgresServer:
    """A database with tables and rows, and no role of analytics."""
    return fresh(postgres)


def test_phase_materialized_views_reads_views_and_no_raw_table(server: PostgresServer) -> None:
    enter(server, "replica")
    enter(server, "materialized-views")
    assert server.query(
        "SELECT * FROM analytics.project_progress ORDER BY 1", user=READER, database=DATABASE
    ) == [
        ["1", "2"],
        ["2", "0"],
    ]
    server.execute("CREATE TABLE sprints (id int)", user="monolith", database=DATABASE)
    for table in ("projects", "tasks", "users", "sprints"):
        refused(server, f"SELECT FROM {table}", READER)
    refused(server, "REFRESH MATERIALIZED VIEW analytics.project_progress", READER, "must be owner")
    refused(server, "CREATE TABLE analytics.mine (id int)", READER)


def test_the_application_cannot_read_the_views(server: PostgresServer) -> None:
    enter(server, "materialized-views")
    refused(server, "SELECT FROM analytics.project_progress", "monolith")


def test_the_refresh_reads_its_tables_only_and_owns_nothing_in_public(server: PostgresServer) -> None:
    enter(server, "materialized-views")
    refused(server, "SELECT FROM users", REFRESH)
    refused(server, "INSERT INTO projects (name) VALUES ('three')", REFRESH)
    refused(server, "CREATE TABLE mine (id int)", REFRESH)


def test_a_refresh_brings_changes_concurrently(server: PostgresServer) -> None:
    enter(server, "materialized-views")
    before = server.query("SELECT 'analytics.project_progress'::regclass::oid", database=DATABASE)
    server.execute(
        "INSERT INTO tasks (project_id, title) VALUES (2, 'third')", user="monolith", database=DATABASE
    )
    # A reader in the midst of a long query is in the way of a plain refresh, but not of a concurrent one.
    held = server.psql(
        "BEGIN; SELECT count(*) FROM analytics.project_progress;\n"
        "\\setenv PGOPTIONS '-c lock_timeout=2s'\n"
        f"\\! {_as_refresh(server)}\n",
        user=READER,
        database=DATABASE,
        environment={"REFRESH_SQL": views_sql(VIEWS)},
    )
    assert "refreshed" in held.stdout, held.stdout + held.stderr
    assert rows(server, "analytics.task_titles", READER) == 3
    assert server.query("SELECT 'analytics.project_progress'::regclass::oid", database=DATABASE) == before


def _as_refresh(server: PostgresServer) -> str:
    login = " ".join(f"{key}={value}" for key, value in server.environment(REFRESH, DATABASE).items())
    return f'printf "%s" "$REFRESH_SQL" | {login} psql --quiet --set ON_ERROR_STOP=1 && echo refreshed'


def test_an_empty_view_is_refreshed_plainly_first(server: PostgresServer) -> None:
    enter(server, "materialized-views")
    server.execute(
        "REFRESH MATERIALIZED VIEW analytics.project_progress WITH NO DATA", user=REFRESH, database=DATABASE
    )
    said = refresh(server)
    assert "filled analytics.project_progress" in said
    assert "refreshed analytics.task_titles" in said
    assert rows(server, "analytics.project_progress", READER) == 2


def test_a_changed_definition_takes_the_place_of_the_old_one(server: PostgresServer) -> None:
    enter(server, "materialized-views")
    changed = VIEW.model_copy(update={"query": "SELECT id AS project_id, name FROM projects"})
    said = refresh(server, (changed, OTHER))
    assert "made analytics.project_progress" in said
    assert "refreshed analytics.task_titles" in said
    columns = server.query("SELECT * FROM analytics.project_progress", user=READER, database=DATABASE)
    assert sorted(columns) == [["1", "one"], ["2", "two"]]
    assert matviews(server) == {"project_progress", "task_titles"}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param("SELECT nonsense FROM projects", 'column "nonsense" does not exist', id="wrong column"),
        pytest.param("SELECT 1 AS project_id FROM tasks", "could not create unique index", id="not unique"),
        pytest.param("SELECT id AS project_id FROM users", "permission denied for table users", id="foreign"),
        pytest.param("SELECT 1 AS project_id, pg_sleep(9)::text", "statement timeout", id="too slow"),
    ],
)
def test_one_broken_view_fails_the_run_and_leaves_the_others_fresh(
    server: PostgresServer, broken: str, said: str
) -> None:
    enter(server, "materialized-views")
    server.execute(
        "INSERT INTO tasks (project_id, title) VALUES (2, 'third')", user="monolith", database=DATABASE
    )
    sql = views_sql((VIEW.model_copy(update={"query": broken}), OTHER), statement_seconds=2)
    message = server.refusal(sql, user=REFRESH, database=DATABASE)
    assert said in message
    assert "not up to date: analytics.project_progress" in message
    assert rows(server, "analytics.task_titles", READER) == 3
    assert rows(server, "analytics.project_progress", READER) == 2


def test_names_and_queries_with_quotes_are_kept_apart_from_the_statements(server: PostgresServer) -> None:
    odd = VIEW.model_copy(
        update={
            "name": "a\"b'c\\d",
            "unique_columns": ('odd "column', "project_id"),
            "query": "SELECT id AS project_id, 'it''s \\ $$' AS \"odd \"\"column\" FROM projects -- all",
        }
    )
    wanted, _ = PHASES["materialized-views"]
    for user in wanted.users:
        server.create_role(user.name)
    grant(server, wanted, (odd,))
    refresh(server, (odd,))
    refresh(server, (odd,))
    assert server.query(
        'SELECT min("odd ""column") FROM analytics."a""b\'c\\d"', user=READER, database=DATABASE
    )
