"""Stores that are named outright: buckets and tables of a cloud, which a name alone tells from all others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..addresses.endpoints import endpoints
from ..addresses.variables import surely_names_host, words
from ..catalog import listed
from ..catalog.engines import BY_NAME, BY_WORD
from .given import Variable
from .stores import Store
from .workloads import Workload

if TYPE_CHECKING:
    from .graph import Graph, Use

_BUCKET = re.compile(r"^[a-z0-9][a-z0-9._-]{2,62}$")
_TABLE = re.compile(r"^[A-Za-z0-9_.-]{3,255}$")
_NAMED_OUTRIGHT = re.compile("bucket|table", re.IGNORECASE)
_OBJECT_STORE = listed("s3 gcs gs minio bucket buckets storage object objects spaces aws blob")
_OF_RATES = listed("rate limit limiter token tokens leaky throttle burst time hash feature")
_CLOUD = listed("aws s3 gcs gcp google")
_TABLES = listed("dynamo dynamodb ddb")
# Endpoints under which all of a cloud's buckets and tables are.
_OF_CLOUD = (".amazonaws.com", ".amazonaws.com.cn", ".googleapis.com")


def outright_uses(
    graph: Graph, workload: Workload, given: list[Variable], every: list[list[Variable]]
) -> Iterator[Use]:
    """Buckets and tables that a container's variables or a file name, where nothing in the pod has their address."""
    from .graph import Use

    if not any(_NAMED_OUTRIGHT.search(item.name) for item in given):
        return
    named = [item for item in given if isinstance(item.value, str) and item.name and not item.waiting]
    around = [item for group in every for item in group if not item.free_text]
    spoken = {word for item in named for word in _words(item.name)}
    for variable in named:
        parts = words(variable.name.removesuffix("_NAME").removesuffix("Name"))
        kind = None
        if parts[-1:] in {("bucket",), ("bucketname",)} and _BUCKET.match(variable.value):
            kind = "s3" if _is_bucket(parts) and spoken & _CLOUD else None
        elif parts[-1:] in {("table",), ("tablename",)} and _TABLE.match(variable.value):
            kind = "dynamodb" if _TABLES & set(parts) else None
        if kind is None or graph.names.handle(variable.value) is not None or _has_endpoint(around, kind):
            continue
        carrier = variable.carrier
        yield Use(
            workload=workload,
            store=_store(graph, kind, variable.value, _region(named) if kind == "dynamodb" else ""),
            logical=variable.value,
            steps=variable.steps,
            carriers=(carrier.resource.key,) if carrier is not None and carrier.resource is not None else (),
            lists=variable.lists,
        )


def _words(name: str) -> set[str]:
    return {*words(name), *(["s3"] if "s3" in name.lower() else [])}


def _is_bucket(parts: tuple[str, ...]) -> bool:
    """Whether a variable is about an object store's bucket: other engines and rate limits have buckets, too."""
    if _OF_RATES & set(parts):
        return False
    return not any(word in BY_WORD and BY_WORD[word].kind != "object-store" for word in parts)


def _has_endpoint(given: list[Variable], kind: str) -> bool:
    """Whether an address beside says, or may say, whose buckets or tables these are, other than the whole cloud's."""
    about = _OBJECT_STORE if kind == "s3" else _TABLES
    for variable in given:
        if about & _words(variable.name) and surely_names_host(variable.name):
            if not isinstance(variable.value, str):
                return True
            for endpoint in endpoints(variable.value):
                bucket = endpoint.engine is not None and endpoint.engine.name == "s3"
                if not bucket and not endpoint.host.endswith(_OF_CLOUD):
                    return True
    return False


def _region(named: list[Variable]) -> str:
    regions = {item.value for item in named if words(item.name)[-1:] == ("region",)}
    return regions.pop() if len(regions) == 1 else ""


def _store(graph: Graph, kind: str, name: str, region: str) -> Store:
    key = f"external:{region}/{name}" if region else f"external:{name}"
    if key not in graph.stores:
        engine = BY_NAME[kind]
        graph.stores[key] = Store(
            key=key, kind=engine.kind, display_kind="external", name=name, engine=engine
        )
    return graph.stores[key]
