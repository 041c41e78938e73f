"""The root of one stack's topology: every component there is, wired by what the topology says."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.application.service import ApplicationService, ApplicationServiceArgs
from components.connections import ConnectableStore, Connections
from components.credentials import generate_password
from components.edge import PublicEdge, PublicEdgeArgs
from components.kubernetes.pipeline import ReleasePipeline, ReleasePipelineArgs
from components.kubernetes.postgres import Postgres, PostgresArgs
from components.kubernetes.rabbitmq import RabbitMQ, RabbitMQArgs
from components.kubernetes.redis import Redis, RedisArgs
from components.namespace import IsolatedNamespace, IsolatedNamespaceArgs
from roadmap.topology import MONOLITH, Service, Store, StoreKind, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredMove:
    """The move that was judged before anything was registered; a policy pack judges it again from here."""

    previous: Mapping[str, str] | None
    """Phase of each domain after the last completed update; None at the first deployment."""
    next: Mapping[str, str]
    """Phase of each domain after this one."""
    evidence_digest: str | None
    """Digest of the evidence that the move was judged by; None when it needed none."""


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
            {
                "stack": topology.stack,
                "previousPhases": dict(move.previous) if move.previous is not None else None,
                "nextPhases": dict(move.next),
                "evidenceDigest": move.evidence_digest,
            },
            opts,
        )
        self._topology = topology
        self._child = pulumi.ResourceOptions(parent=self)
        self._namespaces = self._isolated_namespaces()
        stores = {store.name: self._store(store) for store in topology.stores}
        broker = RabbitMQ(
            topology.broker.name,
            RabbitMQArgs(
                broker=topology.broker,
                namespace=self._namespaces[topology.broker.namespace],
                owner_namespaces={
                    service.owner: self._namespaces[service.namespace] for service in topology.services
                },
                image=topology.images.rabbitmq,
                definitions_image=topology.images.broker_definitions,
                storage_class=topology.storage_class,
                environment=topology.environment,
            ),
            self._child,
        )
        secrets = self._supplied_or_generated(application_secrets)
        services: dict[str, ApplicationService] = {}
        for service in topology.services:
            own = {s.name: stores[s.name] for s in topology.stores if s.owner == service.owner}
            services[service.owner] = ApplicationService(
                service.owner,
                ApplicationServiceArgs(
                    service=service,
                    namespace=self._namespaces[service.namespace],
                    released_image=released_images.get(service.owner),
                    connections=Connections(stores=own, broker=broker),
                    application_secrets=secrets,
                    environment=topology.environment,
                ),
                self._child,
            )
        edge = PublicEdge(
            "edge",
            PublicEdgeArgs(
                owner=MONOLITH,
                public=topology.public,
                routes=topology.routes,
                namespace=self._namespaces[topology.public.namespace],
                backend_namespaces=self._namespaces,
            ),
            self._child,
        )
        self.endpoints = {route.name: edge.url + route.path_prefix for route in topology.routes}
        self.pipelines = self._pipelines(services, released_images)
        self.register_outputs({"endpoints": dict(self.endpoints)})

    def _isolated_namespaces(self) -> dict[str, pulumi.Output[str]]:
        topology = self._topology
        stateful = {store.namespace for store in topology.stores} | {topology.broker.namespace}
        stateful |= {service.namespace for service in topology.services if service.jwks_path is not None}
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

    def _store(self, store: Store) -> ConnectableStore:
        topology = self._topology
        namespace = self._namespaces[store.namespace]
        if store.kind is StoreKind.POSTGRES:
            return Postgres(
                store.name,
                PostgresArgs(
                    store=store,
                    namespace=namespace,
                    image=topology.images.postgres,
                    storage_class=topology.storage_class,
                ),
                self._child,
            )
        return Redis(
            store.name,
            RedisArgs(
                store=store,
                namespace=namespace,
                image=topology.images.redis,
                storage_class=topology.storage_class,
                environment=topology.environment,
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

    def _pipelines(
        self, services: Mapping[str, ApplicationService], released_images: Mapping[str, str]
    ) -> dict[str, str]:
        by_owner: dict[str, Service] = {service.owner: service for service in self._topology.services}
        return {
            pipeline.owner: ReleasePipeline(
                f"{pipeline.owner}-pipeline",
                ReleasePipelineArgs(
                    pipeline=pipeline,
                    stack=self._topology.stack,
                    namespace=self._namespaces[pipeline.namespace],
                    configured_image=by_owner[pipeline.owner].image,
                    released=pipeline.owner in released_images,
                    migration_name=_migration_name(by_owner[pipeline.owner]),
                    migration=services[pipeline.owner].migration,
                ),
                self._child,
            ).deployer
            for pipeline in self._topology.pipelines
        }


def _migration_name(service: Service) -> str | None:
    return service.migration.name if service.migration is not None else None
