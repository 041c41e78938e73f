"""What a container really sees of what it is given: order, prefixes, expansion, mounted parts, comments, waiting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .plain import Object, config, refused, server, workload

SHARED = "postgres://u:p@db/shop"
OWN = "postgres://u:p@own/crm"
BASE = [
    *server("db", "postgres:16", 5432),
    *server("own", "postgres:16", 5432),
    workload("orders", {"DATABASE_URL": SHARED}),
]


def users(env: dict[str, Any] | None = None, **given: Any) -> Object:
    return workload("users", env, **given)


def taken(name: str, **rest: Any) -> Object:
    return {"configMapRef": {"name": name}, **rest}


def written(*pairs: tuple[str, str]) -> Object:
    """Variables in the order given, names repeated if need be."""
    found = users()
    container = found["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": name, "value": value} for name, value in pairs]
    return found


def part_of(items: list[dict[str, str]] | None = None, **mount: str) -> dict[str, Any]:
    """A ConfigMap `settings` of which one volume shows some items, and a container mounts some path."""
    volume: Object = {"name": "v", "configMap": {"name": "settings", **({"items": items} if items else {})}}
    return {
        "pod": {"volumes": [volume]},
        "volumeMounts": [{"name": "v", "mountPath": "/etc/app", **mount}],
    }


def initialised(**container: Any) -> Object:
    return users(pod={"initContainers": [{"name": "before", "image": "busybox:1", **container}]})


def url(address: str) -> str:
    return f"spring:\n  datasource:\n    url: jdbc:postgresql://{address}\n"


TWO_FILES = config("settings", {"orders.yml": url("db/shop"), "users.yml": url("own/crm")})

SEEN: dict[str, Callable[[], list[Object]]] = {
    "a later variable replaces an earlier one": lambda: [
        written(("DATABASE_URL", OWN), ("DATABASE_URL", SHARED)),
    ],
    "a variable replaces what came with a whole ConfigMap": lambda: [
        config("all", {"DATABASE_URL": OWN}), users({"DATABASE_URL": SHARED}, env_from=[taken("all")]),
    ],
    "a later ConfigMap replaces an earlier one": lambda: [
        config("first", {"DATABASE_URL": OWN}), config("then", {"DATABASE_URL": SHARED}),
        users(env_from=[taken("first"), taken("then")]),
    ],
    "names with a prefix": lambda: [
        config("all", {"HOST": "db", "NAME": "shop"}), users(env_from=[taken("all", prefix="DB_")]),
    ],
    "a reference to a variable that stands before": lambda: [
        written(("HOST", "db"), ("DATABASE_URL", "postgres://$(HOST)/shop")),
    ],
    "a reference to what came with a ConfigMap": lambda: [
        config("all", {"WHERE": "db"}), users({"DATABASE_URL": "postgres://$(WHERE)/shop"}, env_from=[taken("all")]),
    ],
    "the namespace of the pod": lambda: [
        users({"SPACE": {"fieldRef": {"fieldPath": "metadata.namespace"}}, "DATABASE_URL": "postgres://db.$(SPACE).svc/shop"}),
    ],
    "a flag and its value as two arguments": lambda: [
        users(args=["--db-host", "db", "--db-name", "shop"]),
    ],
    "a file under the name that the mount picks": lambda: [
        config("settings", {"prod": url("db/shop")}),
        users(**part_of([{"key": "prod", "path": "application.yml"}], subPath="application.yml")),
    ],
    "a file with the container's variables in it": lambda: [
        config("settings", {"application.yml": url("${DB_HOST}:5432/shop")}),
        users({"DB_HOST": "db"}, **part_of()),
    ],
    "a file with a default for a variable that nobody sets": lambda: [
        config("settings", {"application.yml": url("${DB_ADDRESS:db}/shop")}), users(**part_of()),
    ],
    "an address behind a mark within quotes": lambda: [
        config("settings", {"app.ini": 'title = "a # b"\ndsn = "postgres://db/shop"\n'}), users(**part_of()),
    ],
    "an init container that reads data": lambda: [
        initialised(command=["sh", "-c", "psql postgres://db/shop -c 'copy items to stdout' > /data/items"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_what_a_container_sees_counts(tmp_path: Path, name: str) -> None:
    found = refused(tmp_path, [*BASE, *SEEN[name]()])
    assert found == {("db", "shop"): frozenset({"orders", "users"})}


UNSEEN: dict[str, Callable[[], list[Object]]] = {
    "a variable that a later one replaces": lambda: [
        written(("DATABASE_URL", SHARED), ("DATABASE_URL", OWN)),
    ],
    "a key of a whole ConfigMap that a variable replaces": lambda: [
        config("all", {"DATABASE_URL": SHARED}), users({"DATABASE_URL": OWN}, env_from=[taken("all")]),
    ],
    "a ConfigMap that a later one replaces": lambda: [
        config("first", {"DATABASE_URL": SHARED}), config("then", {"DATABASE_URL": OWN}),
        users(env_from=[taken("first"), taken("then")]),
    ],
    "a reference to a variable that only stands behind": lambda: [
        written(("DATABASE_URL", "postgres://$(WORD)/shop"), ("WORD", "db")),
    ],
    "a reference that is written as text": lambda: [
        written(("WORD", "db"), ("NOTE", "postgres://$$(WORD)/shop")),
    ],
    "a file that no item of the volume shows": lambda: [
        TWO_FILES, users(**part_of([{"key": "users.yml", "path": "application.yml"}])),
    ],
    "a file beside the one that is mounted": lambda: [
        TWO_FILES, users(**part_of(subPath="users.yml")),
    ],
    "a line that is a comment": lambda: [
        config("settings", {"app.conf": f"# was: {SHARED}\nurl = {OWN}  # not {SHARED}\n"}), users(**part_of()),
    ],
    "a line that is a comment in properties": lambda: [
        config("settings", {"a.properties": f"! was: {SHARED}\nurl={OWN}\n"}), users(**part_of()),
    ],
    "an element that is commented out": lambda: [
        config("settings", {"a.xml": f'<a>\n<!-- <url v="{SHARED}"/>\n --><url v="{OWN}"/></a>'}), users(**part_of()),
    ],
    "a command that only waits": lambda: [
        initialised(
            command=["sh", "-c", "until nc -z $HOST 5432; do sleep 1; done"], env=[{"name": "DB_HOST", "value": "db"}]
        ),
    ],
    "a tool that only waits": lambda: [
        initialised(image="atkrad/wait4x:2.14", args=["tcp", "db:5432"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", UNSEEN)
def test_what_a_container_never_sees_does_not(tmp_path: Path, name: str) -> None:
    assert not refused(tmp_path, [*BASE, *UNSEEN[name]()])
