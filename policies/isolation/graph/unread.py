"""Connections whose value nothing here shows, though it is plain that several workloads are given the same one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from ..addresses.endpoint import Endpoint
from ..addresses.variables import joins_both, of_database, of_engine, surely_names_host, words
from ..catalog.engines import BY_NAME, BY_WORD, DATA_KINDS, Engine
from ..resources import dig, mapping, sequence, text
from ..yaml_text import read_document
from .beside import beside_hosts
from .carriers import Carrier
from .given import Variable
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use


def unread_uses(graph: Graph, workload: Workload, given: list[list[Variable]]) -> Iterator[Use]:
    """A use of one store for each connection that comes from a Secret which nothing here declares the content of.

    A URL says host and database at once; a host alone counts only with a database beside it that is known. Where a
    vault is named, its key is the store's handle; else the use is uncertain, and counts for stated owners only.
    """
    from .graph import Use

    for group in given:
        unread = [
            (item, item.carrier)
            for item in group
            if item.carrier is not None and _is_unread(graph, item, item.carrier)
        ]
        beside = beside_hosts(group if unread else [])
        for variable, carrier in unread:
            engine = next((BY_WORD[word] for word in words(variable.name) if word in BY_WORD), None)
            if engine is None and "s3" in variable.name.lower():
                engine = BY_NAME["minio"]
            kind = _kind(variable.name, engine)
            logical = beside.database(variable.name, Endpoint(host=""), engine)
            whole = joins_both(variable.name) and kind != "object-store"
            if kind is None or not (whole or isinstance(logical, str)):
                continue
            store = _store(graph, workload, carrier, variable.carrier_key or "", kind, engine)
            undeclared = store.display_kind == "Secret"
            yield Use(
                workload=workload,
                store=store,
                logical=logical if isinstance(logical, str) else None,
                steps=() if undeclared else (carrier.title,),
                via="credential",
                lists=variable.lists,
                uncertain=undeclared,
            )


def handle_of(graph: Graph, variable: Variable) -> str:
    """By what a value that the input does not show is known: its key in a vault, else its key in a carrier."""
    carrier, key = variable.carrier, variable.carrier_key or ""
    assert carrier is not None
    return _remote(graph, carrier, key) or f"{carrier.kind} {carrier.namespace}/{carrier.name}/{key}"


def unshown_address(graph: Graph, given: list[list[Variable]], engine: Engine | None) -> str | None:
    """The handle of the one whole address of such a store that a workload is given and the input does not show."""
    handles = {
        handle_of(graph, item)
        for group in given
        for item in group
        if item.value is None and item.carrier is not None and item.carrier_key and joins_both(item.name)
        if surely_names_host(item.name) and (engine is None or of_engine(item.name, engine))
    }
    return handles.pop() if len(handles) == 1 else None


def _is_unread(graph: Graph, variable: Variable, carrier: Carrier) -> bool:
    """Whether a variable holds a Secret's value that is not in the input, and that opens no store known otherwise."""
    if carrier.kind != "Secret" or not variable.carrier_key or variable.waiting:
        return False
    declared = carrier.resource is not None and carrier.resource.kind == "Secret"
    if declared or isinstance(variable.value, str):
        return False
    return not graph.credentials.of_secret(carrier.namespace, carrier.name, variable.carrier_key)


def _kind(name: str, engine: Engine | None) -> str | None:
    """What a variable of this name leads to: a database, a cache or buckets, if it is plain that it does."""
    if not surely_names_host(name):
        return None
    if engine is not None:
        if engine.kind in DATA_KINDS:
            return "database"
        return engine.kind if engine.kind in {"cache", "object-store"} else None
    return "database" if of_database(name) else None


def _store(
    graph: Graph, workload: Workload, carrier: Carrier, key: str, kind: str, engine: Engine | None
) -> Store:
    remote = _remote(graph, carrier, key)
    where = f"{workload.resource.scope}/{carrier.namespace}/{carrier.name}/{key}"
    found = f"unread:{remote or where}"
    if found not in graph.stores:
        graph.stores[found] = Store(
            key=found,
            kind=kind,
            display_kind="external" if remote else "Secret",
            name=remote.rpartition("//")[2] if remote else carrier.name,
            namespace=None if remote else carrier.namespace,
            engine=engine,
        )
    return graph.stores[found]


def _remote(graph: Graph, carrier: Carrier, key: str) -> str | None:
    """Where a controller fetches one key of a Secret from, if a custom resource says so."""
    resource = carrier.resource
    if resource is not None and resource.kind == "ExternalSecret":
        for item in sequence(dig(resource.body, "spec", "data")):
            remote = text(dig(item, "remoteRef", "key"))
            if text(dig(item, "secretKey")) == key and remote:
                part = text(dig(item, "remoteRef", "property"))
                store = text(dig(resource.body, "spec", "secretStoreRef", "name")) or ""
                return f"{store}//{remote}" + (f"#{part}" if part else "")
    for provider in graph.index.of_kind("SecretProviderClass"):
        if (provider.namespace or "default") != carrier.namespace:
            continue
        for made in sequence(dig(provider.body, "spec", "secretObjects")):
            if text(dig(made, "secretName")) != carrier.name:
                continue
            for item in sequence(dig(made, "data")):
                if text(dig(item, "key")) == key and (name := text(dig(item, "objectName"))):
                    return f"{text(dig(provider.body, 'spec', 'provider'))}//{_object(provider.body, name)}"
    return None


def _object(body: Any, name: str) -> str:
    """The name under which a vault knows what a SecretProviderClass calls `name`, and the path within it."""
    try:
        listed = read_document(text(dig(body, "spec", "parameters", "objects")) or "")
    except yaml.YAMLError:
        return name
    for item in sequence(listed):
        paths = [*sequence(dig(item, "jmesPath")), item]
        for part in paths:
            if name in {text(dig(part, "objectAlias")), text(dig(part, "objectName"))} - {None}:
                path = text(mapping(part).get("path"))
                return (text(dig(item, "objectName")) or name) + (f"#{path}" if path else "")
    return name
