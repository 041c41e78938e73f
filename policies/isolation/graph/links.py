"""Where a resource leads: to what went into it, and to what attachments, grants and associations say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..catalog.cloud_links import CREDENTIAL_LINKS, HANDS_ON, LEADS_ON
from ..resources import Resource
from .index import Index
from .stores import Store

_CARRIER_KINDS = frozenset({"ServiceAccount", "Secret", "ConfigMap", "SealedSecret", "ExternalSecret"})


class Links:
    """Ways from resource to resource, without regard to who walks them."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._leading: dict[str, dict[str, bool]] = {}
        for resource in index.resources:
            for of, to in LEADS_ON.get(resource.group, ()) if not resource.kubernetes else ():
                onward = resource.inputs_from.get(to, ()) if to else (resource.key,)
                for source in resource.inputs_from.get(of, ()):
                    for target in onward:
                        self._leading.setdefault(source, {})[target] = resource.group in CREDENTIAL_LINKS

    def onward(self, resource: Resource) -> Iterator[tuple[str, bool]]:
        """Keys of what a resource leads to, and whether as a credential of it."""
        for source in sources_of(resource):
            yield source, False
        yield from self._leading.get(resource.key, {}).items()

    def reachable(self, keys: Iterator[str]) -> Iterator[Resource]:
        """Every resource on the way from these, themselves included."""
        pending, seen = list(keys), set[str]()
        while pending:
            key = pending.pop()
            resource = self._index.by_key.get(key)
            if resource is not None and key not in seen:
                seen.add(key)
                yield resource
                pending += [onward for onward, _ in self.onward(resource)]

    def stores_behind(self, key: str, stores: Mapping[str, Store]) -> list[Store]:
        """The nearest stores that a resource leads to; secrets are passed by."""
        found: dict[str, Store] = {}
        pending, seen = [key], set[str]()
        while pending:
            here = pending.pop()
            resource = self._index.by_key.get(here)
            if resource is None or here in seen:
                continue
            seen.add(here)
            store = stores.get(here)
            if store is not None and store.kind != "secret":
                found[store.key] = store
            else:
                pending += [onward for onward, _ in self.onward(resource)]
        return list(found.values())


def passes_on(resource: Resource) -> bool:
    """Whether a resource hands on anything that went into it."""
    return resource.kind in _CARRIER_KINDS if resource.kubernetes else resource.group in HANDS_ON


def sources_of(resource: Resource) -> list[str]:
    """Keys of what went into a resource and is handed on by it."""
    if resource.kubernetes:
        given = resource.inputs_from.values() if resource.kind in _CARRIER_KINDS else ()
        return [source for sources in given for source in sources]
    return [
        source for name in HANDS_ON.get(resource.group, ()) for source in resource.inputs_from.get(name, ())
    ]
