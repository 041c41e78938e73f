"""Ways through proxies: each port and each name of one leads to its own server, and to no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .plain import Object, config, refused, server, service, workload

SERVERS = [*server("db", "postgres:16", 5432), *server("own", "postgres:16", 5432)]
POOLER = """
[databases]
shop_alias = host=db port=5432 dbname=shop
crm = host=own
* = host=db
[pgbouncer]
listen_port = 6432
"""
HAPROXY = """
defaults
  mode tcp
frontend first
  bind *:5432
  default_backend db
backend db
  server one db:5432 check
listen second
  bind 0.0.0.0:5433
  server one own:5432 check
"""
NGINX = """
stream {
  upstream behind { server db:5432; }
  server { listen 5432; proxy_pass behind; }
  server { listen 5433; proxy_pass own:5432; }
}
"""
STUNNEL = """
client = yes
[first]
accept = 127.0.0.1:5432
connect = db:5432
[second]
accept = 127.0.0.1:5433
connect = own:5432
"""


def envoy(*ways: tuple[int, str]) -> str:
    listeners = "".join(
        f"  - address: {{socket_address: {{address: 0.0.0.0, port_value: {port}}}}}\n"
        f"    filter_chains: [{{filters: [{{typed_config: {{stat_prefix: x, cluster: to-{host}}}}}]}}]\n"
        for port, host in ways
    )
    clusters = "".join(
        f"  - name: to-{host}\n    load_assignment: {{endpoints: [{{lb_endpoints: [{{endpoint: "
        f"{{address: {{socket_address: {{address: {host}, port_value: 5432}}}}}}}}]}}]}}\n"
        for _, host in ways
    )
    return f"static_resources:\n  listeners:\n{listeners}  clusters:\n{clusters}"


CONFIGURED: dict[str, tuple[str, str, str, tuple[int, ...]]] = {
    "haproxy": ("haproxy:3.0", "haproxy.cfg", HAPROXY, (5432, 5433)),
    "nginx": ("nginx:1.27", "nginx.conf", NGINX, (5432, 5433)),
    "envoy": ("envoyproxy/envoy:v1.31", "envoy.yaml", envoy((5432, "db"), (5433, "own")), (5432, 5433)),
    "stunnel": ("example/stunnel:5", "stunnel.conf", STUNNEL, (5432, 5433)),
}


def beside(name: str, env: dict[str, Any], image: str) -> Object:
    """A service with a proxy in its pod, configured by the ConfigMap `proxy`."""
    mounted = {"volumeMounts": [{"name": "proxy", "mountPath": "/etc/proxy"}]}
    found = workload(name, env, pod={"volumes": [{"name": "proxy", "configMap": {"name": "proxy"}}]})
    found["spec"]["template"]["spec"]["containers"].append({"name": "proxy", "image": image, **mounted})
    return found


@pytest.mark.parametrize("name", CONFIGURED)
@pytest.mark.parametrize("where", ["workload", "sidecar"])
def test_a_port_leads_where_its_configuration_says(tmp_path: Path, name: str, where: str) -> None:
    image, file, content, (first, second) = CONFIGURED[name]
    base = [
        *SERVERS,
        config("proxy", {file: content}),
        workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
    ]

    def users(port: int) -> list[Object]:
        if where == "sidecar":
            return [beside("users", {"DATABASE_URL": f"postgres://localhost:{port}/shop"}, image)]
        ways = {"spec": {"selector": {"app": "proxy"}, "ports": [{"port": 7000, "targetPort": port}]}}
        return [
            workload("proxy", image=image, files=["proxy"]),
            {**service("way", 7000), **ways},
            workload("users", {"DATABASE_URL": "postgres://way:7000/shop"}),
        ]

    assert refused(tmp_path, [*base, *users(first)]) == {("db", "shop"): frozenset({"orders", "users"})}
    assert not refused(tmp_path, [*base, *users(second)])


NAMES = [
    ("shop_alias", {("db", "shop")}),
    ("shop", {("db", "shop")}),
    ("crm", set[tuple[str, str]]()),
    ("other", set[tuple[str, str]]()),
]


@pytest.mark.parametrize(("asked", "expected"), NAMES, ids=[name for name, _ in NAMES])
@pytest.mark.parametrize("spelling", ["url", "variables", "sidecar"])
def test_a_poolers_names_stand_for_databases(
    tmp_path: Path, asked: str, expected: set[tuple[str, str]], spelling: str
) -> None:
    parts = {"DB_PORT": "6432", "DB_NAME": asked}
    users = {
        "url": workload("users", {"DATABASE_URL": f"postgres://pool:6432/{asked}"}),
        "variables": workload("users", {"DB_HOST": "pool", **parts}),
        "sidecar": beside("users", {"DB_HOST": "localhost", **parts}, "edoburu/pgbouncer:1.23"),
    }
    found = refused(tmp_path, [
        *SERVERS, config("proxy", {"pgbouncer.ini": POOLER}), users[spelling],
        workload("pool", image="edoburu/pgbouncer:1.23", files=["proxy"]), service("pool", 6432),
        workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
    ])  # fmt: skip
    assert set(found) == expected


def test_a_pooler_passes_on_no_name_that_it_does_not_know(tmp_path: Path) -> None:
    found = refused(tmp_path, [
        *SERVERS, config("proxy", {"pgbouncer.ini": POOLER.replace("* = host=db\n", "")}),
        workload("pool", image="edoburu/pgbouncer:1.23", files=["proxy"]), service("pool", 6432),
        workload("orders", {"DATABASE_URL": "postgres://db/shop"}),
        workload("users", {"DATABASE_URL": "postgres://pool:6432/other"}),
    ])  # fmt: skip
    assert not found


POOLS: dict[str, tuple[list[Object], list[Object], dict[str, str], dict[str, str], tuple[str, str | None]]] = {
    "twemproxy": (
        server("cache", "redis:7", 6379),
        [
            config("proxy", {"nutcracker.yml": "a:\n  listen: 0.0.0.0:22121\n  servers:\n  - cache:6379:1 a\n"}),
            workload("pool", image="example/twemproxy:0.5", files=["proxy"]), service("pool", 22121),
        ],
        {"REDIS_URL": "redis://cache"}, {"REDIS_URL": "redis://pool:22121"}, ("cache", "0"),
    ),
    "proxysql": (
        server("db", "mysql:8", 3306),
        [
            config("proxy", {"proxysql.cnf": 'mysql_servers =\n(\n  { address="db", port=3306 }\n)\n'}),
            workload("pool", image="proxysql/proxysql:2.7", files=["proxy"]), service("pool", 6033),
        ],
        {"URL": "mysql://db/shop"}, {"URL": "mysql://pool:6033/shop"}, ("db", "shop"),
    ),
    "socat": (
        server("cache", "redis:7", 6379),
        [
            workload("pool", image="alpine/socat:1.8", args=["TCP-LISTEN:6380,fork", "TCP:cache:6379"]),
            service("pool", 6380),
        ],
        {"REDIS_URL": "redis://cache/1"}, {"REDIS_URL": "redis://pool:6380/1"}, ("cache", "1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POOLS)
def test_who_comes_through_a_pool_shares_what_is_behind_it(tmp_path: Path, name: str) -> None:
    behind, pool, straight, through, expected = POOLS[name]
    found = refused(tmp_path, [*behind, *pool, workload("orders", straight), workload("users", through)])
    assert found == {expected: frozenset({"orders", "users"})}
