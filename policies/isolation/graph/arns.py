"""ARNs: which declared resources one names, as a policy or a property writes it, wildcards and parts included."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..catalog.cloud_rights import NAMED
from ..resources import Resource, text
from .index import Index

ARN = re.compile(r"arn:[\w*-]+:[\w*-]+:[\w*-]*:[\w*-]*:[\w.:/+=@*?$#!,-]+")
_OWN = ("arn", "dbSnapshotArn", "dbClusterSnapshotArn")
UNKNOWN_NAME = "\0"
"""In place of a name that is not known yet: only a wildcard for any name covers it."""
_OPEN = re.compile(r"[*?]|\$\{")
_SUFFIX = re.compile(r"(?:[A-Za-z0-9?]{6}|\*)(?::.*)?$")
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN that name something; region and account are empty where nothing says."""

    service: str
    region: str
    account: str
    resource: str


@dataclass(frozen=True, slots=True)
class Named:
    """A declared resource that an ARN names."""

    key: str
    service: str
    wide: bool
    """Whether it is only one of those that a wildcard covers."""


def arn_of(value: str) -> Arn | None:
    """The parts of an ARN; None for any other text."""
    parts = value.split(":", 5)
    return Arn(parts[2], parts[3], parts[4], parts[5]) if len(parts) == 6 and parts[0] == "arn" else None


class Arns:
    """Declared resources by what an ARN of theirs says."""

    def __init__(self, index: Index) -> None:
        self._by_name: dict[tuple[str, str], list[tuple[Arn, str]]] = defaultdict(list)
        self._by_service: dict[str, list[tuple[Arn, str]]] = defaultdict(list)
        self.known: set[str] = set()
        """Keys of what a policy would name by what is known already."""
        for resource in index.resources:
            if not resource.kubernetes:
                self.add(resource)

    def add(self, resource: Resource) -> None:
        """One more resource that ARNs may name."""
        for identity in identities(resource):
            if UNKNOWN_NAME not in identity.resource:
                self.known.add(resource.key)
            entry = (identity, resource.key)
            if entry not in self._by_name[identity.service, identity.resource]:
                self._by_name[identity.service, identity.resource].append(entry)
                self._by_service[identity.service].append(entry)

    def of_services(self, services: Collection[str]) -> list[Named]:
        """Every resource of some services, as a wildcard for all of them covers it."""
        return [
            Named(key, service, True) for service in services for _, key in self._by_service.get(service, ())
        ]

    def named(self, value: str) -> list[Named]:
        """Resources that an ARN names, one of their parts, or a wildcard covers."""
        wanted = arn_of(value)
        if wanted is None:
            return []
        opening = _OPEN.search(wanted.resource)
        head = wanted.resource[: opening.start()] if opening else wanted.resource
        found = [Named(key, wanted.service, False) for key in self._whole(wanted, head)]
        if opening and not found:
            found = [Named(key, identity.service, True) for identity, key in self._covered(wanted)]
        return found

    def _whole(self, wanted: Arn, head: str) -> Iterator[str]:
        """Resources whose own name is spelled out, whatever comes behind it."""
        for name in _beginnings(wanted, head):
            for identity, key in self._by_name.get((wanted.service, name), ()):
                if _same_place(wanted, identity):
                    yield key

    def _covered(self, wanted: Arn) -> Iterator[tuple[Arn, str]]:
        pattern = _pattern(wanted.resource)
        services = list(self._by_service) if _OPEN.search(wanted.service) else [wanted.service]
        for service in services:
            for identity, key in self._by_service.get(service, ()):
                spellings: tuple[str, ...] = (
                    identity.resource,
                    f"{identity.resource}/-",
                    f"{identity.resource}:-",
                )
                if service == "secretsmanager":
                    spellings = (*spellings, f"{identity.resource}-AAAAAA")
                if _same_place(wanted, identity) and any(pattern.fullmatch(item) for item in spellings):
                    yield identity, key


def identities(resource: Resource) -> Iterator[Arn]:
    """What a policy calls a resource: its own ARN, and what will be in it as far as its properties tell."""
    own = next((found for name in _OWN if (found := arn_of(text(resource.body.get(name)) or ""))), None)
    if own is not None:
        yield own
    for named in NAMED.get(resource.group, ()):
        service, _, template = named.partition(":")
        values = {place: text(resource.body.get(place)) for place in _PLACE.findall(template)}
        filled = template
        for place, value in values.items():
            filled = filled.replace(f"{{{place}}}", _last(value or UNKNOWN_NAME))
        name = filled.replace("//", "/") if service == "ssm" else filled
        where = own or Arn(service, "", "", "")
        yield Arn(service, where.region, where.account, name)


def _last(value: str) -> str:
    return value.rpartition(":")[2] if value.startswith("arn:") else value


def _beginnings(wanted: Arn, head: str) -> Iterator[str]:
    """A name and what it may be a part of: a table's index, a bucket's object, a secret without its suffix."""
    yield head
    for position in range(len(head) - 1, 0, -1):
        if head[position] in "/:":
            yield head[:position]
    if wanted.service == "secretsmanager":
        for position, letter in enumerate(head):
            if letter == "-" and _SUFFIX.match(wanted.resource[position + 1 :]):
                yield head[:position]


def _same_place(wanted: Arn, identity: Arn) -> bool:
    return all(
        not one or not other or _pattern(one).fullmatch(other) is not None
        for one, other in ((wanted.region, identity.region), (wanted.account, identity.account))
    )


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    """`*`, `?` and policy variables as IAM reads them."""
    value = re.sub(r"\$\{[^}]*\}", "*", value)
    return re.compile(
        "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in value), re.DOTALL
    )
