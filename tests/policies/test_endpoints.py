"""Addresses as programs are given them."""

from __future__ import annotations

import pytest

from policies.isolation.addresses.endpoints import endpoints
from policies.isolation.addresses.variables import closest, may_name_host, names_database, surely_names_host

CASES = [
    ("postgresql://u:p@pg:5432/shop", [("pg", 5432, "postgresql", "shop")]),
    ("postgres://u:p%40ss@pg/shop?sslmode=disable", [("pg", None, "postgresql", "shop")]),
    ("postgresql+psycopg2://pg/shop", [("pg", None, "postgresql", "shop")]),
    ("postgres://$(USER):$(PASSWORD)@pg/shop", [("pg", None, "postgresql", "shop")]),
    ("postgres://u:p@$(HOST)/shop", []),
    ("postgres://u@pg/$(DB)", [("pg", None, "postgresql", None)]),
    ("jdbc:postgresql://pg/shop?currentSchema=a", [("pg", None, "postgresql", "shop")]),
    ("jdbc:mysql://db:3306/shop?useSSL=false", [("db", 3306, "mysql", "shop")]),
    ("jdbc:sqlserver://sql:1433;databaseName=shop;user=sa", [("sql", 1433, "mssql", "shop")]),
    ("jdbc:oracle:thin:@ora:1521:XE", [("ora", 1521, "oracle", "XE")]),
    ("jdbc:oracle:thin:@//ora:1521/service", [("ora", 1521, "oracle", "service")]),
    ("r2dbc:mysql://db/shop", [("db", None, "mysql", "shop")]),
    ("mongodb://u:p@m-0.m,m-1.m:27018/shop?replicaSet=rs",
     [("m-0.m", None, "mongodb", "shop"), ("m-1.m", 27018, "mongodb", "shop")]),
    ("mongodb+srv://u:p@cluster.abc.mongodb.net/shop", [("cluster.abc.mongodb.net", None, "mongodb", "shop")]),
    ("redis://:p@cache:6379/2", [("cache", 6379, "redis", "2")]),
    ("redis://cache/00", [("cache", None, "redis", "0")]),
    ("rediss://cache", [("cache", None, "redis", None)]),
    ("cache:6379,password=x,defaultDatabase=3,ssl=false", [("cache", 6379, "redis", "3")]),
    ("amqp://u:p@rabbit:5672/%2Forders", [("rabbit", 5672, "rabbitmq", "/orders")]),
    ("k-0.k:9092,k-1.k:9092", [("k-0.k", 9092, "kafka", None), ("k-1.k", 9092, "kafka", None)]),
    ("u:p@tcp(db:3306)/shop?parseTime=true", [("db", 3306, "mysql", "shop")]),
    ("Server=tcp:sql,1433;Initial Catalog=shop;User Id=sa;Password=a=b;", [("sql", 1433, "mssql", "shop")]),
    ("Host=pg;Username=u;Password=p;Database=shop", [("pg", None, None, "shop")]),
    ("Data Source=sql\\SQLEXPRESS;Database=shop", [("sql", None, None, "shop")]),
    ("host=pg user=u password='p w' dbname=shop port=6543", [("pg", 6543, None, "shop")]),
    ("(DESCRIPTION=(ADDRESS_LIST=(ADDRESS=(HOST=a)(PORT=1521))(ADDRESS=(HOST=b)))(CONNECT_DATA=(SERVICE_NAME=XE)))",
     [("a", 1521, "oracle", "XE"), ("b", None, "oracle", "XE")]),
    ("oracle+oracledb://u:p@ora:1521/?service_name=XE", [("ora", 1521, "oracle", "XE")]),
    ("postgresql:///shop?host=pg&port=6543", [("pg", 6543, "postgresql", "shop")]),
    ("postgresql://u:p@/shop?host=/cloudsql/a:b:main", [("a:b:main", None, "postgresql", "shop")]),
    ("postgres://u@[fd00::5]:5432/shop", [("fd00::5", 5432, "postgresql", "shop")]),
    ("postgres://u@[fd00::5]/shop", [("fd00::5", None, "postgresql", "shop")]),
    ("jdbc:snowflake://x.snowflakecomputing.com/?db=shop", [("x.snowflakecomputing.com", None, None, "shop")]),
    ("host=/cloudsql/a:b:c dbname=shop user=u", [("a:b:c", None, "postgresql", "shop")]),
    ("mysql:host=db;dbname=shop", [("db", None, "mysql", "shop")]),
    ("u:p@mongo:27017", [("mongo", 27017, "mongodb", None)]),
    ("u:p@rabbit", [("rabbit", None, None, None)]),
    ("somebody@example.com", []),
    ("http://dynamo:8000", [("dynamo", 8000, None, None)]),
    ("pg", [("pg", None, None, None)]),
    ("pg.shop.svc.cluster.local.", [("pg.shop.svc.cluster.local.", None, None, None)]),
    ("", []),
    ("12345", []),
    ("a sentence with words", []),
    ("true", [("true", None, None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] or "empty" for case in CASES])
def test_addresses_are_read_from_a_value(text: str, expected: list[tuple[object, ...]]) -> None:
    found = [(e.host, e.port, e.engine.name if e.engine else None, e.database) for e in endpoints(text)]
    assert found == expected


@pytest.mark.parametrize(
    ("name", "host", "sure", "database"),
    [
        ("DB_HOST", True, True, False), ("PGHOST", True, True, False), ("PGDATABASE", False, False, True),
        ("POSTGRES_DB", False, False, True), ("ORDER_DB_NAME", False, False, True),
        ("MongoDatabase", False, False, True), ("EventBusConnection", True, False, False),
        ("CACHE_TYPE", False, False, False), ("DB_PASSWORD", False, False, False), ("DB_USER", False, False, False),
        ("SPRING_DATASOURCE_URL", True, True, False), ("spring.data.mongodb.database", False, False, True),
        ("DATABASE_SERVICE_NAME", True, True, False), ("POSTGRESQL_SERVICE_NAME", True, True, False),
        ("mysqld.report-host", False, False, False), ("REPORT_DB_HOST", True, True, False),
        ("ADVERTISED_HOST", False, False, False), ("bind-address", False, False, False),
        ("OTEL_SERVICE_NAME", True, False, False), ("LOG_LEVEL", False, False, False), ("REDIS_DB", False, False, True),
    ],
)  # fmt: skip
def test_a_variables_name_says_what_its_value_is(name: str, host: bool, sure: bool, database: bool) -> None:
    assert (may_name_host(name), surely_names_host(name), names_database(name)) == (host, sure, database)


@pytest.mark.parametrize(
    ("host", "databases", "expected"),
    [
        ("ConnectionString", {"Database": "a", "MongoDatabase": "b"}, "a"),
        ("MongoConnectionString", {"Database": "a", "MongoDatabase": "b"}, "b"),
        ("DB_HOST", {"DB_NAME": "a"}, "a"),
        ("DB_HOST", {"POSTGRES_DB": "a"}, "a"),
        ("ORDERS_DB_HOST", {"ORDERS_DB_NAME": "a", "BILLING_DB_NAME": "b"}, "a"),
        ("DB_HOST", {"A_DB_NAME": "a", "B_DB_NAME": "b"}, None),
        ("DB_HOST", {}, None),
    ],
)
def test_hosts_and_databases_are_paired_by_name(
    host: str, databases: dict[str, str], expected: str | None
) -> None:
    assert closest(host, databases) == expected
