"""Where `analytics-tuning` begins and ends: settings that favour a kind of query, SQL outside schema `analytics`."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, kube, secret
from .small import Objects, move, told

RULE = "analytics-tuning"


def cluster(name: str = "main", owner: str = "monolith", **spec: Any) -> Any:
    return kube("Cluster", name, owner=owner, spec=spec)


def parameters(*names: str, **rest: Any) -> Any:
    return cluster(postgresql={"parameters": dict.fromkeys(names, "1"), **rest})


def libraries(found: Any) -> Any:
    return cluster(postgresql={"shared_preload_libraries": found})


def main(text: str, name: str = "main") -> str:
    return f"Cluster {name}: Cluster {name} {text}"


FAVOURS = "which favours a kind of query"
UNSEEN = "has parameters that are not known yet"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([parameters("max_connections", "log_statement")], [], id="parameters that favour nothing"),
        pytest.param([parameters("max_connections", "work_mem", "jit")],
                     [main(f"sets jit, {FAVOURS}"), main(f"sets work_mem, {FAVOURS}")], id="two that do"),
        pytest.param([parameters("TimeZone")], [], id="a neutral one in Postgres' own spelling"),
        pytest.param([parameters("Work_Mem")], [main(f"sets Work_Mem, {FAVOURS}")], id="told as it is written"),
        pytest.param([cluster(parameters={"jit": "on"})], [main(f"sets jit, {FAVOURS}")],
                     id="parameters of an operator that has them one level higher"),
        pytest.param([cluster(postgresql={"parameters": UNKNOWN})], [main(UNSEEN)], id="parameters not known yet"),
        pytest.param([cluster(parameters=UNKNOWN)], [main(UNSEEN)], id="nor one level higher"),
        pytest.param([cluster(postgresql=UNKNOWN)],
                     [main(UNSEEN), main("loads a library not known yet")], id="nothing of it known yet"),
        pytest.param([libraries(["pg_stat_statements", "auto_explain"])], [], id="libraries that observe"),
        pytest.param([libraries(["pg_stat_statements", "citus", "timescaledb"])],
                     [main("loads citus"), main("loads timescaledb")], id="libraries that do more"),
        pytest.param([libraries([UNKNOWN])], [main("loads a library not known yet")], id="a library not known yet"),
        pytest.param([libraries(UNKNOWN)], [main("loads a library not known yet")], id="libraries not known yet"),
        pytest.param([cluster(), cluster("second", parameters={"jit": "on"})],
                     [main(f"sets jit, {FAVOURS}", "second")], id="the second of two databases"),
        pytest.param([cluster(owner="analytics", parameters={"jit": "on"})], [], id="analytics' own database"),
    ],
)  # fmt: skip
def test_settings_of_the_server(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected


def sql(text: str, **data: str) -> Any:
    return kube("ConfigMap", "ddl", owner="monolith", data={"ddl.sql": text, **data})


def in_sql(text: str) -> str:
    return f"ConfigMap ddl: ConfigMap ddl (ddl.sql): {text}"


def outside(what: str, relation: str = "tasks") -> str:
    return in_sql(f"{what} of {relation}, outside schema analytics")


def for_all(name: str) -> str:
    return in_sql(f"sets {name} for the whole server")


OPEN = "INSERT INTO wanted_view VALUES ('analytics', 'a', 'analytics_reader');"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("CREATE INDEX ON tasks (a);", [outside("index")], id="an index"),
        pytest.param("create unique index concurrently if not exists i on only tasks using gin (a)",
                     [outside("index")], id="an index with all that may be said"),
        pytest.param('CREATE INDEX ON "public"."tasks" (a);', [outside("index", "public.tasks")], id="quoted names"),
        pytest.param("CREATE INDEX ON analytics.a (b);", [], id="an index of a view"),
        pytest.param('CREATE INDEX ON "Analytics".a (b);', [], id="of a view, quoted and in another case"),
        pytest.param("CREATE INDEX ON analytics_old.a (b);", [outside("index", "analytics_old.a")],
                     id="a schema that begins so"),
        pytest.param("CREATE INDEX ON analytics.a (b); CREATE INDEX ON tasks (a); CREATE INDEX ON users (a);",
                     [outside("index"), outside("index", "users")], id="two after one of a view"),
        pytest.param("CREATE INDEX ON %s (b);", [outside("index", "%s")], id="a name put in when it runs"),
        pytest.param(f"CREATE INDEX ON %s (b); {OPEN}", [], id="a name put in from rows of views"),
        pytest.param(f"CREATE INDEX ON tasks (b); {OPEN}", [outside("index")], id="a table's name beside such rows"),
        pytest.param("CREATE STATISTICS s ON a, b FROM tasks", [outside("statistics")], id="statistics"),
        pytest.param("CREATE STATISTICS s ON a, b FROM analytics.a", [], id="statistics of a view"),
        pytest.param("ALTER TABLE IF EXISTS ONLY tasks ADD COLUMN a int", [outside("changed table")], id="a column"),
        pytest.param("ALTER TABLE tasks SET (fillfactor = 70)", [outside("changed table")], id="a table's storage"),
        pytest.param("ALTER TABLE analytics.a ADD COLUMN a int", [], id="a table of schema analytics"),
        pytest.param("ALTER TABLE tasks OWNER TO monolith", [], id="a table's owner"),
        pytest.param("CREATE TABLE tasks (id int)", [], id="a table"),
        pytest.param("ALTER SYSTEM SET jit = off;", [for_all("jit")], id="a setting"),
        pytest.param("ALTER DATABASE app SET \"Work_Mem\" = '1GB'", [for_all("work_mem")], id="a database's setting"),
        pytest.param("ALTER SYSTEM SET log_statement = 'all'", [], id="a neutral setting"),
        pytest.param("ALTER DATABASE app SET TimeZone = 'UTC'", [], id="a neutral setting in Postgres' own spelling"),
        pytest.param("ALTER SYSTEM SET log_statement = 'all'; ALTER SYSTEM SET jit = on; ALTER SYSTEM SET work_mem = 9",
                     [for_all("jit"), for_all("work_mem")], id="two after a neutral one"),
        pytest.param("ALTER ROLE analytics_reader SET work_mem = '1GB'", [], id="a role's setting"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), sql(text)]) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([sql("SELECT 1", more="CREATE INDEX ON tasks (a)")],
                     ["ConfigMap ddl: ConfigMap ddl (more): index of tasks, outside schema analytics"],
                     id="the second of two texts"),
        pytest.param([kube("Secret", "ddl", owner="monolith", stringData={"a": secret("ALTER SYSTEM SET jit = on")})],
                     ["Secret ddl: Secret ddl (a): sets jit for the whole server"], id="a Secret"),
        pytest.param([kube("ConfigMap", "ddl", owner="analytics", data={"a.sql": "CREATE INDEX ON tasks (a)"})], [],
                     id="analytics' own SQL"),
    ],
)  # fmt: skip
def test_carriers_of_statements(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), *objects]) == expected


@pytest.mark.parametrize(
    ("neutral", "expected"),
    [
        pytest.param(["jit"], [], id="a name"),
        pytest.param(["JIT"], [], id="in another case"),
        pytest.param(["work_mem", "jit"], [], id="the second of two"),
        pytest.param(["ji"], [for_all("jit"), main(f"sets Jit, {FAVOURS}")], id="its beginning"),
        pytest.param([None, "jit"], [], id="after a name that is none"),
        pytest.param("jit", [for_all("jit"), main(f"sets Jit, {FAVOURS}")], id="no list"),
    ],
)  # fmt: skip
def test_parameters_that_are_set_for_the_product(neutral: Any, expected: list[str]) -> None:
    objects = [move(), parameters("Jit"), sql("ALTER SYSTEM SET jit = off")]
    assert sorted(told(RULE, objects, neutralParameters=neutral)) == sorted(expected)
