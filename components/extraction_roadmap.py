"""The root of one stack's topology: every component there is, wired by what the topology says."""

from collections.abc import Mapping

import pulumi

from components.credentials import generate_password
from components.edge import PublicEdge, PublicEdgeArgs
from components.kubernetes.backfill import BackfillJob, BackfillJobArgs
from components.kubernetes.rabbitmq import RabbitMQ, RabbitMQArgs
from components.namespace import IsolatedNamespace, IsolatedNamespaceArgs
from components.owned_service import OwnedService, OwnedServiceArgs
from roadmap.registered_move import RegisteredMove
from roadmap.topology import MONOLITH, Topology


class ExtractionRoadmap(pulumi.ComponentResource):
    """The root of one stack's topology."""

    settled: pulumi.Output[bool]
    """True once every resource of the update exists; fails when one fails."""
    endpoints: Mapping[str, str]
    """Public URL of each route, by name."""
    pipelines: Mapping[str, str]
    """Deployer of each owner's pipeline as `namespace/name`, by owner."""

    def __init__(
        self,
        name: str,
        *,
        topology: Topology,
        application_secrets: Mapping[str, pulumi.Output[str]],
        move: RegisteredMove,
        released_images: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            "extraction:roadmap:ExtractionRoadmap",
            name,
            move.inputs(),
            opts,
        )
        self._topology = topology
        self._child = pulumi.ResourceOptions(parent=self)
        self._namespaces = self._isolated_namespaces()
        broker = RabbitMQ(
            topology.broker.name,
            RabbitMQArgs(
                broker=topology.broker,
                namespace=self._namespaces[topology.broker.namespace],
                owner_namespaces={
                    namespace.owner: self._namespaces[namespace.name]
                    for namespace in topology.namespaces
                    if namespace.purpose == "workloads"
                },
                image=topology.images.rabbitmq,
                definitions_image=topology.images.broker_definitions,
                storage_class=topology.storage_class,
                environment=topology.environment,
            ),
            self._child,
        )
        secrets = self._supplied_or_generated(application_secrets)
        owned = {
            namespace.owner: OwnedService(
                namespace.owner,
                OwnedServiceArgs(
                    owner=namespace.owner,
                    topology=topology,
                    namespace=self._namespaces[namespace.name],
                    broker=broker,
                    released_image=released_images.get(namespace.owner),
                    application_secrets=secrets,
                ),
                self._child,
            )
            for namespace in topology.namespaces
            if namespace.purpose == "workloads"
        }
        self._data_moves(owned)
        edge = PublicEdge(
            "edge",
            PublicEdgeArgs(
                owner=MONOLITH,
                public=topology.public,
                routes=topology.routes,
                namespace=self._namespaces[topology.public.namespace],
                backend_namespaces=self._namespaces,
                backends=owned,
            ),
            self._child,
        )
        self.endpoints = {route.name: edge.url + route.path_prefix for route in topology.routes}
        self.pipelines = {owner: service.deployer for owner, service in owned.items() if service.deployer}
        # As outputs too: of a component, a stack policy is shown its outputs and not its inputs.
        self.register_outputs({**move.inputs(), "endpoints": dict(self.endpoints)})

    def _isolated_namespaces(self) -> dict[str, pulumi.Output[str]]:
        topology = self._topology
        stateful = {store.namespace for store in topology.stores if not store.discarding}
        stateful |= {topology.broker.namespace}
        stateful |= {service.namespace for service in topology.services if service.signing_key}
        return {
            namespace.name: IsolatedNamespace(
                namespace.name,
                IsolatedNamespaceArgs(
                    namespace=namespace, paths=topology.network, holds_state=namespace.name in stateful
                ),
                self._child,
            ).name
            for namespace in topology.namespaces
        }

    def _data_moves(self, owned: Mapping[str, OwnedService]) -> None:
        """Open backfills: the one thing that two owners' stores have to do with each other, while it lasts."""
        for move in self._topology.backfills:
            BackfillJob(
                move.job,
                BackfillJobArgs(
                    backfill=move,
                    namespace=self._namespaces[move.namespace],
                    image=self._topology.images.postgres,
                    monolith=owned[MONOLITH].stores[move.monolith_store],
                    service=owned[move.domain].stores[move.service_store],
                    environment=self._topology.environment,
                    after=[owned[MONOLITH], owned[move.domain]],
                ),
                self._child,
            )

    def _supplied_or_generated(
        self, supplied: Mapping[str, pulumi.Output[str]]
    ) -> dict[str, pulumi.Output[str]]:
        """Secrets of the config; what it lacks is generated, which only a topology without real peers allows."""
        return {
            setting: supplied[setting]
            if setting in supplied
            else generate_password(setting.lower().replace("_", "-"), parent=self, protect=False)
            for setting in self._topology.application_secrets
        }
