"""Where `analytics-views` begins and ends: who may own, read and become an owner of the materialized views."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, kube
from .small import Objects, move, told

RULE = "analytics-views"


def cluster(*roles: Any, name: str = "main", owner: str = "monolith", **spec: Any) -> Any:
    return kube("Cluster", name, owner=owner, spec={"managed": {"roles": list(roles)}, **spec})


def sql(text: str, **data: str) -> Any:
    return kube("ConfigMap", "ddl", owner="monolith", data={"ddl.sql": text, **data})


def in_sql(text: str) -> str:
    return f"ConfigMap ddl: ConfigMap ddl (ddl.sql): {text}"


def may_use(role: str) -> str:
    return in_sql(f"{role} may use what is in schema analytics")


def owns(role: str) -> str:
    return in_sql(f"{role} owns a view of analytics")


def member(role: str) -> str:
    return in_sql(f"{role} is a member of a role of analytics")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("GRANT SELECT ON analytics.a TO app", [may_use("app")], id="a view"),
        pytest.param('grant select, insert on table "analytics"."a" to "Xenia"', [may_use("xenia")], id="quoted names"),
        pytest.param("GRANT SELECT (a, b) ON analytics.a TO app", [may_use("app")], id="columns of a view"),
        pytest.param("GRANT SELECT ON tasks, analytics.a, public.users TO app", [may_use("app")], id="among relations"),
        pytest.param("GRANT USAGE ON SCHEMA analytics TO app", [may_use("app")], id="the schema"),
        pytest.param("GRANT USAGE ON SCHEMA public, analytics, other TO app", [may_use("app")], id="among schemas"),
        pytest.param("GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO app", [may_use("app")], id="all of a schema"),
        pytest.param("GRANT SELECT ON analytics.a TO GROUP app WITH GRANT OPTION", [may_use("app")], id="a group"),
        pytest.param("GRANT SELECT ON analytics.a TO analytics_reader, app, public",
                     [may_use("app"), may_use("public")], id="two beside the reader"),
        pytest.param("GRANT SELECT ON analytics.a TO analytics_reader, \"ANALYTICS\"", [], id="roles of analytics"),
        pytest.param("GRANT SELECT ON analytics.a TO analytics_reader; GRANT SELECT ON analytics.b TO app",
                     [may_use("app")], id="the second of two grants"),
        pytest.param("GRANT SELECT ON tasks TO app; GRANT SELECT ON analytics.a TO analytics_reader", [],
                     id="each grant for itself"),
        pytest.param("GRANT SELECT ON analytics_old.a TO app", [], id="a schema that begins so"),
        pytest.param("GRANT SELECT ON public.analytics TO app", [], id="a table that is called so"),
        pytest.param("GRANT USAGE ON SCHEMA analyticsx TO app", [], id="another schema"),
        pytest.param("ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO app",
                     [in_sql("app may use what will be in schema analytics")], id="what will be there"),
        pytest.param("ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA public, analytics GRANT SELECT ON TABLES TO app",
                     [in_sql("app may use what will be in schema analytics")], id="what will be in several schemas"),
        pytest.param("ALTER DEFAULT PRIVILEGES IN SCHEMA analytics_old GRANT SELECT ON TABLES TO app", [],
                     id="what will be in a schema that begins so"),
        pytest.param("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO app", [],
                     id="what will be elsewhere"),
        pytest.param("ALTER MATERIALIZED VIEW IF EXISTS analytics.a OWNER TO app", [owns("app")], id="a view's owner"),
        pytest.param("ALTER SCHEMA analytics OWNER TO app", [owns("app")], id="the schema's owner"),
        pytest.param("CREATE SCHEMA IF NOT EXISTS analytics AUTHORIZATION app", [owns("app")], id="its first owner"),
        pytest.param("CREATE SCHEMA analytics AUTHORIZATION analytics_refresh", [], id="its first owner, of analytics"),
        pytest.param("CREATE SCHEMA AUTHORIZATION app", [], id="a schema of somebody's own"),
        pytest.param("ALTER SCHEMA public OWNER TO app", [], id="another schema's owner"),
        pytest.param("ALTER VIEW analytics.a OWNER TO analytics_refresh", [], id="an owner of analytics"),
        pytest.param("ALTER TABLE tasks OWNER TO app", [], id="a table's owner"),
        pytest.param("GRANT analytics_reader TO app", [member("app")], id="a member"),
        pytest.param("GRANT analytics TO app", [member("app")], id="a member of the service's own role"),
        pytest.param("GRANT pg_monitor, analytics_refresh, other TO app", [member("app")], id="a member of several"),
        pytest.param("GRANT analytics_reader TO analytics_refresh", [], id="a member that is one of analytics"),
        pytest.param("GRANT pg_monitor TO app", [], id="a member of others"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), sql(text)]) == expected


def lies_outside(view: str) -> str:
    return in_sql(f"view {view} lies outside schema analytics")


ROW = "INSERT INTO wanted_view VALUES ('analytics', 'a', 'analytics_reader');"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("CREATE MATERIALIZED VIEW analytics.a AS SELECT 1", [], id="inside"),
        pytest.param('CREATE MATERIALIZED VIEW "Analytics"."a" AS SELECT 1', [], id="inside, quoted"),
        pytest.param("CREATE MATERIALIZED VIEW a AS SELECT 1", [lies_outside("a")], id="in the path's first schema"),
        pytest.param('CREATE MATERIALIZED VIEW IF NOT EXISTS public."a" AS', [lies_outside("public.a")], id="outside"),
        pytest.param("CREATE MATERIALIZED VIEW analytics2.a AS", [lies_outside("analytics2.a")], id="begins so"),
        pytest.param("CREATE MATERIALIZED VIEW analytics.a AS SELECT 1; CREATE MATERIALIZED VIEW b AS SELECT 1",
                     [lies_outside("b")], id="the second of two"),
        pytest.param("CREATE MATERIALIZED VIEW %s AS SELECT 1", [lies_outside("%s")], id="a name put in when it runs"),
        pytest.param(f"CREATE MATERIALIZED VIEW %s AS SELECT 1; {ROW}", [], id="a name put in from rows of views"),
        pytest.param("CREATE VIEW a AS SELECT 1", [], id="no materialized view"),
    ],
)  # fmt: skip
def test_views_lie_in_the_schema_of_analytics(text: str, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), sql(text)]) == expected


def not_alone(schema: str, owner: str, reader: str) -> str:
    return in_sql(f"schema {schema} is for views of {owner}, read by {reader}, and not of analytics alone")


@pytest.mark.parametrize(
    ("table", "row", "expected"),
    [
        pytest.param("wanted_schema", "'analytics', 'analytics_refresh', 'analytics_reader'", [], id="a schema"),
        pytest.param("wanted_schema", "'analytics', 'analytics', 'analytics', 'more'", [], id="a schema, and more"),
        pytest.param("wanted_schema", "'public', 'analytics', 'analytics'",
                     [not_alone("public", "analytics", "analytics")], id="another schema"),
        pytest.param("wanted_schema", "'analytics', 'app', 'analytics'",
                     [not_alone("analytics", "app", "analytics")], id="another owner"),
        pytest.param("wanted_schema", "'analytics', 'analytics', 'app'",
                     [not_alone("analytics", "analytics", "app")], id="another reader of a schema"),
        pytest.param("wanted_schema", "'analytics', 'analytics'",
                     [in_sql("a row of wanted_schema is not written out")], id="a short row"),
        pytest.param("wanted_schema", "'analytics', current_user, 'app'",
                     [in_sql("a row of wanted_schema is not written out")],
                     id="a row with more than constants"),
        pytest.param("wanted_view", "'analytics', 'a', 'analytics_reader', '{id}'", [], id="a view"),
        pytest.param("wanted_view", "'public', 'a', 'analytics_reader'", [lies_outside("public.a")], id="outside"),
        pytest.param("wanted_view", "'analytics', 'a', 'app'", [in_sql("view analytics.a is read by app")],
                     id="another reader of a view"),
        pytest.param("wanted_view", "'public', 'a', 'app'",
                     [in_sql("view public.a is read by app"), lies_outside("public.a")], id="both"),
        pytest.param("wanted_view", "'analytics', 'a'",
                     [in_sql("a row of wanted_view is not written out")], id="a view in a short row"),
        pytest.param("wanted_view", "'analytics', 'a'), ('public', 'b', 'analytics'",
                     [in_sql("a row of wanted_view is not written out"), lies_outside("public.b")],
                     id="a view after a short row"),
        pytest.param("wanted_table", "'public', 'a', 'app'", [], id="rows of another table"),
    ],
)  # fmt: skip
def test_rows_of_what_is_wanted(table: str, row: str, expected: list[str]) -> None:
    text = f"INSERT INTO pg_temp.{table} VALUES ({row});"
    assert told(RULE, [move(), cluster(), sql(text)]) == expected


UNSEEN = "holds SQL for the main database that is not known yet"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([sql("SELECT 1", more="GRANT analytics TO app")],
                     ["ConfigMap ddl: ConfigMap ddl (more): app is a member of a role of analytics"],
                     id="the second of two texts"),
        pytest.param([sql(UNKNOWN)], [f"ConfigMap ddl: ConfigMap ddl {UNSEEN}"], id="a text not known yet"),
        pytest.param([kube("ConfigMap", "ddl", owner="analytics", data={"ddl.sql": UNKNOWN})], [],
                     id="a text of analytics not known yet"),
    ],
)  # fmt: skip
def test_texts(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), cluster(), *objects]) == expected


def main(text: str, name: str = "main") -> str:
    return f"Cluster {name}: Cluster {name}: {text}"


OF = "is a member of analytics_reader"
MAYBE = "may be a member of a role of analytics"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([cluster({"name": "app", "inRoles": ["analytics_reader"]})], [main(f"app {OF}")], id="a member"),
        pytest.param([cluster({"name": "app", "inRoles": ["pg_monitor", "analytics_reader", "analytics"]})],
                     [main(f"app {OF}, analytics")], id="a member of two, and of another"),
        pytest.param([cluster({"name": "app", "inRoles": ["pg_monitor"]}, {"name": "b"})], [], id="no members"),
        pytest.param([cluster({"name": "analytics_refresh", "inRoles": ["analytics_reader"]},
                              {"name": "app", "inRoles": ["analytics_reader"]})],
                     [main(f"app {OF}")], id="one after a role of analytics"),
        pytest.param([cluster({"name": "old", "ensure": "absent", "inRoles": ["analytics_reader"]},
                              {"name": "app", "ensure": "present", "inRoles": ["analytics_reader"]})],
                     [main(f"app {OF}")], id="one after a role that is dropped"),
        pytest.param([cluster({"name": UNKNOWN, "inRoles": ["analytics_reader"]})],
                     [main(f"a role that is not known yet {OF}")], id="a name not known yet"),
        pytest.param([cluster({"name": "app", "inRoles": UNKNOWN})], [main(f"app {MAYBE}")],
                     id="memberships not known yet"),
        pytest.param([cluster({"name": "app", "inRoles": ["pg_monitor", UNKNOWN]})], [main(f"app {MAYBE}")],
                     id="one membership not known yet"),
        pytest.param([cluster({"name": "app", "inRoles": ["analytics_reader", UNKNOWN]})], [main(f"app {OF}")],
                     id="one known, one not"),
        pytest.param([cluster(managed=UNKNOWN)], [main(f"a role that is not known yet {MAYBE}")],
                     id="roles not known yet"),
        pytest.param([cluster(), cluster({"name": "app", "inRoles": ["analytics_reader"]}, name="second")],
                     [main(f"app {OF}", "second")], id="the second of two databases"),
        pytest.param([cluster({"name": "app", "inRoles": ["analytics_reader"]}, owner="ai")], [],
                     id="somebody else's database"),
    ],
)  # fmt: skip
def test_roles_that_the_operator_keeps(objects: Objects, expected: list[str]) -> None:
    assert told(RULE, [move(), *objects]) == expected
