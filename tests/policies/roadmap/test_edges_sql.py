"""Where SQL for the monolith's database is found, and what is read of it."""

from __future__ import annotations

from typing import Any

import pytest

from policies.isolation.resources import Resource
from policies.roadmap.sql import Script, unknown_scripts

from ..stack import UNKNOWN, UNKNOWN_OBJECT, deployment, from_config, from_secret, kube, secret, value
from .small import Objects, read

MAIN = kube("Cluster", "main", owner="monolith", spec={})
OTHER = kube("Cluster", "other", owner="analytics", spec={})
GRANT = "GRANT SELECT ON analytics.tasks TO reader"


def found(*objects: Any) -> list[str]:
    return [f"{item.resource.title} {item.name}: {item.text}" for item in read(objects).scripts]


def carrier(name: str, text: Any, *, kind: str = "ConfigMap", owner: str | None = "monolith") -> Any:
    return kube(kind, "c", owner=owner, data={name: text})


def user(name: str, server: str, **rest: Any) -> Any:
    """A workload of analytics that connects to a server and reads ConfigMap `c`, key `q`."""
    env = [value("DATABASE_URL", f"postgresql://x@{server}-rw:5432/app"), from_config("Q", "c", "q")]
    return deployment(name, owner="analytics", env=[*env, from_config("M", "missing", "q")], **rest)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([carrier("a.sql", "SELECT 1")], ["ConfigMap c a.sql: SELECT 1"], id="a file of SQL"),
        pytest.param([carrier("run.sh", f"psql -c '{GRANT}'")], [f"ConfigMap c run.sh: psql -c '{GRANT}'"],
                     id="in a shell"),
        pytest.param([carrier("a.sql", "U0VMRUNUIDE=", kind="Secret")], ["Secret c a.sql: SELECT 1"], id="in a Secret"),
        pytest.param([carrier("note", "SELECT 1")], [], id="nothing that changes anything"),
        pytest.param([carrier("a.sql", UNKNOWN)], [], id="a text that is not known"),
        pytest.param([carrier("a.sql", "-- no\nSELECT /* 1,\n*/ 2")], ["ConfigMap c a.sql: \nSELECT  2"],
                     id="comments"),
        pytest.param([carrier("q", GRANT, owner="analytics")], [], id="another owner's, which nobody reads"),
        pytest.param([MAIN, carrier("q", GRANT, owner="analytics"), user("w", "main")], [f"ConfigMap c q: {GRANT}"],
                     id="another owner's, read by who uses the monolith's database"),
        pytest.param([MAIN, OTHER, carrier("q", GRANT, owner="analytics"), user("w", "other")], [],
                     id="another owner's, read by who uses its own database"),
        pytest.param([carrier("q", GRANT, owner=None), user("w", "main")], [], id="there is no such database"),
        *(
            pytest.param([deployment("w", owner="monolith", container={field: ["psql", "-c", f"{GRANT} -- so"]})],
                         [f"Deployment w arguments: {GRANT} "], id=f"in the {field} of the monolith's workload")
            for field in ("command", "args")
        ),
        pytest.param([deployment("w", owner="monolith", container={"args": [UNKNOWN, "true"]})], [], id="no SQL there"),
        pytest.param([deployment("w", owner="monolith", container={"command": UNKNOWN, "args": UNKNOWN})], [],
                     id="arguments that are not known"),
        pytest.param([MAIN, deployment("a", owner="analytics"), user("w", "main", container={"args": [GRANT]})],
                     [f"Deployment w arguments: {GRANT}"], id="in another's who uses it"),
        pytest.param([MAIN, deployment("a", owner="analytics", container={"args": [GRANT]})], [],
                     id="in another's who does not"),
        pytest.param([kube("Cluster", "main", owner="monolith", spec={"bootstrap": {"initdb": {
            "database": "app", "postInitSQL": ["SELECT 1", f"{GRANT} -- so"]}}})],
            [f"Cluster main bootstrap: {GRANT} "], id="in the server's own spec"),
        pytest.param([kube("Cluster", "main", owner="monolith", spec={"managed": {"roles": [{
            "name": "a", "comment": "call me"}]}})], [], id="a word in another part of the spec"),
        pytest.param([kube("Cluster", "main", owner="monolith", spec=UNKNOWN_OBJECT)], [],
                     id="a spec that is not known"),
        pytest.param([kube("Cluster", "other", owner="analytics", spec={"bootstrap": {"initdb": {
            "postInitSQL": [GRANT]}}})], [], id="in another server's"),
    ],
)  # fmt: skip
def test_where_sql_is_found(objects: Objects, expected: list[str]) -> None:
    assert found(*objects) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "create role r", "ALTER ROLE r", "grant a to r", "REVOKE a", "drop view v", "insert\n into t values (1)",
        "refresh materialized view v", "comment on view v", "truncate t", "copy t", "call p()",
    ],
)  # fmt: skip
def test_a_statement_that_changes_something(statement: str) -> None:
    assert found(carrier("note", f"psql <<< {statement}")) == [f"ConfigMap c note: psql <<< {statement}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a -- b\nc", "a \nc", id="to the end of the line"),
        pytest.param("a /* b\nc */ d /* e */ f", "a  d  f", id="over lines, each by itself"),
        pytest.param("SELECT '--'; GRANT", "SELECT '--'; GRANT", id="no comment but a text"),
        pytest.param(
            "COPY '/data/*'; GRANT; '*/5 * * * *'", "COPY '/data/*'; GRANT; '*/5 * * * *'", id="nor this"
        ),
        pytest.param("-- don't\nGRANT -- it's", "\nGRANT ", id="an apostrophe in a comment"),
        pytest.param("psql -c '\nGRANT -- so\n'", "psql -c '\nGRANT \n'", id="a shell's text over lines"),
    ],
)
def test_comments(text: str, expected: str) -> None:
    assert found(carrier("a.sql", text)) == [f"ConfigMap c a.sql: {expected}"]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([carrier("a.sql", UNKNOWN)], ["ConfigMap c"], id="a file that is not known"),
        pytest.param([carrier("a.sql", secret(UNKNOWN), kind="Secret")], ["Secret c"], id="in a Secret"),
        pytest.param([kube("ConfigMap", "c", owner="monolith", data={"a.sql": UNKNOWN, "b.sql": UNKNOWN})],
                     ["ConfigMap c"], id="told once"),
        pytest.param([carrier("a.sql", "SELECT 1")], [], id="a file that is known"),
        pytest.param([carrier("key", UNKNOWN)], [], id="no SQL, by its name"),
        pytest.param([carrier("a.sql", UNKNOWN, owner="analytics")], [], id="another owner's"),
        pytest.param([carrier("a.sql", UNKNOWN, owner="analytics"), kube("ConfigMap", "d", owner="monolith", data={
            "b.sql": UNKNOWN})], ["ConfigMap d"], id="another owner's, then the monolith's"),
        pytest.param([MAIN, carrier("a.sql", UNKNOWN, owner="analytics"), deployment("w", owner="analytics", env=[
            value("DATABASE_URL", "postgresql://x@main-rw:5432/app"), from_config("Q", "c", "a.sql"),
            from_secret("P", "missing", "p")])], ["ConfigMap c"],
            id="another owner's, read by who uses the monolith's database"),
    ],
)  # fmt: skip
def test_sql_that_is_not_known(objects: Objects, expected: list[str]) -> None:
    assert [item.title for item in unknown_scripts(read(objects))] == expected


