"""Two services and one server, told of it in the many ways that programs read their settings."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from .plain import Object, config, refused, server, workload

POSTGRES = ("db", "postgres:16", 5432)
MYSQL = ("db", "mysql:8", 3306)
MSSQL = ("db", "mcr.microsoft.com/mssql/server:2022", 1433)
MONGO = ("db", "mongo:7", 27017)

# Both services are given the same settings, `@` replaced by the database: the same for both, or one for each.
SPELLINGS: list[tuple[str, tuple[str, str, int], dict[str, str]]] = [
    ("ecto", POSTGRES, {"DATABASE_URL": "ecto://u:p@db/@"}),
    ("mysqli", MYSQL, {"DATABASE_URL": "mysqli://u:p@db/@"}),
    ("pdo-mysql", MYSQL, {"DATABASE_URL": "pdo-mysql://u:p@db:3306/@"}),
    ("pdo-underscore", POSTGRES, {"DATABASE_URL": "pdo_pgsql://u:p@db/@"}),
    ("tcp", POSTGRES, {"DB_URL": "tcp://db:5432/@"}),
    ("couchdb-over-http", ("db", "couchdb:3", 5984), {"COUCH_URL": "http://u:p@db:5984/@"}),
    ("jdbc-wrapped", POSTGRES, {"URL": "jdbc:otel:postgresql://db:5432/@"}),
    ("jdbc-instance", MSSQL, {"URL": "jdbc:sqlserver://db\\x;databaseName=@"}),
    ("driver-as-DB", POSTGRES, {"DB": "postgresql", "DB_HOST": "db", "DB_NAME": "@"}),
    ("driver-with-version", POSTGRES, {"DB": "postgres12", "DBNAME": "@", "POSTGRES_SEEDS": "db", "DB_PORT": "5432"}),
    ("keycloak", POSTGRES, {"KC_DB": "postgres", "KC_DB_URL_HOST": "db", "KC_DB_URL_DATABASE": "@"}),
    ("laravel", MYSQL, {"DB_CONNECTION": "mysql", "DB_HOST": "db", "DB_PORT": "3306", "DB_DATABASE": "@"}),
    ("django", POSTGRES, {"SQL_ENGINE": "django.db.backends.postgresql", "SQL_HOST": "db", "SQL_DATABASE": "@"}),
    ("engine-and-name", POSTGRES, {"POSTGRES_HOST": "db", "POSTGRES_NAME": "@"}),
    ("rails", POSTGRES, {"RAILS_DB_ADAPTER": "postgresql", "RAILS_DB_HOST": "db", "RAILS_DB_NAME": "@"}),
    ("spring-mongo", MONGO, {"SPRING_DATA_MONGODB_HOST": "db", "SPRING_DATA_MONGODB_DATABASE": "@"}),
    ("docker-link", POSTGRES, {"DB_HOST": "$(DB_PORT_5432_TCP_ADDR)", "DB_NAME": "@"}),
    ("json-in-a-variable", POSTGRES, {"DB_CONFIG": '{"host": "db", "port": 5432, "database": "@"}'}),
    ("json-with-sections", MONGO, {"NODE_CONFIG": '{"log": {"name": "x"}, "mongo": {"host": "db", "name": "@"}}'}),
    ("system-properties", POSTGRES, {"JAVA_OPTS": "-Xmx1g -Ddb.host=db -Ddb.port=5432 '-Ddb.name=@'"}),
    ("bucketname", ("db", "minio/minio:1", 9000), {"STORE_HOST": "db", "STORE_PORT": "9000", "STORE_BUCKETNAME": "@"}),
    ("a-database-of-users", POSTGRES, {"USER_DB_HOST": "db", "USER_DB_NAME": "@"}),
    ("a-database-of-logs", MYSQL, {"LOG_DB_SERVER": "db", "LOG_DATABASE": "@"}),
    ("glued-host-and-name", POSTGRES, {"DBHOST": "db", "DBNAME": "@"}),
    ("glued-to-the-engine", MYSQL, {"MYSQLHOST": "db", "MYSQLPORT": "3306", "MYSQLDATABASE": "@"}),
    ("glued-behind-a-product", POSTGRES, {"PAPERS_DBHOST": "db", "PAPERS_DBNAME": "@"}),
    ("glued-to-what-it-is-of", POSTGRES, {"CATALOGDB_HOST": "db", "CATALOGDB__NAME": "@"}),
    ("main-database", POSTGRES, {"APP__POSTGRES__HOST": "db", "APP__POSTGRES__MAINDB": "@"}),
    ("base", MYSQL, {"DB_HOST": "db", "DB_BASE": "@"}),
    ("name-with-what-it-is-for", POSTGRES, {"DB_HOST": "db", "DB_NAME_ARCHIVE": "@"}),
    ("engine-with-what-it-is-for", POSTGRES, {"POSTGRES_HOST": "db", "POSTGRES_DB_ARCHIVE": "@"}),
    ("brackets-in-a-login", MSSQL, {"URL": "sqlserver://sa:Strong(!)One@db:1433?database=@"}),
    ("service-variables", POSTGRES, {"URL": "postgres://$(DB_SERVICE_HOST):$(DB_SERVICE_PORT)/@"}),
]  # fmt: skip


def pair(settings: dict[str, str], first: str, second: str) -> list[Object]:
    """Two services with the same settings, but for the database: what stands for it is the last `@` of a value."""
    return [
        workload(name, {key: _filled(value, database) for key, value in settings.items()})
        for name, database in (("orders", first), ("users", second))
    ]


def _filled(value: str, database: str) -> str:
    head, mark, tail = value.rpartition("@")
    return head + database + tail if mark else value


@pytest.mark.parametrize(("_id", "engine", "settings"), SPELLINGS, ids=[case[0] for case in SPELLINGS])
def test_one_database_is_shared_and_two_are_not(
    tmp_path: Path, _id: str, engine: tuple[str, str, int], settings: dict[str, str]
) -> None:
    same = refused(tmp_path, [*server(*engine), *pair(settings, "shop", "shop")])
    assert same == {("db", "shop"): frozenset({"orders", "users"})}
    assert not refused(tmp_path, [*server(*engine), *pair(settings, "shop", "crm")])


FILES: dict[str, tuple[tuple[str, str, int], str]] = {
    "app.ini": (POSTGRES, """
        [database]
        host = db
        name = @
        [mailer]
        host = mail
        name = post
    """),
    "app.toml": (POSTGRES, """
        [server]
        host = "0.0.0.0"
        [store.database]
        host = "db"
        database = "@"
        [redis]
        host = "localhost"
    """),
    "application.conf": (POSTGRES, """
        db {
          host = "db"
          database = "@"
        }
        mail {
          host = "mail"
        }
    """),
    "two-documents.yml": (POSTGRES, """
        spring:
          datasource:
            url: jdbc:postgresql://db/@
        ---
        spring:
          config:
            activate: development
    """),
    "template.yml.erb": (POSTGRES, """
        production:
          adapter: postgresql
          host: db
          database: @
          password: <%= File.read('/run/password') %>
        cache:
          host: cache
    """),
    "template-in-url.yml.erb": (MYSQL, """
        production:
          url: mysql2://u:<%= ERB::Util.url_encode(File.read("/run/password")) %>@db:3306/@
    """),
    "settings.py": (POSTGRES, """
        DATABASES = {
          'default': {
            'ENGINE': 'django.db.backends.postgresql',
            'HOST': 'db',
            'NAME': '@',
          }
        }
    """),
    "config.php": (MYSQL, """
        return [
          'database' => [
            'host' => 'db',
            'dbname' => '@',
          ],
        ];
    """),
    "constants.php": (MYSQL, """
        define('DB_NAME', '@');
        define('DB_HOST', 'db');
    """),
    "config.js": (MONGO, """
        module.exports = {
          mongo: {
            host: 'db',
            database: '@',
          },
        };
    """),
    "in-one-line.php": (MYSQL, """
        return ['driver' => 'mysql', 'host' => 'db', 'port' => 3306, 'dbname' => '@'];
    """),
    "in-one-line.js": (MYSQL, """
        module.exports = { client: 'mysql2', connection: { host: 'db', port: 3306, database: '@' } };
    """),
    "in-one-line.toml": (POSTGRES, """
        store = { host = "db", port = 5432, database = "@" }
    """),
    "data-source-name.php": (POSTGRES, """
        $pdo = new PDO('pgsql:host=db;port=5432;dbname=@', 'user', 'password');
    """),
    "attributes.xml": (POSTGRES, """
        <Context>
          <Resource name="jdbc/shop" type="javax.sql.DataSource" url="jdbc:postgresql://db:5432/@?ssl=true&amp;a=b"/>
        </Context>
    """),
    "elements.xml": (POSTGRES, """
        <settings>
          <mail><host>mail</host></mail>
          <database><host>db</host><port>5432</port><name>@</name></database>
        </settings>
    """),
    "properties.xml": (POSTGRES, """
        <properties><property name="db.host" value="db"/><property name="db.name">@</property></properties>
    """),
    "web.config": (("db", "mcr.microsoft.com/mssql/server:2022", 1433), """
        <connectionStrings>
          <add name="Main" connectionString="Server=db;User Id=u;Initial Catalog=@"/>
        </connectionStrings>
    """),
    "connection-in-a-connection.json": (POSTGRES, """
        {"db": {"client": "pg", "connection": {"host": "db", "port": 5432, "database": "@"}}}
    """),
    "env.sh": (POSTGRES, """
        #!/bin/sh
        export PGHOST=db
        export PGDATABASE=@
    """),
    ".pgpass": (POSTGRES, """
        db:5432:@:app:secret
    """),
    "named-by-engine.yaml": (MYSQL, """
        mysql:
          host: db
          name: '@'
    """),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_are_read_with_their_sections(tmp_path: Path, name: str) -> None:
    engine, text = FILES[name]
    head, _, tail = dedent(text).rpartition("@")

    def two(first: str, second: str) -> list[Object]:
        return [
            *server(*engine),
            config("orders-file", {name: head + first + tail}), workload("orders", files=["orders-file"]),
            config("users-file", {name: head + second + tail}), workload("users", files=["users-file"]),
        ]  # fmt: skip

    assert refused(tmp_path, two("shop", "shop")) == {("db", "shop"): frozenset({"orders", "users"})}
    assert not refused(tmp_path, two("shop", "crm"))
