"""One address that a text names, and what all parsers of addresses agree on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..catalog.engines import Engine

HOST = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?"
HOST_ONLY = re.compile(rf"^{HOST}$")
IPV6 = re.compile(r"^[0-9a-fA-F]*:[0-9a-fA-F:.]+$")
OPEN = "\N{CURRENCY SIGN}"  # in place of what nothing fills in: no host, and no database anybody could share
SOCKET = re.compile(r"/cloudsql/([\w.:-]+)")


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
    data: bool = False
    """Whether it is part of a connection string that also names a database: it leads to one, of whatever engine."""
    members: tuple[str, ...] = ()
    """Every host of a URL that lists several."""
    seeds: tuple[str, ...] = ()
    """Every host of a plain list of several: members of a cluster, if the engine is one that has such."""
    unnamed: bool = False
    """Whether this is a URL that could name a database and leaves that to the server."""
    bare: bool = False
    """Whether the text is nothing but a word that could be a host, or anything else."""


def split_port(address: str) -> tuple[str, int | None]:
    """Host and port of an address; no port where it names none, or one that nothing fills in."""
    if address.strip().startswith("["):  # an address of version 6 stands in brackets
        host, _, rest = address.strip()[1:].partition("]")
        port = rest.removeprefix(":")
        return host, int(port) if port.isdigit() else None
    host, colon, port = address.strip().rpartition(":")
    if colon and port.isdigit() and int(port) < 65536:
        return host, int(port)
    if colon and port == OPEN:
        return host, None
    return address.strip(), None
