"""What stands beside a host in a container's variables: databases, logins and other hosts, and which go together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..addresses.endpoint import Endpoint
from ..addresses.endpoints import endpoints
from ..addresses.variables import (
    chooses_driver,
    closest,
    exactly,
    may_name_host,
    names_database,
    names_login,
    of_database,
    of_engine,
    words,
)
from ..catalog.engines import Engine
from ..resources import UNKNOWN
from .given import Variable

_WITH_BUCKETS = frozenset({"couchbase", "influxdb"})
_DATABASE_NAME = re.compile(r"^(?!(?:true|false|yes|no|none|null)$)[\w.$:-]{1,128}$", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Beside:
    """What one container's variables say beside hosts."""

    hosts: frozenset[str]
    """Variables that name hosts."""
    databases: dict[str, str] = field(default_factory=dict)
    """Databases by the variable that names them."""
    logins: dict[str, str] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    """Databases that addresses carry themselves."""
    ports: dict[str, str] = field(default_factory=dict)
    unknown_database: bool = False
    unshown: dict[str, Variable] = field(default_factory=dict)
    """Those that name a database in a carrier which is not in the input."""
    elsewhere: tuple[list[Variable], ...] = ()
    """The variables of the pod's other containers, and its files' settings."""

    def login(self, variable: str, engine: Engine | None) -> str | None:
        """The user that goes with the host in a variable; a database's user is no broker's."""
        logins = self.logins
        if engine is not None:
            data = engine.kind not in {"broker", "cache"}
            logins = {
                n: v for n, v in logins.items() if of_engine(n, engine) and (data or not of_database(n))
            }
        return closest(variable, logins, self.hosts)

    def port(self, variable: str) -> int | None:
        """The port that goes with the host in a variable."""
        found = closest(variable, self.ports, self.hosts)
        return int(found) if found is not None else None

    def database(self, variable: str, endpoint: Endpoint, engine: Engine | None) -> Any:
        """The database that goes with an address in a variable; `UNKNOWN` where that is open."""
        if endpoint.database:
            return endpoint.database
        databases = self._databases_of(engine)
        if engine is not None and engine.kind == "cache":
            return closest(variable, databases, self.hosts) or (
                engine.default_logical if endpoint.unnamed else None
            )
        if engine is not None and engine.kind == "broker":
            return None
        found = closest(variable, databases, self.hosts, self.spoken)
        if found is None and self.unknown_database:
            return UNKNOWN
        return found if found is not None else self._database_elsewhere(variable, engine)

    def unshown_database(self, variable: str, engine: Engine | None) -> Variable | None:
        """What names the database that goes with the host in a variable, where the input does not show the name."""
        names = {name: name for name in self.unshown if engine is None or of_engine(name, engine)}
        found = closest(variable, names, self.hosts)
        return self.unshown[found] if found is not None else None

    def names_several(self, engine: Engine | None) -> bool:
        """Whether several databases stand beside the hosts, so that code decides which goes with which."""
        return len(set(self._databases_of(engine).values())) > 1

    def _databases_of(self, engine: Engine | None) -> dict[str, str]:
        """Databases by the variable that names them, of those that may be such an engine's; a cache's are numbers."""
        if engine is None:
            return self.databases
        found = {
            name: value
            for name, value in self.databases.items()
            if of_engine(name, engine) and not _of_another_kind(name, engine)
        }
        if engine.kind != "cache":
            return found
        return {name: str(int(value)) for name, value in found.items() if value.isdecimal()}

    def _database_elsewhere(self, variable: str, engine: Engine | None) -> str | None:
        """The database that another container or file of the pod names for the very same connection."""
        named = {
            name: value
            for other in self.elsewhere
            for name, value in beside_hosts(other)._databases_of(engine).items()
        }
        return exactly(variable, named) if named else None


def beside_hosts(given: list[Variable], elsewhere: tuple[list[Variable], ...] = ()) -> Beside:
    """What the variables of one container, or the settings of one pod's files, say beside hosts."""
    hosts = frozenset(item.name for item in given if item.name and may_name_host(item.name))
    found = Beside(hosts=hosts, elsewhere=elsewhere)
    for variable in given:
        name, value = variable.name, variable.value
        if not name or variable.free_text:
            continue
        if names_database(name):
            if value is UNKNOWN:
                found.unknown_database = True
            elif value is None and variable.carrier is not None and variable.carrier_key:
                found.unshown[name] = variable
            elif isinstance(value, str) and _DATABASE_NAME.match(value) and not chooses_driver(name, value):
                found.databases[name] = value
        elif isinstance(value, str) and value.isdigit() and words(name)[-1:] == ("port",):
            found.ports[name] = value
        elif isinstance(value, str) and value and names_login(name):
            found.logins[name] = value
        elif isinstance(value, str) and value and may_name_host(name):
            found.spoken |= {item.database for item in endpoints(value) if item.database}
    return found


def _of_another_kind(name: str, engine: Engine) -> bool:
    """Whether a name speaks of a bucket beside a server of tables, or of a database beside a server of indexes."""
    if {"bucket", "bucketname"} & set(words(name)):
        return engine.name not in _WITH_BUCKETS and engine.kind != "object-store"
    return engine.kind == "search" and of_database(name)
