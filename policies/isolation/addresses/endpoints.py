"""Find the addresses of stores inside a piece of text: URLs, JDBC, ADO.NET, libpq, driver DSNs, host lists.

A parser only says what the text says. Whether a host is a store at all is for the caller, who knows the
cluster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from ..catalog.engines import BY_NAME, BY_PORT, Engine, engine_of_scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address that a text names."""

    host: str
    port: int | None = None
    engine: Engine | None = None
    """The engine that the text itself names, by scheme or by port; None if it does not."""
    database: str | None = None
    schema: str | None = None
    user: str | None = None
    bare: bool = False
    """Whether the text is nothing but a word that could be a host, or anything else."""


_URL = re.compile(r"(?:jdbc:|r2dbc:)?([a-zA-Z][a-zA-Z0-9+.:_-]{1,40}?)://([^\s\"'<>`\\|)}\]]+)")
_NAMED_INSTANCE = re.compile(r"(sqlserver://[^\\/;\s]+)\\+\w+")
# Schemes whose path is a page or a file; in the URL of any other scheme, it is where a driver puts the database.
_WEB = frozenset(
    {
        "http",
        "https",
        "ws",
        "wss",
        "grpc",
        "grpcs",
        "ftp",
        "sftp",
        "file",
        "oci",
        "git",
        "ssh",
        "ldap",
        "ldaps",
    }
)
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?"
_HOST_ONLY = re.compile(rf"^{_HOST}$")
_HOST_PORT = re.compile(rf"(?<![\w./@:-])({_HOST}):(\d{{2,5}})(?![\w.:-])")
_UNFILLED = re.compile(r"<%.*?%>|\$\([^()]*\)|\$\{[^{}]*\}|\{\{.*?\}\}|<[A-Za-z_ -]+>|%[A-Z_]+%")
_OPEN = "\N{CURRENCY SIGN}"  # in place of what nothing fills in: no host, and no database anybody could share
_HOST_SETTING = re.compile(rf"\bhost=({_HOST})(?=\s|$)")
_PROTOCOL = re.compile(r"\b(?:tcp|udp|ssl|openssl)[46]?(?:-connect)?:", re.IGNORECASE)
_GO_MYSQL = re.compile(r"^(?:([^:@/]+)(?::[^@]*)?@)?(?:tcp|tcp6)?\(([^()]+)\)/([^?\s]*)")
_ORACLE = re.compile(r"^jdbc:oracle:\w+:(?:[^@]*)@(?://)?([^:/?]+)(?::(\d+))?[:/](\w+)", re.IGNORECASE)
_ORACLE_TNS = re.compile(
    r"\(HOST\s*=\s*([^)\s]+)\s*\).*?\((?:SERVICE_NAME|SID)\s*=\s*([^)\s]+)\s*\)", re.IGNORECASE | re.DOTALL
)
_PAIR = re.compile(r"\s*([A-Za-z][A-Za-z _]*?)\s*=\s*(\"[^\"]*\"|'[^']*'|[^;]*)\s*(?:;|$)")
_LIBPQ_PAIR = re.compile(r"([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']+)")

_SERVER_KEYS = (
    "server",
    "data source",
    "datasource",
    "host",
    "address",
    "addr",
    "network address",
    "hostname",
    "endpoint",
    "contact points",
)
_DATABASE_KEYS = (
    "database",
    "initial catalog",
    "dbname",
    "db",
    "databasename",
    "default keyspace",
    "defaultdatabase",
)
_USER_KEYS = ("user id", "uid", "user", "username", "user name")
_DATABASE_OPTIONS = ("databasename", "database", "dbname", "servicename")
_SCHEMA_OPTIONS = ("currentschema", "schema", "search_path", "searchpath")


