"""Find the addresses of stores inside a piece of text: URLs, JDBC, ADO.NET, libpq, driver DSNs, host lists.

A parser only says what the text says. Whether a host is a store at all is for the caller, who knows the
cluster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from ..catalog.engines import BY_NAME, BY_PORT, Engine, engine_of_scheme
from .connection_strings import ORACLE_NAME, in_connection_string, oracle_descriptors, pairs_in
from .endpoint import HOST, HOST_ONLY, IPV6, OPEN, SOCKET, Endpoint, split_port

_URL = re.compile(
    r"(?:jdbc:|r2dbc:)?([a-zA-Z][a-zA-Z0-9+.:_-]{1,40}?)://"
    r"((?:[^\s\"'<>`/?]*@)?(?:\[[0-9a-fA-F:.]+\]|[^\s\"'<>`\\|)}\]])+)"  # a login may hold what ends an address
)
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


_HOST_PORT = re.compile(rf"(?<![\w./@:-])({HOST}):(\d{{2,5}})(?![\w.:-])")
_UNFILLED = re.compile(r"<%[^%]*%>|\$\([^()]*\)|\$\{[^{}]*\}|\{\{[^{}]*\}\}|<[A-Za-z_ -]+>|%[A-Z_]+%")

_HOST_SETTING = re.compile(rf"\bhost=({HOST})(?=[\s;\"']|$)")

_REPLICA = re.compile(rf"\b(?:replicaof|slaveof)\s+({HOST})\s+(\d+)")
_PROTOCOL = re.compile(r"\b(?:tcp|udp|ssl|openssl)[46]?(?:-connect)?:", re.IGNORECASE)


_DATABASE_OPTIONS = ("databasename", "database", "dbname", "servicename", "service_name", "sid", "db")
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
        return _UNFILLED.sub(OPEN, value)
    return value


def addresses_in_text(value: str) -> Iterator[Endpoint]:
    """Addresses anywhere in a file or command: URLs and `host:port`; never bare words."""
    value = _without_templates(value)
    if "://" in value:
        yield from _urls(value)
    if "(" in value and ORACLE_NAME.search(value):
        yield from oracle_descriptors(value)
    if "of " in value:
        for host, port in _REPLICA.findall(value):
            yield Endpoint(host=host, port=int(port), engine=BY_NAME["redis"])
    if "host=" in value:
        for line in value.splitlines():
            found = _HOST_SETTING.search(line)
            if found:
                pairs = pairs_in(re.split("[\"']\\s*[,)\\]]", line[found.start() :])[0])
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
    if "://" in value and not value.lower().startswith("jdbc:oracle:"):
        return _urls(value)
    return in_connection_string(value)


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
    if not authority and engine is not None and options.get("host"):
        authority = ":".join(filter(None, (options["host"], options.get("port"))))
    if socket := SOCKET.search(
        options.get("host") or options.get("unix_sock") or options.get("unix_socket") or ""
    ):
        yield Endpoint(host=socket[1], engine=engine, database=database, schema=schema, user=user)
        return
    parts = authority.split(",")
    for part in parts:
        host, port = split_port(re.sub(r"^\w+\(|\)$", "", part.rpartition("://")[2]))
        if host and (HOST_ONLY.match(host) or IPV6.match(host)):
            spoken = engine or (BY_PORT.get(port) if port else None)
            if database is None and spoken is BY_NAME["couchdb"] and not first.startswith("_"):
                database = first or None
            yield Endpoint(
                host=host,
                port=port,
                engine=spoken,
                database=None if database and OPEN in database else database,
                schema=schema,
                user=user,
                members=tuple(sorted(parts)) if len(parts) > 1 else (),
                unnamed=engine is not None and not path and not options,
            )


def _host_list(value: str) -> Iterator[Endpoint]:
    parts = value.split(",")
    seeds = tuple(sorted(part.strip() for part in parts)) if len(parts) > 1 else ()
    for part in parts:
        login, _, address = part.strip().rpartition("@")
        if login and ":" not in login:
            continue  # somebody's mail address
        item, _, path = address.partition("/")
        host, port = split_port(item)
        if not HOST_ONLY.match(host) or host.isdigit():
            continue
        endpoint = Endpoint(
            host=host,
            port=port,
            engine=BY_PORT.get(port) if port else None,
            user=login.partition(":")[0] or None,
            seeds=seeds,
            bare=port is None,
        )
        yield replace(endpoint, database=path) if path and port else endpoint
