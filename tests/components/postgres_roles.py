"""A Postgres store with roles and views, as the tests of its grants and views need it, and a small program."""

import asyncio
from collections.abc import Callable

import pulumi
import pulumi_kubernetes as k8s
from pulumi.runtime import mocks
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from components.kubernetes.postgres import Postgres, PostgresArgs
from roadmap.topology import MaterializedView, Store, StoreKind, StoreUser
from tests.components.program import RecordingMonitor, Registered, Unexpected

IMAGE = "ghcr.io/cloudnative-pg/postgresql:17.5"
VIEW = MaterializedView(
    store="shop-postgres",
    view_schema="reports",
    name="sales",
    owner="refresher",
    reader="reporter",
    unique_columns=("day",),
    query="SELECT day, count(*) AS orders FROM orders GROUP BY day",
)
STORE = Store(
    name="shop-postgres",
    kind=StoreKind.POSTGRES,
    owner="shop",
    namespace="test-shop",
    database="shop",
    users=(
        StoreUser(name="shop", owns_database=True),
        StoreUser(name="reporter"),
        StoreUser(name="refresher", reads=("orders",)),
    ),
    storage_gib=1,
    retired_users=("gone",),
    retired_views=("old.view",),
)


def server(store: Store = STORE) -> Postgres:
    """The store as it runs."""
    return Postgres(
        store.name,
        PostgresArgs(store=store, namespace=store.namespace, image=IMAGE, storage_class=None),
    )


def before() -> pulumi.Resource:
    """Something that has to be there first."""
    return k8s.core.v1.ServiceAccount("before", metadata={"name": "before"})


def registered(build: Callable[[], object]) -> tuple[Registered, ...]:
    """What a few components register, without the rest of a stack; raises what building them raises."""
    monitor = RecordingMonitor()
    mocks.set_mocks(Unexpected(), project="service-extraction", stack="test", monitor=monitor)

    async def program() -> None:
        build()

    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        _sync_await(run_pulumi_func(lambda: _sync_await(program())))
    finally:
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
    return tuple(monitor.recorded)


def one(resources: tuple[Registered, ...], kind: str) -> Registered:
    """The only resource of a kind."""
    (found,) = (resource for resource in resources if resource.kind == kind)
    return found