@lru_cache(maxsize=65536)
def endpoints(value: str) -> tuple[Endpoint, ...]:
    """Every address that a variable's value names; a lone word is returned as a bare host."""
    value = _without_templates(value.strip().strip("\"'"))
    if not value or len(value) > 200_000:
        return ()
    found = tuple(_structured(value)) if "=" in value or ":" in value else ()
    if found:
        return found
    if "\n" not in value and " " not in value and len(value) < 2000:
        return tuple(_host_list(value))
    return tuple(addresses_in_text(value))


def _without_templates(value: str) -> str:
    if "$" in value or "<" in value or "{" in value or "%" in value:
        return _UNFILLED.sub(_OPEN, value)
    return value


def addresses_in_text(value: str) -> Iterator[Endpoint]:
    """Addresses anywhere in a file or command: URLs and `host:port`; never bare words."""
    value = _without_templates(value)
    if "://" in value:
        yield from _urls(value)
    if "host=" in value:
        for line in value.splitlines():
            found = _HOST_SETTING.search(line)
            if found:
                pairs = _pairs(line[found.start() :])
                port = pairs.get("port", "")
                yield Endpoint(
                    host=found[1],
                    port=int(port) if port.isdigit() else None,
                    database=pairs.get("dbname"),
                    engine=BY_PORT.get(int(port)) if port.isdigit() else None,
                )
    if ":" in value:
        for host, port in _HOST_PORT.findall(_PROTOCOL.sub(" ", _URL.sub(" ", value))):
            if not host.isdigit():
                yield Endpoint(host=host, port=int(port), engine=BY_PORT.get(int(port)))


def _structured(value: str) -> Iterator[Endpoint]:
    lowered = value.lower()
    if lowered.startswith("jdbc:oracle:"):
        match = _ORACLE.match(value)
        if match:
            host, port, service = match.groups()
            yield Endpoint(
                host=host, port=int(port) if port else None, engine=BY_NAME["oracle"], database=service
            )
        elif tns := _ORACLE_TNS.search(value):
            yield Endpoint(host=tns[1], engine=BY_NAME["oracle"], database=tns[2])
        return
    if "://" in value:
        yield from _urls(value)
        return
    match = _GO_MYSQL.match(value)
    if match:
        user, address, database = match.groups()
        host, port = _split_port(address)
        yield Endpoint(
            host=host, port=port, engine=BY_NAME["mysql"], database=database or None, user=user or None
        )
        return
    pdo = re.match(r"^(mysql|pgsql|sqlsrv|dblib|firebird|oci):(.*)$", value, re.IGNORECASE | re.DOTALL)
    engine = {"mysql": "mysql", "pgsql": "postgresql", "sqlsrv": "mssql", "dblib": "mssql"}.get(
        pdo[1].lower() if pdo else "", ""
    )
    if "=" not in value:
        return
    body = pdo[2] if pdo else value
    pairs = _pairs(body)
    server = next((pairs[key] for key in _SERVER_KEYS if key in pairs), None)
    if server is None:
        if "," in value and ":" in value.partition(",")[0] and "=" not in value.partition(",")[0]:
            yield from _stack_exchange_redis(value)
        return
    if not engine and not any(key in pairs for key in (*_DATABASE_KEYS, *_USER_KEYS)):
        return
    for part in server.split(",") if engine != "mssql" and not re.search(r",\d+$", server) else [server]:
        address = re.sub(r"^(tcp|np|lpc|admin):", "", part.strip()).split("\\")[0].replace(",", ":")
        host, port = _split_port(address)
        if port is None and (pairs.get("port") or "").isdigit():
            port = int(pairs["port"])
        if _HOST_ONLY.match(host):
            yield Endpoint(
                host=host,
                port=port,
                engine=BY_NAME.get(engine) or (BY_PORT.get(port) if port else None),
                database=next((pairs[key] for key in _DATABASE_KEYS if pairs.get(key)), None),
                schema=next(
                    (pairs[key] for key in ("search path", "searchpath", "schema") if pairs.get(key)), None
                ),
                user=next((pairs[key] for key in _USER_KEYS if pairs.get(key)), None),
            )


