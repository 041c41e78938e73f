"""What a variable's name says of its value: that it is a host, or the name of a database, and which go
together.

`ConnectionString` and `Database` belong together, and so do `MongoConnectionString` and `MongoDatabase`:
what is left of a name once the words for its role are taken away is the connection it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from ..catalog import listed
from ..catalog.engines import BY_WORD, DATA_KINDS, Engine

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_HOST_WORDS = listed(
    "host hosts hostname hostnames addr address addresses url urls uri uris dsn endpoint endpoints server servers "
    "service node nodes broker brokers bootstrap connection connectionstring connectionstrings conn string "
    "datasource source contact points contactpoints jdbc link location target upstream origin seeds seed cluster "
    "primary master replicaof slaveof replica reader writer read write leader"
)
_DATABASE_WORDS = listed(
    "db dbname database databases databasename schema schemaname catalog keyspace keyspacename bucket bucketname "
    "index initial dbase"
)
_PLAIN_WORDS = listed("name names port ports default value config configuration settings")
_WHOLE_WORDS = listed("url uri dsn jdbc")
_PLACE_WORDS = listed("default main")  # between a section and the name in it
_SCHEMA_WORDS = listed("schema index initial")
_POSTGRES_LIKE = listed("postgresql cockroachdb yugabytedb")
_LOGIN_WORDS = listed("user username login uid")
_STRONG_HOST_WORDS = listed(
    "host hosts hostname addr address addresses url uri dsn endpoint endpoints server servers node nodes brokers "
    "bootstrap string connectionstring"
)
_HOST_ENDINGS = listed(
    "host hosts hostname hostnames addr address addresses endpoint endpoints server servers seeds"
)
# What is not an address or a database even though a word in the name suggests it.
_NEVER = listed(
    "user username login password passwd pwd pass secret token key driver dialect type kind engine enabled mode "
    "timeout pool size prefix version ssl tls log level class provider adapter backend vendor character charset "
    "collation encoding"
)
# By these a server says what it is called itself, or on which of its addresses it listens.
_OWN_ADDRESS = listed("announce advertise advertised bind listen listener listeners")
_OWN_HOST = ("report", "host")
# Written as one word with what they are said of: `DBHOST`, `REDISPORT`, `MYSQLDATABASE`.
_ROLES = listed(
    "host hosts hostname hostaddr addr address endpoint server url uri dsn port name database db schema index num "
    "number user username password"
)
_KNOWN = _HOST_WORDS | _DATABASE_WORDS | _PLAIN_WORDS | _LOGIN_WORDS | _NEVER
_STORE_WORDS = listed("db database databases datasource sql pg jdbc cache")
_NUMBERS = {("db", "id"), ("db", "base")}  # `base` where `db` stands for the engine
_SHORTEST_STEM = 3  # a shorter one before `db` is no word of its own


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """A variable's name as lower-case words, however it is spelled."""
    found = _WORDS.findall(name.replace("mongodb", "mongo"))
    return tuple(part for word in found for part in _parts(word.lower()))


def _parts(word: str) -> tuple[str, ...]:
    """A lower-case word, or the two that it is made of: `db` and `host` of `dbhost`, `user` and `db` of `userdb`."""
    if word in _KNOWN or word in BY_WORD:
        return (word,)
    for position in range(2, len(word) - 1):
        store, role = word[:position], word[position:]
        if role in _ROLES and (store in _STORE_WORDS or store in BY_WORD):
            return store, role
    if word.endswith("db") and len(word) >= _SHORTEST_STEM + 2:
        return word[:-2], "db"
    return (word,)


def _is_of_something_else(parts: tuple[str, ...], never: frozenset[str] = _NEVER) -> bool:
    """Whether a name is about a login, a switch or the like: `DB_USER_HOST` is, and `USER_DB_HOST` is a host's."""
    last = max((at for at, part in enumerate(parts) if part in never), default=None)
    return last is not None and not any(part in _STORE_WORDS or part in BY_WORD for part in parts[last + 1 :])


@lru_cache(maxsize=8192)
def names_database(name: str) -> bool:
    """Whether the value of a variable of this name is the name of a database, keyspace or bucket."""
    parts = words(name)
    if not parts or _is_of_something_else(parts):
        return False
    if parts[-2:] in _NUMBERS or _names_one_of_several(parts):
        return True
    if parts[-1] in _DATABASE_WORDS:
        if words(name.rpartition(".")[2]) == parts[-1:] != parts:
            return True  # the whole of what it is called in its section
        return not (_HOST_WORDS - {"source", "cluster"} - _WHOLE_WORDS) & set(parts[-2:-1])
    if parts[-1] not in {"name", "number", "num"}:
        return False
    *before, _ = parts
    while before and before[-1] in _PLACE_WORDS:
        before.pop()
    return bool(before) and (before[-1] in _DATABASE_WORDS or _is_data_engine(before[-1]))


def _names_one_of_several(parts: tuple[str, ...]) -> bool:
    """`DB_NAME_ORDERS` and `POSTGRES_DB_ORDERS`: a database's name with what it is for behind."""
    for at in range(len(parts) - 2):
        first, second, behind = parts[at], parts[at + 1], set(parts[at + 2 :])
        plain = second == "name" and first in {"db", "database"}
        if (plain or (second == "db" and _is_data_engine(first))) and not behind & (_KNOWN | _ROLES):
            return True
    return False


