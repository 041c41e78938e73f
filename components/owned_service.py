"""Everything of one owner but its namespace: stores, declared reads, application, open data move, pipeline.

The monolith and every extracted service are made by this one component, so that an extraction is a deployment change
and nothing else (Extraction Principles, Event-first migration). What of it there is follows from the topology alone: an
owner that is only prepared has a pipeline, a parked one its stores and a pipeline, a service all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.application.service import ApplicationService, ApplicationServiceArgs
from components.connections import ConnectableBroker, ConnectableStore, Connections
from components.edge_proxy import EdgeProxy, EdgeProxyArgs
from components.kubernetes.identity_administrator import IdentityAdministrator, IdentityAdministratorArgs
from components.kubernetes.identity_realm import IdentityRealmImport, IdentityRealmImportArgs
from components.kubernetes.pipeline import ReleasePipeline, ReleasePipelineArgs
from components.kubernetes.stores import run_store
from roadmap.topology import IdentityRealm, Pipeline, Service, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedServiceArgs:
    """One owner of a topology."""

    owner: str
    """`monolith` or a domain."""
    topology: Topology
    """The whole of it; only what belongs to the owner is made."""
    namespace: pulumi.Output[str]
    """Namespace of the owner."""
    broker: ConnectableBroker
    """The broker of domain events."""
    released_image: str | None
    """Image that the owner's pipeline released after the stack's configured one; None when the configured one runs."""
    application_secrets: Mapping[str, pulumi.Output[str]]
    """Value of each secret setting, by name."""


class OwnedService(pulumi.ComponentResource):
    """What one owner runs, keeps and releases."""

    stores: Mapping[str, ConnectableStore]
    """The owner's stores, by name; parked ones too."""
    application: ApplicationService | None
    """What runs the owner's image; None for an owner that is prepared or parked."""
    deployer: str | None
    """Identity of the owner's pipeline as `namespace/name`; None before it is prepared."""

    def __init__(self, name: str, args: OwnedServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:roadmap:OwnedService", name, None, opts)
        topology, owner = args.topology, args.owner
        self.stores = {
            store.name: run_store(store, topology, namespace=args.namespace, parent=self)
            for store in topology.stores
            if store.owner == owner
        }
        reads = self._declared_reads(args)
        administrators = self._administrators(args)
        service = next((service for service in topology.services if service.owner == owner), None)
        self.application = None
        if service is not None:
            self.application = self._application(args, service, reads, administrators)
            if service.realm is not None:
                self._realm(args, service.realm, self.application, administrators)
        pipeline = next((pipeline for pipeline in topology.pipelines if pipeline.owner == owner), None)
        self.deployer = self._pipeline(args, pipeline, service) if pipeline is not None else None
        self.register_outputs({"owner": owner})

    def _declared_reads(self, args: OwnedServiceArgs) -> list[pulumi.Resource]:
        """The proxies of the owner's edges; they come before the workloads that read over them."""
        image = args.topology.images.edge_proxy
        edges = [edge for edge in args.topology.edges if edge.consumer == args.owner]
        if edges and image is None:
            raise ValueError(f"edge {edges[0].name} ({args.owner}): the topology has no image of the proxy")
        return [
            EdgeProxy(
                edge.name,
                EdgeProxyArgs(
                    edge=edge,
                    namespace=args.namespace,
                    image=str(image),
                    environment=args.topology.environment,
                ),
                pulumi.ResourceOptions(parent=self),
            )
            for edge in edges
        ]

    def _administrators(self, args: OwnedServiceArgs) -> list[IdentityAdministrator]:
        """First users of identity products; each lives as long as the store that knows it."""
        return [
            IdentityAdministrator(
                f"{store.name}-administrator",
                IdentityAdministratorArgs(store=store, namespace=args.namespace),
                pulumi.ResourceOptions(parent=self),
            )
            for store in args.topology.stores
            if store.owner == args.owner and store.administrator is not None
        ]

    def _realm(
        self,
        args: OwnedServiceArgs,
        realm: IdentityRealm,
        application: ApplicationService,
        administrators: list[IdentityAdministrator],
    ) -> None:
        (administrator,) = administrators
        IdentityRealmImport(
            realm.job,
            IdentityRealmImportArgs(
                owner=args.owner,
                realm=realm,
                namespace=args.namespace,
                administrator=administrator.credential,
                secrets=application.secrets,
                environment=args.topology.environment,
                after=[application],
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _application(
        self,
        args: OwnedServiceArgs,
        service: Service,
        reads: list[pulumi.Resource],
        administrators: list[IdentityAdministrator],
    ) -> ApplicationService:
        return ApplicationService(
            args.owner,
            ApplicationServiceArgs(
                service=service,
                topology=args.topology,
                namespace=args.namespace,
                released_image=args.released_image,
                connections=Connections(stores=self.stores, broker=args.broker),
                application_secrets=args.application_secrets,
                variables=[v for user in administrators for v in user.bootstrap_variables()],
                after=reads,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _pipeline(self, args: OwnedServiceArgs, pipeline: Pipeline, service: Service | None) -> str:
        migration = service.migration if service is not None else None
        return ReleasePipeline(
            f"{args.owner}-pipeline",
            ReleasePipelineArgs(
                pipeline=pipeline,
                stack=args.topology.stack,
                namespace=args.namespace,
                configured_image=service.image if service is not None else None,
                released=args.released_image is not None,
                migration_name=migration.name if migration is not None else None,
                migration=self.application.migration if self.application is not None else None,
            ),
            pulumi.ResourceOptions(parent=self),
        ).deployer
