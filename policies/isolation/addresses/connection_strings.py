"""Addresses in connection strings: ADO.NET, libpq, PDO, the DSNs of Go, StackExchange.Redis, Oracle's descriptors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..catalog.engines import BY_NAME, BY_PORT
from .endpoint import HOST_ONLY, SOCKET, Endpoint, split_port

_GO_MYSQL = re.compile(r"^(?:([^:@/]+)(?::[^@]*)?@)?(?:tcp|tcp6)?\(([^()]+)\)/([^?\s]*)")
_ORACLE = re.compile(r"^jdbc:oracle:\w+:(?:[^@]*)@(?://)?([^:/?]+)(?::(\d+))?[:/](\w+)", re.IGNORECASE)
_ORACLE_HOST = re.compile(r"\(\s*HOST\s*=\s*([^)\s]{1,253})\s*\)(?:\s*\(\s*PORT\s*=\s*(\d+))?", re.IGNORECASE)
ORACLE_NAME = re.compile(r"\(\s*(?:SERVICE_NAME|SID)\s*=\s*([^)\s]{1,253})\s*\)", re.IGNORECASE)
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


def in_connection_string(value: str) -> Iterator[Endpoint]:
    """Every address of one connection string that is no URL."""
    lowered = value.lower()
    if lowered.startswith("jdbc:oracle:"):
        match = _ORACLE.match(value)
        if match:
            host, port, service = match.groups()
            yield Endpoint(
                host=host, port=int(port) if port else None, engine=BY_NAME["oracle"], database=service
            )
        else:
            yield from oracle_descriptors(value)
        return
    if "(" in value and ORACLE_NAME.search(value):
        yield from oracle_descriptors(value)
        return
    match = _GO_MYSQL.match(value)
    if match:
        user, address, database = match.groups()
        host, port = split_port(address)
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
    pairs = pairs_in(body)
    server = next((pairs[key] for key in _SERVER_KEYS if key in pairs), None)
    if server is None:
        if "," in value and ":" in value.partition(",")[0] and "=" not in value.partition(",")[0]:
            yield from _stack_exchange_redis(value)
        return
    if not engine and not any(key in pairs for key in (*_DATABASE_KEYS, *_USER_KEYS)):
        return
    database = next((pairs[key] for key in _DATABASE_KEYS if pairs.get(key)), None)
    if socket := SOCKET.match(server):
        yield Endpoint(host=socket[1], engine=BY_NAME["postgresql"], database=database)
        return
    for part in server.split(",") if engine != "mssql" and not re.search(r",\d+$", server) else [server]:
        address = re.sub(r"^(tcp|np|lpc|admin):", "", part.strip()).split("\\")[0].replace(",", ":")
        host, port = split_port(address)
        if port is None and (pairs.get("port") or "").isdigit():
            port = int(pairs["port"])
        if HOST_ONLY.match(host):
            yield Endpoint(
                host=host,
                port=port,
                engine=BY_NAME.get(engine) or (BY_PORT.get(port) if port else None),
                database=database,
                data=bool(database),
                schema=next(
                    (pairs[key] for key in ("search path", "searchpath", "schema") if pairs.get(key)), None
                ),
                user=next((pairs[key] for key in _USER_KEYS if pairs.get(key)), None),
            )


def oracle_descriptors(value: str) -> Iterator[Endpoint]:
    """Hosts of every connect descriptor: those that stand before a service's name belong to it."""
    start = 0
    for name in ORACLE_NAME.finditer(value):
        for host, port in _ORACLE_HOST.findall(value, start, name.start()):
            yield Endpoint(
                host=host, port=int(port) if port else None, engine=BY_NAME["oracle"], database=name[1]
            )
        start = name.end()


def pairs_in(body: str) -> dict[str, str]:
    """Keys and values of a connection string, keys in lower case."""
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
            host, port = split_port(part)
            yield Endpoint(host=host, port=port, engine=BY_PORT.get(port or 0), database=database)