def script(text: str) -> Script:
    return Script(resource=Resource(key="x", kind="ConfigMap", group="", name="x"), name="a.sql", text=text)


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        pytest.param("('a', 'b')", [("a", "b")], id="one row"),
        pytest.param("('a'),\n ('b')", [("a",), ("b",)], id="two rows"),
        pytest.param("('a', 'b, c', '(', ')', '[')", [("a", "b, c", "(", ")", "[")], id="signs inside a text"),
        pytest.param("('a;b'), ('c); d')", [("a;b",), ("c); d",)], id="the end of a statement inside a text"),
        pytest.param("('it''s', '')", [("it's", "")], id="an apostrophe, and nothing"),
        pytest.param(r"(E'a\\b', e'it''s', 'a\\b')", [("a\\b", "it's", r"a\\b")], id="backslashes"),
        pytest.param("(NULL, null, true, FALSE, True)", [(None, None, True, False, True)], id="words"),
        pytest.param("(12, -3, 2.5,7 )", [(12, -3, 2.5, 7)], id="numbers"),
        pytest.param("(now(), 'a')", [("now(), 'a'",)], id="a call"),
        pytest.param("(f(1, g(2)), 'a'), ('b')", [("f(1, g(2)), 'a'",), ("b",)], id="a call in a call"),
        pytest.param("(ARRAY['a', 'b'])", [("ARRAY['a', 'b']",)], id="a list"),
        pytest.param("('a'::text)", [("'a'::text",)], id="a cast"),
        pytest.param("('a' || 'b')", [("'a' || 'b'",)], id="two texts joined"),
        pytest.param("('a')), ('b')", [("a",), ("b",)], id="a parenthesis too many"),
        pytest.param("('a', column_b)", [("'a', column_b",)], id="a name"),
        pytest.param("('a', )", [("'a', ",)], id="nothing where a value should be"),
        pytest.param("('a'), ('b') ON CONFLICT (c) DO NOTHING", [("a",), ("b",)], id="what follows the rows"),
    ],
)  # fmt: skip
def test_rows(values: str, rows: list[tuple[object, ...]]) -> None:
    assert script(f"INSERT INTO t VALUES {values};\nINSERT INTO other VALUES ('x');").rows("t") == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("insert  into T\nvalues('a')", [("a",)], id="any case, and no end"),
        pytest.param("INSERT INTO pg_temp.t VALUES ('a') ;", [("a",)], id="a temporary table"),
        pytest.param(
            "INSERT INTO t VALUES ('a'); INSERT INTO t VALUES ('b');", [("a",), ("b",)], id="two statements"
        ),
        pytest.param("psql -c \"INSERT INTO t VALUES ('a')\"", [("a",)], id="in a shell's text"),
        pytest.param("INSERT INTO t SELECT 'a';", [], id="no constants"),
        pytest.param("INSERT INTO t VALUES ;", [], id="no rows"),
        pytest.param("INSERT INTO other.t VALUES ('a');", [], id="another schema's"),
    ],
)
def test_rows_of_a_text(text: str, rows: list[tuple[object, ...]]) -> None:
    assert script(text).rows("t") == rows


@pytest.mark.parametrize(
    ("text", "relation", "left_open"),
    [
        ("INSERT INTO wanted_view VALUES ('analytics', 'v', 'r');", "%I.%I", True),
        ("INSERT INTO wanted_view VALUES ('analytics', 'v', 'r');", "tasks", False),
        ("INSERT INTO wanted_role VALUES ('r');", "%I.%I", False),
    ],
    ids=["from rows that are judged", "a name", "from no row"],
)
def test_a_name_that_is_put_in_later(text: str, relation: str, left_open: bool) -> None:
    assert script(text).leaves_open(relation) is left_open
