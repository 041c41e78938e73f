"""The component that runs a store of each kind on this platform."""

import pulumi

from components.connections import ConnectableStore
from components.kubernetes.clickhouse import ClickHouse, ClickHouseArgs
from components.kubernetes.postgres import Postgres, PostgresArgs
from components.kubernetes.redis import Redis, RedisArgs
from roadmap.topology import Store, StoreKind, Topology


def run_store(
    store: Store, topology: Topology, *, namespace: pulumi.Input[str], parent: pulumi.Resource
) -> ConnectableStore:
    """Run one store of a topology; raises ValueError when the topology has no image for its kind."""
    opts = pulumi.ResourceOptions(parent=parent)
    match store.kind:
        case StoreKind.POSTGRES:
            postgres = PostgresArgs(
                store=store,
                namespace=namespace,
                image=topology.images.postgres,
                storage_class=topology.storage_class,
            )
            return Postgres(store.name, postgres, opts)
        case StoreKind.REDIS:
            redis = RedisArgs(
                store=store,
                namespace=namespace,
                image=topology.images.redis,
                storage_class=topology.storage_class,
                environment=topology.environment,
            )
            return Redis(store.name, redis, opts)
        case StoreKind.CLICKHOUSE:
            if topology.images.clickhouse is None:
                raise ValueError(
                    f"store {store.name} ({store.owner}): the topology has no image of ClickHouse"
                )
            clickhouse = ClickHouseArgs(
                store=store,
                namespace=namespace,
                image=topology.images.clickhouse,
                storage_class=topology.storage_class,
                environment=topology.environment,
            )
            return ClickHouse(store.name, clickhouse, opts)
