"""The two files that a ClickHouse reads: HTTP and nothing else, its memory, and who may do what in its database."""

import hashlib
from xml.etree import ElementTree

import pytest

from components.rendering.clickhouse import DATA_PATH, USERS_PATH, server_configuration, users_configuration
from roadmap.topology import Resources, StoreUser

MIB = 2**20
PASSWORDS = {"analytics": "owner's password", "analytics_reader": "reader's password"}
USERS = (StoreUser(name="analytics", owns_database=True), StoreUser(name="analytics_reader"))
RESOURCES = Resources(cpu_request="1", memory_request="2Gi", memory_limit="4Gi")


def text_of(root: ElementTree.Element, path: str) -> str | None:
    found = root.findall(path)
    assert len(found) < 2, path
    return found[0].text if found else None


def server(resources: Resources = RESOURCES) -> ElementTree.Element:
    return ElementTree.fromstring(server_configuration(resources, database="analytics"))


def users() -> ElementTree.Element:
    return ElementTree.fromstring(
        users_configuration(USERS, PASSWORDS, resources=RESOURCES, database="analytics")
    )


class TestServer:
    @pytest.mark.parametrize(
        ("element", "value"),
        [
            ("http_port", "8123"),
            ("path", f"{DATA_PATH}/"),
            ("tmp_path", f"{DATA_PATH}/tmp/"),
            ("user_files_path", f"{DATA_PATH}/user_files/"),
            ("format_schema_path", f"{DATA_PATH}/format_schemas/"),
            ("default_database", "analytics"),
            ("logger/console", "true"),
            ("user_directories/users_xml/path", USERS_PATH),
            ("allow_no_password", "0"),
            ("allow_plaintext_password", "0"),
            ("access_control_improvements/select_from_system_db_requires_grant", "true"),
            ("send_crash_reports/enabled", "false"),
        ],
    )
    def test_is_told(self, element: str, value: str) -> None:
        assert text_of(server(), element) == value

    def test_listens_on_every_address_of_the_pod_whatever_families_it_has(self) -> None:
        assert {found.text for found in server().findall("listen_host")} == {"0.0.0.0", "::"}
        assert text_of(server(), "listen_try") == "1"

    def test_speaks_http_and_no_other_protocol(self) -> None:
        ports = [element.tag for element in server().iter() if element.tag.endswith("_port")]
        assert ports == ["http_port"]

    @pytest.mark.parametrize(
        "element",
        ["remote_servers", "zookeeper", "keeper_server", "distributed_ddl", "prometheus", "query_log"],
    )
    def test_has_no(self, element: str) -> None:
        assert server().find(element) is None

    def test_logs_to_no_file(self) -> None:
        logger = server().find("logger")
        assert logger is not None
        assert {child.tag for child in logger} == {"level", "console"}

    def test_takes_users_from_its_file_alone(self) -> None:
        directories = server().find("user_directories")
        assert directories is not None
        assert [child.tag for child in directories] == ["users_xml"]

    @pytest.mark.parametrize(
        ("limit", "most"),
        [("1Gi", 768 * MIB), ("4Gi", 3072 * MIB), ("512Mi", 384 * MIB)],
    )
    def test_keeps_within_its_memory_limit(self, limit: str, most: int) -> None:
        resources = Resources(cpu_request="1", memory_request=limit, memory_limit=limit)
        root = server(resources)
        assert text_of(root, "max_server_memory_usage") == str(most)
        caches = [int(e.text or 0) for e in root if e.tag.endswith("_cache_size")]
        assert 0 < sum(caches) < most / 4


class TestUsers:
    def test_are_the_stores_and_no_default_one(self) -> None:
        found = users().find("users")
        assert found is not None
        assert [child.tag for child in found] == ["analytics", "analytics_reader"]

    @pytest.mark.parametrize("user", PASSWORDS)
    def test_have_a_digest_for_a_password_and_nothing_else(self, user: str) -> None:
        entry = users().find(f"users/{user}")
        assert entry is not None
        ways_in = {"password", "no_password", "password_double_sha1_hex", "ldap", "kerberos", "ssh_keys"}
        assert not ways_in & {child.tag for child in entry}
        digest = hashlib.sha256(PASSWORDS[user].encode()).hexdigest()
        assert text_of(users(), f"users/{user}/password_sha256_hex") == digest

    @pytest.mark.parametrize("user", PASSWORDS)
    def test_have_grants_on_the_one_database_only(self, user: str) -> None:
        queries = [element.text or "" for element in users().findall(f"users/{user}/grants/query")]
        assert len(queries) == 1, "without grants a user has them all"
        assert queries[0].startswith("GRANT ")
        assert queries[0].endswith(" ON `analytics`.*")
        assert "GRANT OPTION" not in queries[0]

    @pytest.mark.parametrize(
        ("right", "owner"),
        [
            ("SELECT", True),
            ("INSERT", True),
            ("CREATE TABLE", True),
            ("CREATE VIEW", True),
            ("ALTER TABLE", True),
            ("DROP TABLE", True),
            # `ALL` holds all of these.
            ("ALL", False),
            ("CREATE DATABASE", False),
            ("DROP DATABASE", False),
            ("CREATE USER", False),
            ("IMPERSONATE", False),
            ("ROW POLICY", False),
        ],
    )
    def test_owner_may(self, right: str, owner: bool) -> None:
        query = text_of(users(), "users/analytics/grants/query") or ""
        rights = query.removeprefix("GRANT ").partition(" ON ")[0].split(", ")
        assert (right in rights) is owner

    def test_reader_may_select_and_no_more(self) -> None:
        assert text_of(users(), "users/analytics_reader/grants/query") == "GRANT SELECT ON `analytics`.*"

    @pytest.mark.parametrize(("user", "profile"), [("analytics", "default"), ("analytics_reader", "reader")])
    def test_profile(self, user: str, profile: str) -> None:
        assert text_of(users(), f"users/{user}/profile") == profile

    def test_reader_may_not_leave_its_read_only_profile(self) -> None:
        assert text_of(users(), "profiles/reader/readonly") == "2"
        assert text_of(users(), "profiles/reader/profile") == "default"

    @pytest.mark.parametrize("setting", ["access_management", "allow_databases", "named_collection_control"])
    def test_nothing_stands_beside_grants_that_the_server_refuses_there(self, setting: str) -> None:
        assert users().findall(f"users/*/{setting}") == []

    def test_no_query_may_take_all_of_the_memory(self) -> None:
        most = 4 * 1024 * MIB * 3 // 4
        assert text_of(users(), "profiles/default/max_memory_usage") == str(most // 2)
        assert text_of(users(), "profiles/default/constraints/max_memory_usage/max") == str(most // 2)
        for spill in ("group_by", "sort"):
            assert (
                int(text_of(users(), f"profiles/default/max_bytes_before_external_{spill}") or 0) < most // 2
            )
