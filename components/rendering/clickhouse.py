"""ClickHouse: the server's whole configuration, its users with their grants, and the URL of its one database.

Both files are complete, and not overlays of the image's: what is not written here is off, whatever the image
turns on, such as other protocols, a cluster and tables of logs that grow for ever.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from roadmap.topology import Resources, StoreUser

CONFIGURATION_PATH = "/etc/clickhouse/server/config.xml"
USERS_PATH = "/etc/clickhouse/users/users.xml"
DATA_PATH = "/var/lib/clickhouse"
HTTP_PORT = 8123

READER_PROFILE = "reader"

OWNER_RIGHTS = (
    "SHOW, SELECT, INSERT, TRUNCATE, OPTIMIZE, ALTER TABLE, ALTER VIEW, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, "
    "DROP TABLE, DROP VIEW, DROP DICTIONARY, UNDROP TABLE, dictGet"
)
"""Everything inside a database. `ALL` on it would give its owner rights on users and collections of that name too."""

_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def clickhouse_url(*, user: str, password_variable: str, host: str, database: str) -> str:
    """URL of one database over HTTP, as clickhouse-connect reads it."""
    return f"clickhouse://{user}:$({password_variable})@{host}:{HTTP_PORT}/{database}"


def server_configuration(
    resources: Resources, *, database: str, users_path: str = USERS_PATH, data_path: str = DATA_PATH
) -> str:
    """config.xml: HTTP and nothing else, data on the volume, log to the console, memory by the container's limit.

    The server makes its default database at every start where it is missing, so nobody needs a right to
    create databases and nothing has to run once.
    """
    memory = _server_memory(resources)
    return _document(
        {
            "logger": {"level": "information", "console": "true"},
            # Both families, and no failure on a node that lacks one of them.
            "listen_host": ["0.0.0.0", "::"],  # noqa: S104 - who reaches the pod is for its NetworkPolicies
            "listen_try": "1",
            "http_port": HTTP_PORT,
            "path": f"{data_path}/",
            "tmp_path": f"{data_path}/tmp/",  # noqa: S108 - of the volume
            "user_files_path": f"{data_path}/user_files/",
            "format_schema_path": f"{data_path}/format_schemas/",
            "default_database": database,
            "timezone": "UTC",
            # One directory: users that somebody makes by SQL would survive in the volume, unknown to everybody.
            "user_directories": {"users_xml": {"path": users_path}},
            "allow_no_password": "0",
            "allow_plaintext_password": "0",
            # The defaults of some versions and not of others.
            "access_control_improvements": {
                "select_from_system_db_requires_grant": "true",
                "select_from_information_schema_requires_grant": "true",
                "on_cluster_queries_require_cluster_grant": "true",
                "users_without_row_policies_can_read_rows": "true",
            },
            "max_server_memory_usage": memory,
            # Each is 5 GiB unless told otherwise.
            "mark_cache_size": memory // 8,
            "index_mark_cache_size": memory // 16,
            "max_concurrent_queries": "100",
            "send_crash_reports": {"enabled": "false"},
        }
    )


def users_configuration(
    users: Sequence[StoreUser], passwords: Mapping[str, str], *, resources: Resources, database: str
) -> str:
    """users.xml: there is no default user, and each user has its grants on the one database and nothing more.

    `passwords` maps a user's name to its password, of which the file holds only the SHA-256. A user without
    `grants` would have them all, so every user has one.
    """
    return _document(
        {
            "users": {user.name: _user(user, passwords[user.name], database) for user in users},
            "profiles": {
                "default": _query_limits(resources),
                # 2 and not 1: a driver sets how results are formatted, which 1 refuses too.
                READER_PROFILE: {"profile": "default", "readonly": "2"},
            },
        }
    )


def _user(user: StoreUser, password: str, database: str) -> Mapping[str, Any]:
    rights = OWNER_RIGHTS if user.owns_database else "SELECT"
    return {
        "password_sha256_hex": hashlib.sha256(password.encode()).hexdigest(),
        "networks": {"ip": "::/0"},
        "profile": "default" if user.owns_database else READER_PROFILE,
        # The server refuses `access_management` and the like beside grants, even of nothing: none is the default.
        "grants": {"query": f"GRANT {rights} ON `{database}`.*"},
    }


def _query_limits(resources: Resources) -> Mapping[str, Any]:
    """No query takes more than half of the server's memory; what is larger goes over the disk before it fails."""
    most = _server_memory(resources) // 2
    return {
        "max_memory_usage": most,
        "max_bytes_before_external_group_by": most // 2,
        "max_bytes_before_external_sort": most // 2,
        "constraints": {"max_memory_usage": {"max": most}},
    }


def _server_memory(resources: Resources) -> int:
    """Three quarters of the memory limit, in bytes: the rest is for what the server does not count."""
    limit = resources.memory_limit
    return int(limit[:-2]) * _UNITS[limit[-2:]] * 3 // 4


def _document(content: Mapping[str, Any]) -> str:
    root = ElementTree.Element("clickhouse")
    _fill(root, content)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _fill(parent: ElementTree.Element, content: Mapping[str, Any]) -> None:
    """Put elements into `parent`: a mapping holds more of them, a list repeats one, anything else is its text."""
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            element = ElementTree.SubElement(parent, name)
            if isinstance(one, Mapping):
                _fill(element, one)
            else:
                element.text = str(one)