def _pairs(body: str) -> dict[str, str]:
    found = _PAIR.findall(body) if ";" in body else _LIBPQ_PAIR.findall(body)
    if ";" not in body and len(found) <= 1:
        found = _PAIR.findall(body) if body.count("=") == 1 else found
    return {re.sub(r"\s+", " ", key.strip().lower()): raw.strip().strip("'\"") for key, raw in found}


def _stack_exchange_redis(value: str) -> Iterator[Endpoint]:
    parts = [part.strip() for part in value.split(",")]
    options = dict(part.split("=", 1) for part in parts if "=" in part)
    database = {key.lower(): item for key, item in options.items()}.get("defaultdatabase")
    for part in parts:
        if "=" not in part:
            host, port = _split_port(part)
            yield Endpoint(host=host, port=port, engine=BY_PORT.get(port or 0), database=database)


def _urls(value: str) -> Iterator[Endpoint]:
    for match in _URL.finditer(_NAMED_INSTANCE.sub(r"\1", value)):
        scheme, rest = match.groups()
        names = [part for part in scheme.split(":") if part]
        engine = next((found for name in names if (found := engine_of_scheme(name))), None)
        yield from _url(engine, rest, web=bool(names) and names[-1].lower() in _WEB)


def _url(engine: Engine | None, rest: str, *, web: bool) -> Iterator[Endpoint]:
    rest, _, query = rest.partition("?")
    rest, *semicolon_options = rest.split(";")
    authority, _, path = rest.partition("/")
    authority, path = authority.rstrip(","), path.rstrip(",.;")
    user = None
    if "@" in authority:
        credentials, _, authority = authority.rpartition("@")
        user = unquote(credentials.partition(":")[0]) or None
    options = {key.lower(): item for key, item in parse_qsl(query)} | {
        key.strip().lower(): item.strip()
        for key, found, item in (o.partition("=") for o in semicolon_options)
        if found
    }
    first = unquote(path.split("/")[0])
    database = first if first and not (web and engine is None) else None
    database = next((options[key] for key in _DATABASE_OPTIONS if options.get(key)), database) or None
    if engine and engine.name == "redis":
        number = options.get("db") or database
        database = str(int(number)) if number and number.isdecimal() else None
    if engine and engine.kind == "broker":
        database = unquote(path) or None
    schema = next((options[key] for key in _SCHEMA_OPTIONS if options.get(key)), None) if engine else None
    if engine and engine.name == "s3":
        yield Endpoint(host=authority, engine=engine, database=authority)
        return
    for part in authority.split(","):
        host, port = _split_port(re.sub(r"^\w+\(|\)$", "", part.rpartition("://")[2]))
        if host and _HOST_ONLY.match(host):
            spoken = engine or (BY_PORT.get(port) if port else None)
            if database is None and spoken is BY_NAME["couchdb"] and not first.startswith("_"):
                database = first or None
            yield Endpoint(
                host=host,
                port=port,
                engine=spoken,
                database=None if database and _OPEN in database else database,
                schema=schema,
                user=user,
            )


def _host_list(value: str) -> Iterator[Endpoint]:
    for part in value.split(","):
        login, _, address = part.strip().rpartition("@")
        if login and ":" not in login:
            continue  # somebody's mail address
        item, _, path = address.partition("/")
        host, port = _split_port(item)
        if not _HOST_ONLY.match(host) or host.isdigit():
            continue
        endpoint = Endpoint(
            host=host,
            port=port,
            engine=BY_PORT.get(port) if port else None,
            user=login.partition(":")[0] or None,
            bare=port is None,
        )
        yield replace(endpoint, database=path) if path and port else endpoint


def _split_port(address: str) -> tuple[str, int | None]:
    host, colon, port = address.strip().rpartition(":")
    if colon and port.isdigit() and int(port) < 65536:
        return host, int(port)
    if colon and port == _OPEN:
        return host, None
    return address.strip(), None
