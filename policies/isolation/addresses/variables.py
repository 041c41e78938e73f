"""What a variable's name says of its value: that it is a host, or the name of a database, and which go
together.

`ConnectionString` and `Database` belong together, and so do `MongoConnectionString` and `MongoDatabase`:
what is left of a name once the words for its role are taken away is the connection it belongs to.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..catalog import listed

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_HOST_WORDS = listed(
    "host hosts hostname hostnames addr address addresses url urls uri uris dsn endpoint endpoints server servers "
    "service node nodes broker brokers bootstrap connection connectionstring connectionstrings conn string "
    "datasource source contact points jdbc link location target upstream origin seeds seed cluster primary master "
    "replica reader writer read write leader"
)
_DATABASE_WORDS = listed(
    "db dbname database databases databasename schema catalog keyspace bucket index initial dbase"
)
_PLAIN_WORDS = listed("name names port ports default value config configuration settings")
_LOGIN_WORDS = listed("user username login uid")
_STRONG_HOST_WORDS = listed(
    "host hosts hostname addr address addresses url uri dsn endpoint endpoints server servers node nodes brokers "
    "bootstrap string connectionstring"
)
# What is not an address or a database even though a word in the name suggests it.
_NEVER = listed(
    "user username login password passwd pwd pass secret token key driver dialect type kind engine enabled mode "
    "timeout pool size prefix version ssl tls log level class provider adapter backend vendor"
)


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """A variable's name as lower-case words, however it is spelled."""
    split: list[str] = []
    for word in _WORDS.findall(name.replace("mongodb", "mongo")):
        lowered = word.lower()
        if lowered.startswith("pg") and lowered[2:] in {
            "host",
            "database",
            "hostaddr",
            "port",
            "schema",
            "user",
        }:
            split += ["pg", lowered[2:]]
        else:
            split.append(lowered)
    return tuple(split)


@lru_cache(maxsize=8192)
def names_database(name: str) -> bool:
    """Whether the value of a variable of this name is the name of a database, keyspace or bucket."""
    parts = words(name)
    if not parts or _NEVER & set(parts) or (_HOST_WORDS - {"source", "cluster"}) & set(parts[-2:]):
        return False
    if parts[-1] in _DATABASE_WORDS:
        return True
    return parts[-1] in {"name", "number"} and len(parts) > 1 and parts[-2] in _DATABASE_WORDS


@lru_cache(maxsize=8192)
def may_name_host(name: str) -> bool:
    """Whether the value of a variable of this name may be a host."""
    parts = set(words(name))
    return bool(parts & _HOST_WORDS) and not parts & (_NEVER - {"backend"})


@lru_cache(maxsize=8192)
def surely_names_host(name: str) -> bool:
    """Whether the name leaves no doubt: `CACHE_TYPE=redis` names no host, `CACHE_HOST=redis` does."""
    return bool(set(words(name)) & _STRONG_HOST_WORDS) and may_name_host(name)


@lru_cache(maxsize=8192)
def joins_both(name: str) -> bool:
    """Whether a variable of this name carries host and database in one value, such as a URL."""
    return bool(set(words(name)) & {"url", "uri", "dsn", "string", "connectionstring", "jdbc", "connection"})


@lru_cache(maxsize=8192)
def connection(name: str) -> frozenset[str]:
    """The words of a name that say which connection it belongs to."""
    return frozenset(words(name)) - _HOST_WORDS - _DATABASE_WORDS - _PLAIN_WORDS - _LOGIN_WORDS


def closest(host_variable: str, databases: dict[str, str]) -> str | None:
    """The value, among databases or logins by variable name, that goes with the host in `host_variable`."""
    if not databases:
        return None
    wanted = connection(host_variable)
    exact = {value for name, value in databases.items() if connection(name) == wanted}
    if len(exact) == 1:
        return exact.pop()
    if exact:
        return None
    ranked = sorted(
        (
            (len(wanted & connection(name)), -len(wanted ^ connection(name)), value)
            for name, value in databases.items()
        ),
        reverse=True,
    )
    best = ranked[0]
    if best[0] and (len(ranked) == 1 or ranked[1][:2] != best[:2]):
        return best[2]
    return ranked[0][2] if len(ranked) == 1 else None


@lru_cache(maxsize=8192)
def names_login(name: str) -> bool:
    """Whether the value of a variable of this name is the user name of a connection."""
    parts = words(name)
    return bool(parts) and (
        parts[-1] in {"user", "username", "login", "uid"} or parts[-2:] == ("user", "name")
    )
