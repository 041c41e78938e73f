"""What stands in an owner's databases before its workloads start: the migrated schema, granted roles, filled views."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.connections import Connections
from components.kubernetes.database_grants import DatabaseGrants, DatabaseGrantsArgs
from components.kubernetes.materialized_views import MaterializedViews, MaterializedViewsArgs
from roadmap.topology import Service, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSetup:
    """Where roles and views of one owner are set up."""

    service: Service
    """The owner's service; its scheduled workloads refresh views."""
    topology: Topology
    """Stores, views, and the image that holds `psql`."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    service_account: pulumi.Input[str]
    """The owner's ServiceAccount."""
    connections: Connections
    """The owner's stores."""

    def register(self, *, parent: pulumi.Resource, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        """Register the Jobs, each after the one it needs; returns what the workloads wait for."""
        opts = pulumi.ResourceOptions(parent=parent)
        images, environment = self.topology.images, self.topology.environment
        granted: list[pulumi.Resource] = [
            DatabaseGrants(
                f"{store.name}-grants",
                DatabaseGrantsArgs(
                    store=store,
                    views=self.topology.views,
                    namespace=self.namespace,
                    image=images.postgres,
                    server=self.connections.stores[store.name],
                    environment=environment,
                    after=after,
                ),
                opts,
            ).ready
            for store in self.topology.stores
            if store.owner == self.service.owner and store.needs_grants
        ]
        filled: list[pulumi.Resource] = [
            MaterializedViews(
                workload.name,
                MaterializedViewsArgs(
                    owner=self.service.owner,
                    workload=workload,
                    views=self.topology.views,
                    namespace=self.namespace,
                    image=images.postgres,
                    service_account=self.service_account,
                    connections=self.connections,
                    environment=environment,
                    after=granted,
                ),
                opts,
            ).ready
            for workload in self.service.workloads
            if workload.schedule is not None
        ]
        return [*granted, *filled]
