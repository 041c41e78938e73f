"""References that are written out: an ARN, an id, a name or a host in a property is as good as the output it came from.

An export of an imported stack holds nothing else, and a program may write them by hand. Policies are read for what they
allow, and what they do not allow is no reference, even where the engine saw it go into their text.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..addresses.variables import words
from ..catalog.cloud import STORES, WORKLOADS
from ..catalog.cloud_links import ENDPOINTS, GENERATED, HANDS_ON, LEADS_ON
from ..catalog.cloud_references import HOSTS_IN, OF_VARIABLES, OF_WORKLOADS, REFERENCES
from ..catalog.cloud_rights import (
    DATA_ACTIONS,
    IDENTITY_POLICIES,
    PROVIDED,
    PROVIDER_POLICIES,
    RESOURCE_POLICIES,
)
from ..resources import Resource, has_unknown, strings, text, values_at
from .arns import ARN, Arns, identities
from .index import Index
from .outside import named_only
from .policies import admitted, opened, statements, written_only

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_TELLING = 8  # a generated value shorter than this may be equal by chance
_AZURE = "/subscriptions/"
_CALLED = ("id", "name", "email", "member", "principalId")
_TAGS = frozenset({"tags", "tagsAll", "labels"})
_ON_CLUSTERS = frozenset({"ServiceAccount", "PersistentVolume", "ExternalSecret"})


class Written:
    """Reads what is written out in cloud resources, and in cluster objects that name cloud resources."""

    def __init__(self, index: Index, arns: Arns) -> None:
        self._index = index
        self._arns = arns
        self._called: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._hosts: dict[str, str] = {}
        self._generated: dict[str, str] = {}
        self._by_path: dict[str, str] = {}
        self.wide: dict[str, tuple[str, ...]] = {}
        """For each policy, the resources that only its wildcards cover."""
        for resource in index.resources:
            if not resource.kubernetes:
                self._add(resource)

    def _add(self, resource: Resource) -> None:
        for name in GENERATED.get(resource.group, ()):
            value = text(resource.body.get(name))
            if value and len(value) >= _TELLING:
                self._generated.setdefault(value, resource.key)
        place = text(resource.body.get("id")) or ""
        if place.startswith(_AZURE):
            self._by_path[place.lower()] = resource.key
        store = STORES.get(resource.group)
        paths: list[tuple[str, ...]] = [*((name,) for name in (*_CALLED, *ENDPOINTS.get(resource.group, ())))]
        paths += store.handles if store is not None else ()
        for path in paths:
            for value in values_at(resource.body, path):
                if resource not in self._called[resource.group, value]:
                    self._called[resource.group, value].append(resource)
                if "." in value:
                    for host in _HOST.findall(value.lower()):
                        self._hosts.setdefault(host, resource.key)

    def read(self) -> None:
        """Add what is written out to what went into each property."""
        for resource in list(self._index.resources):
            if resource.kubernetes:
                if resource.kind in _ON_CLUSTERS:
                    self._join(resource, {name: self._named(resource, name, value, REFERENCES)
                                          for name, value in resource.body.items()})  # fmt: skip
            elif resource.group in WORKLOADS:
                found = {
                    name: {
                        *self._named(resource, name, value, OF_WORKLOADS),
                        *self._of_variables(resource, value),
                        *self._outside(arn for item in strings(value) for arn in ARN.findall(item)),
                    }
                    for name, value in resource.body.items()
                    if name not in _TAGS
                }
                self._join(resource, found)
            else:
                self._read(resource)

    def _read(self, resource: Resource) -> None:
        found: dict[str, set[str]] = {}
        policy = IDENTITY_POLICIES.get(resource.group)
        for name, value in resource.body.items():
            if name in PROVIDED:
                self.wide[resource.key] = (*self.wide.get(resource.key, ()), *self._of_provider(value))
            if name == policy and any(statements(value)):
                found[name] = self._allowed(resource, value) | self._undecided(resource, name, value)
            elif name in RESOURCE_POLICIES and resource.group in LEADS_ON and any(statements(value)):
                found[name] = self._let_in(resource, name, value) | self._undecided(resource, name, value)
            elif name not in _TAGS and name not in RESOURCE_POLICIES:
                found[name] = set(self._named(resource, name, value, REFERENCES))
                if name in HOSTS_IN and resource.group in HANDS_ON:
                    found[name] |= self._by_host(value)
        self._join(resource, found, policies=(policy, *RESOURCE_POLICIES))

    def _join(
        self, resource: Resource, found: Mapping[str, Any], policies: tuple[str | None, ...] = ()
    ) -> None:
        joined = dict(resource.inputs_from)
        for name, keys in found.items():
            known = () if name in policies and any(statements(resource.body[name])) else joined.get(name, ())
            every = tuple(dict.fromkeys((*known, *sorted(set(keys) - {resource.key}))))
            if every or name in joined:
                joined[name] = every
        resource.inputs_from = joined

    def _allowed(self, resource: Resource, value: Any) -> set[str]:
        """What an identity's policy opens by its name."""
        self._outside(written_only(value))
        named = opened(value, self._arns, self._index.by_key)
        self.wide[resource.key] = (
            *self.wide.get(resource.key, ()),
            *(item.key for item in named if item.wide),
        )
        return {item.key for item in named if not item.wide}

    def _outside(self, arns: Iterable[str]) -> list[str]:
        """Keys of what ARNs name that nothing declares."""
        found = [outside for arn in arns if not self._arns.named(arn) and (outside := named_only(arn))]
        for resource in found:
            if resource.key not in self._index.by_key:
                self._index.add(resource)
                self._arns.add(resource)
        return [resource.key for resource in found]

    def _of_provider(self, value: Any) -> tuple[str, ...]:
        """What the provider's own policies of these names cover."""
        policies = [item.rpartition("/")[2] for item in strings(value) if ":iam::aws:policy/" in item]
        services = {
            service
            for policy in policies
            for pattern in PROVIDER_POLICIES.get(policy, ())
            for service, actions in DATA_ACTIONS.items()
            if any(fnmatchcase(action, pattern) for action in actions)
        }
        return tuple(named.key for named in self._arns.of_services(sorted(services)))

    def _let_in(self, resource: Resource, name: str, value: Any) -> set[str]:
        """Whom a resource's policy lets in: for a role, who may act as it."""
        services = {"iam"} if name == "assumeRolePolicy" else self._services_of(resource)
        found: set[str] = set()
        for service in services:
            found |= admitted(value, service, self._arns)
        return found

    def _services_of(self, resource: Resource) -> set[str]:
        """The services in the ARNs of what a resource policy is about."""
        about = [resource]
        for _, to in LEADS_ON[resource.group]:
            sources = {
                *resource.inputs_from.get(to, ()),
                *self._named(resource, to, resource.body.get(to), REFERENCES),
            }
            about += [self._index.by_key[key] for key in sources if key in self._index.by_key]
        return {identity.service for item in about for identity in identities(item)}

    def _undecided(self, resource: Resource, name: str, value: Any) -> set[str]:
        """What went into a policy that its text does not tell: all of it where a part of the text is unknown."""
        sources = resource.inputs_from.get(name, ())
        return {key for key in sources if has_unknown(value) or key not in self._arns.known}

    def _named(self, resource: Resource, name: str, value: Any, meant: Any) -> Iterator[str]:
        """Keys of what a property's texts name by ARN, or by id or name where the property's name says so."""
        for path, found in _leaves(name, value):
            for arn in ARN.findall(found) if "arn:" in found else ():
                yield from (named.key for named in self._arns.named(arn) if not named.wide)
            if found.startswith(_AZURE):
                yield from self._at_path(found.lower())
            if found in self._generated:
                yield self._generated[found]
            for types in (REFERENCES[part] for part in path if part in REFERENCES and part in meant):
                yield from self._by_name(resource, types, found)
            if resource.kubernetes:
                yield from self._on_cluster(found)

    def _at_path(self, path: str) -> Iterator[str]:
        """The resource that an Azure id names, itself or by something inside it."""
        while path and path not in self._by_path:
            path = path.rpartition("/")[0]
        if path:
            yield self._by_path[path]

    def _by_name(self, resource: Resource, types: tuple[str, ...], value: str) -> Iterator[str]:
        """Resources of the same stack that are called so; those of another stack only if there are none."""
        value = value.removeprefix("serviceAccount:")
        found = [item for token in types for item in self._called.get((token, value), ())]
        near = [item for item in found if item.scope == resource.scope]
        yield from (item.key for item in near or found)

    def _on_cluster(self, value: str) -> Iterator[str]:
        """A file system in a volume's handle (`fs-1:/path:fsap-1`), a service account in an annotation."""
        for part in value.split(":"):
            for token in ("aws:efs/accessPoint:AccessPoint", "aws:efs/fileSystem:FileSystem"):
                yield from (item.key for item in self._called.get((token, part), ()))
        yield from (item.key for item in self._called.get(("gcp:serviceaccount/account:Account", value), ()))

    def _of_variables(self, resource: Resource, value: Any) -> Iterator[str]:
        """Tables, buckets, secrets and parameters that a variable names, where its own name says that it does."""
        for path, found in _leaves("", value):
            for word in words(path[-1]) if path[-1] else ():
                yield from self._by_name(resource, OF_VARIABLES.get(word, ()), found)

    def _by_host(self, value: Any) -> set[str]:
        return {
            self._hosts[host]
            for found in strings(value)
            for host in _HOST.findall(found.lower())
            if host in self._hosts
        }


def _leaves(name: str, value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in a property with the names of its place, JSON inside a text and pairs of name and value opened."""
    pending: list[tuple[tuple[str, ...], Any]] = [((name,), value)]
    while pending:
        path, item = pending.pop()
        if isinstance(item, str):
            parsed = _json(item)
            if parsed is not None:
                pending.append((path, parsed))
            else:
                yield path, item
        elif isinstance(item, Mapping):
            pair = text(item.get("name"))
            for key, inner in item.items():
                pending.append(
                    (((*path[-1:], str(key)) if key != "value" or not pair else (*path[-1:], pair)), inner)
                )
        elif isinstance(item, (list, tuple)):
            pending += [(path, inner) for inner in item]


def _json(value: str) -> Any:
    if value[:1] not in {"{", "["}:
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) else None
