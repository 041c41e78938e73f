"""What proxies and poolers are configured to pass on: the port they listen on, the server behind it, and its name.

Read from the configuration that each proxy documents: HAProxy, Envoy, NGINX streams, stunnel, PgBouncer, Twemproxy,
ProxySQL, and the command line of socat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from ..yaml_text import read_documents

_HOST = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"^(?:tcp[46]?@)?({_HOST}):(\d+)")
_PORT = re.compile(r"(?:^\*?|:)(\d{2,5})(?=$|[\s;,])")
_HAPROXY = re.compile(r"^(frontend|listen|backend)[ \t]+(\S+)", re.MULTILINE)
_UPSTREAM = re.compile(r"\bupstream\s+(\S+)\s*\{([^{}]*)\}")
_SERVER = re.compile(r"\bserver\s*\{([^{}]*)\}")
_SOCAT = re.compile(
    rf"\b(?:TCP|OPENSSL|SSL)[46]?-LISTEN:(\d+).{{0,300}}?\b(?:TCP|OPENSSL|SSL)[46]?(?:-CONNECT)?:({_HOST}):(\d+)",
    re.IGNORECASE | re.DOTALL,
)
_PROXYSQL = re.compile(r"\baddress\s*=\s*\"([^\"]+)\"\s*,?\s*(?:port\s*=\s*(\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """One way through a proxy."""

    host: str
    port: int | None = None
    listens: int | None = None
    """The port it listens on for this; None where one port, or any, serves all."""
    name: str | None = None
    """The database that clients ask a pooler for; `*` stands for any other."""
    database: str | None = None
    """The database that they get; None for the one they ask for."""


@lru_cache(maxsize=4096)
def forwards(content: str) -> tuple[Forward, ...]:
    """Every way through the proxy that a file, or a command line, configures."""
    found: list[Forward] = []
    if "[databases]" in content:
        found += _pgbouncer(content)
    if _HAPROXY.search(content):
        found += _haproxy(content)
    if "proxy_pass" in content and "stream" in content:
        found += _nginx(content)
    if "socket_address" in content or ("servers" in content and "listen" in content):
        found += _structured(content)
    if "connect" in content and "accept" in content:
        found += _stunnel(content)
    if "mysql_servers" in content:
        block = content.partition("mysql_servers")[2].partition(")")[0]
        found += (Forward(host=h, port=int(p) if p else None) for h, p in _PROXYSQL.findall(block))
    found += (Forward(host=h, port=int(p), listens=int(on)) for on, h, p in _SOCAT.findall(content))
    return tuple(found)


def _pgbouncer(content: str) -> Iterator[Forward]:
    section = re.split(r"^\s*\[", content.partition("[databases]")[2], maxsplit=1, flags=re.MULTILINE)[0]
    for line in section.splitlines():
        name, equals, rest = line.partition("=")
        options = dict(re.findall(r"(\w+)\s*=\s*'?([^\s']+)", rest))
        if equals and options.get("host"):
            name, port = name.strip().strip('"'), options.get("port", "")
            yield Forward(
                host=options["host"].split(",")[0],
                port=int(port) if port.isdigit() else None,
                name=name,
                database=options.get("dbname") or (None if name == "*" else name),
            )


def _haproxy(content: str) -> Iterator[Forward]:
    listening: list[tuple[int, set[str]]] = []
    servers: dict[str, list[tuple[str, int]]] = {}
    parts = _HAPROXY.split(content)
    for kind, name, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        words = [line.split() for line in body.splitlines() if line.split()]
        ports = [
            int(found[1]) for line in words if line[0] == "bind" and (found := _PORT.search(" ".join(line)))
        ]
        ports += [int(found[1]) for found in [re.search(r"^[^\n]*:(\d+)", body)] if found]
        backends = {line[1] for line in words if line[0] in {"default_backend", "use_backend"} and line[1:]}
        if kind == "listen":
            backends.add(name)
        listening += [(port, backends) for port in ports]
        servers[name] = [
            (address[1], int(address[2]))
            for line in words
            if line[0] == "server" and len(line) > 2 and (address := _ADDRESS.match(line[2]))
        ]
    for port, backends in listening:
        for backend in sorted(backends):
            for host, behind in servers.get(backend, ()):
                yield Forward(host=host, port=behind, listens=port)


def _nginx(content: str) -> Iterator[Forward]:
    upstreams = {name: re.findall(r"\bserver\s+([^\s;]+)", body) for name, body in _UPSTREAM.findall(content)}
    for body in _SERVER.findall(_UPSTREAM.sub("", content)):
        listens, passed = re.search(r"\blisten\s+([^\s;]+)", body), re.search(r"proxy_pass\s+([^\s;]+)", body)
        port = _PORT.search(listens[1]) if listens else None
        for target in upstreams.get(passed[1], [passed[1]]) if passed and port else ():
            address = _ADDRESS.match(target)
            if address and port:
                yield Forward(host=address[1], port=int(address[2]), listens=int(port[1]))


def _stunnel(content: str) -> Iterator[Forward]:
    for part in re.split(r"^\s*\[[^\]]*\]", content, flags=re.MULTILINE):
        accept = re.search(r"^\s*accept\s*=\s*(\S+)", part, re.MULTILINE)
        port = _PORT.search(accept[1]) if accept else None
        for target in re.findall(r"^\s*connect\s*=\s*(\S+)", part, re.MULTILINE) if port else ():
            address = _ADDRESS.match(target)
            if address and port:
                yield Forward(host=address[1], port=int(address[2]), listens=int(port[1]))


def _structured(content: str) -> Iterator[Forward]:
    try:
        document = next(read_documents(content), None)
    except (ValueError, yaml.YAMLError):
        return
    for pool in document.values() if isinstance(document, dict) else ():
        if isinstance(pool, dict) and isinstance(pool.get("servers"), list):  # Twemproxy
            port = _PORT.search(str(pool.get("listen", "")))
            for server in pool["servers"]:
                address = _ADDRESS.match(str(server))
                if address and port:
                    yield Forward(host=address[1], port=int(address[2]), listens=int(port[1]))
    clusters = {
        str(cluster.get("name")): list(_socket_addresses(cluster))
        for holder in _lists_at(document, "clusters")
        for cluster in holder
        if isinstance(cluster, dict)
    }
    for listeners in _lists_at(document, "listeners"):
        for listener in listeners:
            listens = next(_socket_addresses(listener), (None, None))[1]
            for name in _texts_at(listener, "cluster"):
                for host, behind in clusters.get(name, ()):
                    yield Forward(host=host, port=behind, listens=listens)


def _lists_at(value: Any, name: str) -> Iterator[list[Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == name and isinstance(item, list):
                yield item
            else:
                yield from _lists_at(item, name)


def _texts_at(value: Any, name: str) -> Iterator[str]:
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts_at(item, name)
    if isinstance(value, dict) and isinstance(value.get(name), str):
        yield value[name]


def _socket_addresses(value: Any) -> Iterator[tuple[str, int | None]]:
    address = value.get("socket_address") if isinstance(value, dict) else None
    if isinstance(address, dict):
        port = address.get("port_value")
        yield str(address.get("address")), port if isinstance(port, int) else None
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _socket_addresses(item)