def _is_data_engine(word: str) -> bool:
    engine = BY_WORD.get(word)
    return engine is not None and engine.kind in DATA_KINDS


@lru_cache(maxsize=8192)
def chooses_driver(name: str, value: str) -> bool:
    """Whether `DB=postgres12` says which engine it is, and not which database: `POSTGRES_DB=postgres` does."""
    *before, _ = words(name) or ("",)
    engine = BY_WORD.get(value.lower().rstrip("0123456789."))
    return engine is not None and not any(word in _DATABASE_WORDS or word in BY_WORD for word in before)


@lru_cache(maxsize=8192)
def of_engine(name: str, engine: Engine) -> bool:
    """Whether a variable of this name may belong to a connection to `engine`: `MYSQL_USER` is none of Kafka's."""
    named = {found.name for word in words(name) if (found := BY_WORD.get(word)) is not None}
    return not named or engine.name in named or bool(_POSTGRES_LIKE & named and engine.name in _POSTGRES_LIKE)


@lru_cache(maxsize=8192)
def of_database(name: str) -> bool:
    """Whether a variable's name says that it is about a database, whichever."""
    return bool(set(words(name)) & {"db", "database", "databases", "datasource", "sql", "pg", "jdbc"})


@lru_cache(maxsize=8192)
def may_name_host(name: str) -> bool:
    """Whether the value of a variable of this name may be a host."""
    parts = set(words(name))
    own = bool(parts & _OWN_ADDRESS) or words(name)[-2:] == _OWN_HOST
    return (
        bool(parts & _HOST_WORDS) and not own and not _is_of_something_else(words(name), _NEVER - {"backend"})
    )


@lru_cache(maxsize=8192)
def surely_names_host(name: str) -> bool:
    """Whether the name leaves no doubt: `CACHE_TYPE=redis` names no host, `CACHE_HOST=redis` does.

    So does `DATABASE_SERVICE_NAME`, by which OpenShift's templates hand on the Service of a database.
    """
    parts = words(name)
    service = parts[-2:] == ("service", "name") and (
        of_database(name) or any(part in BY_WORD for part in parts)
    )
    return (service or bool(set(parts) & _STRONG_HOST_WORDS)) and may_name_host(name)


@lru_cache(maxsize=8192)
def plainly_names_host(name: str) -> bool:
    """Whether a name ends in the word for a host, or in what a host's database is for; `DB_SERVER_REGION` does not."""
    parts = [word for word in words(name) if not word.isdigit() and word != "name"]
    ends = bool(parts) and parts[-1] in _HOST_ENDINGS
    return (ends or (parts[-2:-1] == ["host"] and of_database(name))) and may_name_host(name)


@lru_cache(maxsize=8192)
def joins_both(name: str) -> bool:
    """Whether a variable of this name carries host and database in one value, such as a URL."""
    return bool(set(words(name)) & {"url", "uri", "dsn", "string", "connectionstring", "jdbc", "connection"})


@lru_cache(maxsize=8192)
def connection(name: str) -> frozenset[str]:
    """The words of a name that say which connection it belongs to."""
    return frozenset(words(name)) - _HOST_WORDS - _DATABASE_WORDS - _PLAIN_WORDS - _LOGIN_WORDS


def exactly(host_variable: str, values: dict[str, str]) -> str | None:
    """The value that belongs to the same connection as the host in `host_variable`, by its name."""
    wanted = connection(host_variable)
    return _plainest({name: value for name, value in values.items() if connection(name) == wanted})


def closest(
    host_variable: str,
    values: dict[str, str],
    hosts: frozenset[str] = frozenset(),
    spoken: Collection[str] = (),
) -> str | None:
    """The value, among databases or logins by variable name, that goes with the host in `host_variable`.

    `hosts` are the other variables that name hosts: what plainly goes with one of those goes with no other. `spoken`
    are values that some address carries itself.
    """
    if not values:
        return None
    wanted = connection(host_variable)
    exact = {name: value for name, value in values.items() if connection(name) == wanted}
    if exact:
        return _plainest(exact)
    taken = {found for host in hosts if (found := connection(host)) or of_database(host)}
    left = {name: value for name, value in values.items() if connection(name) not in taken}
    if wanted:
        left = {
            name: value for name, value in left.items() if value not in spoken or wanted & connection(name)
        }
    ranked = sorted(
        (
            (len(wanted & connection(name)), -len(wanted ^ connection(name)), value)
            for name, value in left.items()
        ),
        reverse=True,
    )
    if not ranked:
        return None
    best = ranked[0]
    if best[0] and (len(ranked) == 1 or ranked[1][:2] != best[:2]):
        return best[2]
    return ranked[0][2] if len(ranked) == 1 else None


def _plainest(named: dict[str, str]) -> str | None:
    """The one value, or the one under a name that can only be a database's: with `DB_NAME`, `DB_SCHEMA` is a part."""
    whole = {value for name, value in named.items() if not _SCHEMA_WORDS & set(words(name))}
    every = whole or set(named.values())
    return every.pop() if len(every) == 1 else None


@lru_cache(maxsize=8192)
def names_login(name: str) -> bool:
    """Whether the value of a variable of this name is the user name of a connection."""
    parts = words(name)
    return bool(parts) and (
        parts[-1] in {"user", "username", "login", "uid"} or parts[-2:] == ("user", "name")
    )
