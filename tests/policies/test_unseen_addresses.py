"""Many names of one store: what the cluster, a pod or a cloud makes of an address, and what the store is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .plain import Object, config, custom, refused, server, service, workload

MANAGED = "shop.cluster-abc123.eu-west-1.rds.amazonaws.com"
ADDRESS = "10.20.30.40"


def two(first: str | dict[str, Any], second: str | dict[str, Any], **given: Any) -> list[Object]:
    return [
        workload(name, {"URL": value} if isinstance(value, str) else value, **given)
        for name, value in (("orders", first), ("users", second))
    ]


def elsewhere(name: str, host: str) -> Object:
    found = service(name, 5432)
    return {**found, "spec": {"type": "ExternalName", "externalName": host}}


def by_hand(name: str, address: str) -> list[Object]:
    """A Service without a selector, and the address that somebody gave it."""
    slice_ = {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4", "endpoints": [{"addresses": [address]}], "ports": [{"port": 5432}],
    }  # fmt: skip
    return [{**service(name, 5432), "spec": {"ports": [{"port": 5432}]}}, slice_]


def aliased(name: str, address: str) -> Object:
    return workload(
        name,
        {"URL": "postgres://ledger/shop"},
        pod={"hostAliases": [{"ip": address, "hostnames": ["ledger"]}]},
    )


def outside(**spec: Any) -> Object:
    """A Service by which the store is known outside the cluster, too."""
    found = service("db-outside", 5432, "db")
    found["metadata"]["annotations"] = {"external-dns.alpha.kubernetes.io/hostname": "db.example.com"}
    found["spec"] |= {"type": "LoadBalancer", **spec}
    return found


def beside_proxy(name: str, port: int) -> Object:
    """A service beside a proxy of two managed instances, each on a port of its own."""
    found = workload(name, {"URL": f"postgres://localhost:{port}/shop"})
    found["spec"]["template"]["spec"]["containers"].append({
        "name": "proxy", "image": "example/alloydb-auth-proxy:1",
        "args": [f"{INSTANCE}?port=5432", f"{INSTANCE}-too?port=5433"],
    })  # fmt: skip
    return found


INSTANCE = "projects/p/locations/l/clusters/c/instances/main"
SQL = server("sql", "mcr.microsoft.com/mssql/server:2022-latest", 1433)
ORACLE = server("ora", "gvenzl/oracle-free:23", 1521)
DESCRIPTOR = "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME={})))"

ONE: dict[str, tuple[Callable[[], list[Object]], tuple[str, str | None]]] = {
    "an ExternalName and what it stands for": (
        lambda: [elsewhere("db", MANAGED), *two("postgres://db/shop", f"postgres://{MANAGED}/shop")],
        (MANAGED, "shop"),
    ),
    "two Services with one address that somebody gave them": (
        lambda: [
            *by_hand("a", ADDRESS), *by_hand("b", ADDRESS), *two("postgres://a/shop", "postgres://b/shop"),
        ],
        (ADDRESS, "shop"),
    ),
    "a name of the pod's own hosts file": (
        lambda: [aliased("orders", ADDRESS), workload("users", {"URL": f"postgres://{ADDRESS}/shop"})],
        (ADDRESS, "shop"),
    ),
    "the writer and the reader of a managed cluster": (
        lambda: two(f"postgres://{MANAGED}/shop", f"postgres://{MANAGED.replace('cluster-', 'cluster-ro-')}/shop"),
        (MANAGED, "shop"),
    ),
    "members of a managed cluster and its one name": (
        lambda: two(
            "mongodb+srv://u:p@c0.abc12.mongodb.net/shop",
            "mongodb://u:p@c0-shard-00-00.abc12.mongodb.net,c0-shard-00-01.abc12.mongodb.net/shop",
        ),
        ("c0.abc12.mongodb.net", "shop"),
    ),
    "a database whose name is no matter of case": (
        lambda: [*SQL, *two("jdbc:sqlserver://sql:1433;databaseName=Shop", "Server=sql;Database=shop;User Id=sa")],
        ("sql", "Shop"),
    ),
    "a descriptor and a URL": (
        lambda: [*ORACLE, *two(DESCRIPTOR.format("XE"), "jdbc:oracle:thin:@//ora:1521/xe")],
        ("ora", "XE"),
    ),
    "a descriptor in a file": (
        lambda: [
            *ORACLE, config("tns", {"tnsnames.ora": f"MAIN =\n  {DESCRIPTOR.format('XE')}\n"}),
            workload("orders", {"URL": "oracle://u:p@ora:1521/?service_name=XE"}), workload("users", files=["tns"]),
        ],
        ("ora", "XE"),
    ),
    "a connection string to a host outside, whatever its engine": (
        lambda: two(
            "Data Source=sql.example.com\\MAIN;Database=shop;Integrated Security=true",
            "Server=sql.example.com;Initial Catalog=shop;User Id=u",
        ),
        ("sql.example.com", "shop"),
    ),
    "an address of a load balancer and the name it is given": (
        lambda: [
            *server("db", "postgres:16", 5432),
            outside(loadBalancerIP="192.0.2.11"), workload("orders", {"URL": "postgres://db.example.com/shop"}),
            workload("users", {"URL": "postgres://192.0.2.11/shop"}),
        ],
        ("db", "shop"),
    ),
    "a host that a mesh is told of": (
        lambda: [
            custom("networking.istio.io/v1", "ServiceEntry", "db", {
                "hosts": ["db.internal"], "endpoints": [{"address": ADDRESS}], "resolution": "STATIC",
            }),
            *two("postgres://db.internal/shop", f"postgres://{ADDRESS}/shop"),
        ],
        (ADDRESS, "shop"),
    ),
    "a name in a domain that the pod searches": (
        lambda: [
            *server("db", "postgres:16", 5432, "data"),
            workload("orders", {"URL": "postgres://db/shop"},
                     pod={"dnsConfig": {"searches": ["data.svc.cluster.local"]}}),
            workload("users", {"URL": "postgres://db.data/shop"}),
        ],
        ("db", "shop"),
    ),
    "a managed instance by the resource name that its proxy is given": (
        lambda: [beside_proxy(name, 5432) for name in ("orders", "users")],
        (INSTANCE, "shop"),
    ),
    "a file in binary data": (
        lambda: [
            *server("db", "postgres:16", 5432), workload("orders", {"URL": "postgres://db/shop"}),
            {**config("b", {}), "binaryData": {"a.properties": "ZGIudXJsPWpkYmM6cG9zdGdyZXNxbDovL2RiL3Nob3AK"}},
            workload("users", files=["b"]),
        ],
        ("db", "shop"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_store_by_two_names(tmp_path: Path, name: str) -> None:
    objects, expected = ONE[name]
    assert refused(tmp_path, objects()) == {expected: frozenset({"orders", "users"})}


TWO: dict[str, Callable[[], list[Object]]] = {
    "one name in two hosts files": lambda: [aliased("orders", ADDRESS), aliased("users", "10.20.30.41")],
    "two Services with an address each": lambda: [
        *by_hand("a", ADDRESS), *by_hand("b", "10.20.30.41"), *two("postgres://a/shop", "postgres://b/shop"),
    ],
    "two managed clusters of one account": lambda: two(
        f"postgres://{MANAGED}/shop", f"postgres://crm-{MANAGED}/shop"
    ),
    "two instances behind one proxy, by their ports": lambda: [
        beside_proxy("orders", 5432), beside_proxy("users", 5433),
    ],
    "two Services by the ports of one node": lambda: two(
        "postgres://node.example.com:30432/shop", "postgres://node.example.com:30433/shop"
    ),
    "two services of one descriptor's host": lambda: [
        *ORACLE, *two(DESCRIPTOR.format("ORDERS"), DESCRIPTOR.format("USERS")),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", TWO)
def test_two_stores_by_one_name(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, TWO[name]())
