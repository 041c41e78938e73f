"""Files and lists that tell of several stores at once: each is read for itself, and what is for people is not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from .plain import Object, config, refused, server, workload

DB = server("db", "postgres:16", 5432)
REDIS = server("redis", "redis:7", 6379)
BOTH = ("orders", "users")


def told(name: str) -> str:
    return f"database:\n  host: db\n  name: {name}\n"


def all_of(name: str) -> list[Object]:
    return [{"configMapRef": {"name": name}}]


def test_each_file_goes_with_its_own_database(tmp_path: Path) -> None:
    hub = [config("hub", {"a.yml": told("orders"), "b.yml": told("users")}), workload("hub", files=["hub"])]
    own = [workload(name, {"DATABASE_URL": f"postgres://db/{name}"}) for name in BOTH]
    assert refused(tmp_path, [*DB, *hub, *own]) == {
        ("db", "orders"): frozenset({"hub", "orders"}),
        ("db", "users"): frozenset({"hub", "users"}),
    }


def test_a_file_for_each_service_in_one_configmap_is_no_sharing(tmp_path: Path) -> None:
    files = config("all", {f"{name}.yml": told(name) for name in BOTH})
    assert not refused(tmp_path, [*DB, files, *(workload(name, files=["all"]) for name in BOTH)])


def test_a_url_for_each_service_in_one_configmap_is_no_sharing(tmp_path: Path) -> None:
    urls = config("all", {f"{name.upper()}_DATABASE_URL": f"postgres://db/{name}_db" for name in BOTH})
    assert not refused(tmp_path, [*DB, urls, *(workload(name, env_from=all_of("all")) for name in BOTH)])


def test_two_databases_called_after_no_service_are_for_all_of_them(tmp_path: Path) -> None:
    urls = config(
        "all", {"DATABASE_URL": "postgres://db/main", "REPORTS_DATABASE_URL": "postgres://db/reports"}
    )
    found = refused(tmp_path, [*DB, urls, *(workload(name, env_from=all_of("all")) for name in BOTH)])
    assert found == {("db", "main"): frozenset(BOTH), ("db", "reports"): frozenset(BOTH)}


def test_files_of_one_line_are_read_together(tmp_path: Path) -> None:
    def given(name: str, database: str) -> list[Object]:
        return [config(name, {"host": "db", "dbname": database}), workload(name, files=[name])]

    assert refused(tmp_path, [*DB, *given("orders", "shop"), *given("users", "shop")]) == {
        ("db", "shop"): frozenset(BOTH)
    }
    assert not refused(tmp_path, [*DB, *given("orders", "shop"), *given("users", "crm")])


def test_the_default_database_of_a_url_is_used_beside_a_numbered_one(tmp_path: Path) -> None:
    first = {"CACHE_URL": "redis://redis:6379/1", "BROKER_URL": "redis://redis:6379"}
    for url, shared in (("redis://redis/0", "0"), ("redis://redis/1", "1"), ("redis://redis/2", None)):
        found = refused(tmp_path, [*REDIS, workload("orders", first), workload("users", {"REDIS_URL": url})])
        assert set(found) == ({("redis", shared)} if shared else set())


def test_a_number_beside_a_url_is_its_database(tmp_path: Path) -> None:
    given = [{"REDIS_URL": "redis://redis:6379", "REDIS_DB": number} for number in ("1", "2")]
    assert not refused(tmp_path, [*REDIS, workload("orders", given[0]), workload("users", given[1])])


def test_a_bucket_is_no_database_of_a_server_of_tables(tmp_path: Path) -> None:
    text = dedent("""
        DATABASES = {
            "default": {
                "HOST": "db",
                "NAME": "@",
            }
        }
        UPLOADS = storage(
            bucket_name="uploads",
        )
    """)

    def two(*names: str) -> list[Object]:
        return [
            item
            for service, name in zip(BOTH, names, strict=True)
            for item in (
                config(service, {"settings.py": text.replace("@", name)}),
                workload(service, files=[service]),
            )
        ]

    assert refused(tmp_path, [*DB, *two("shop", "shop")]) == {("db", "shop"): frozenset(BOTH)}
    assert not refused(tmp_path, [*DB, *two("shop", "crm")])


def test_a_database_beside_a_search_engine_is_none_of_its_indexes(tmp_path: Path) -> None:
    def owned(name: str) -> list[Object]:
        text = (
            f"databases:\n  default:\n    host: {name}-db\n    name: {name}\nsearch_url: http://search:9200\n"
        )
        labels = {"app": name, "service-extraction/owner": name}
        return [config(name, {"settings.yml": text}), workload(name, files=[name], labels=labels)]

    search = server("search", "elasticsearch:8", 9200)
    found = refused(tmp_path, [*search, *(item for name in BOTH for item in owned(name))])
    assert found == {("search", None): frozenset(BOTH)}


def test_a_switch_is_no_database(tmp_path: Path) -> None:
    given = [{"DB_HOST": "db", "CREATE_DB": "true"}, {"DATABASE_URL": "postgres://db/true"}]
    assert not refused(tmp_path, [*DB, workload("orders", given[0]), workload("users", given[1])])


def test_a_bucket_in_one_file_goes_with_the_address_in_another(tmp_path: Path) -> None:
    def given(name: str) -> list[Object]:
        files = {
            "a.yml": "aws_storage_bucket_name: media\n",
            "b.yml": f"aws_s3_endpoint_url: http://{name}-files\n",
        }
        return [config(name, files), workload(name, files=[name])]

    assert not refused(tmp_path, [item for name in BOTH for item in given(name)])


def test_a_page_named_in_a_servers_file_is_no_source_that_it_copies(tmp_path: Path) -> None:
    text = "# see http://redis.example.org/topics\ninclude http://docs.example.org/redis\nport 6379\n"
    cache = workload("redis", kind="StatefulSet", image="redis:7", ports=[6379], files=["redis"])
    users = [workload(name, {"REDIS_URL": "redis://redis:6379/1"}) for name in BOTH]
    found = refused(tmp_path, [cache, REDIS[1], config("redis", {"redis.conf": text}), *users])
    assert found == {("redis", "1"): frozenset(BOTH)}
