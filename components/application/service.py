"""The monolith or an extracted service: identity, secrets, migration and workloads of one owner.

The same component serves both: an extraction is a deployment change, not another kind of thing (Extraction
Principles, Event-first migration).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.batch.v1 import JobSpecArgsDict
from pulumi_kubernetes.core.v1 import EnvVarArgsDict

from components.application.database_setup import DatabaseSetup
from components.application.migration import MigrationArgs, migration_name, migration_spec
from components.application.signing_key import SigningKey, SigningKeyArgs, TokenSigning
from components.application.workload import (
    IMAGE_FIELD,
    ApplicationSecrets,
    ApplicationWorkload,
    ApplicationWorkloadArgs,
)
from components.connections import Connections
from components.labels import labels
from roadmap.topology import Migration, Service, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationServiceArgs:
    """One owner's service."""

    service: Service
    """Owner, image, workloads and migration."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    released_image: str | None
    """Image that the owner's pipeline released after the stack's configured one; None when the configured one runs."""
    connections: Connections
    """Stores of the owner, and the broker."""
    application_secrets: Mapping[str, pulumi.Output[str]]
    """Value of each secret setting, by name."""
    topology: Topology
    """Environment, images of the platform's own Jobs, and the views that the owner's stores hold."""
    variables: Sequence[EnvVarArgsDict]
    """Further variables of every workload, which a change of theirs does not roll."""
    after: Sequence[pulumi.Resource]
    """What must be there before the workloads: the proxies they read over."""


class ApplicationService(pulumi.ComponentResource):
    """Everything of one owner that runs its image."""

    migration: JobSpecArgsDict | None
    """Spec of the migration Job, which the owner's pipeline runs too; None without a schema."""
    secrets: ApplicationSecrets | None
    """The owner's secret settings; None where it has none."""

    def __init__(
        self, name: str, args: ApplicationServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:application:ApplicationService", name, None, opts)
        service = args.service
        account = k8s.core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata={
                "name": service.owner,
                "namespace": args.namespace,
                "labels": labels(owner=service.owner, name=service.owner, component="identity"),
            },
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secrets = self._secrets(name, args)
        signing: TokenSigning | None = None
        if service.signing_key:
            # It stays when another issuer has taken over, mounted by nobody: turning back must not end every session.
            key = SigningKey(
                f"{name}-signing-key",
                SigningKeyArgs(owner=service.owner, namespace=args.namespace),
                pulumi.ResourceOptions(parent=self),
            )
            if service.jwks_path is not None:
                signing = TokenSigning(secret_name=key.secret_name, jwks_path=service.jwks_path)
        ready: list[pulumi.Resource] = [args.connections.broker.ready, *args.after]
        migrated: list[pulumi.Resource] = []
        self.migration = None
        if service.migration is not None:
            migrated.append(self._migration_job(name, args, service.migration, account.metadata.name))
            # Of the configured image: the pipeline puts in the image that it releases.
            self.migration = self._migration_spec(
                args, service.migration, service.image, account.metadata.name
            )
        setup = DatabaseSetup(
            service=service,
            topology=args.topology,
            namespace=args.namespace,
            service_account=account.metadata.name,
            connections=args.connections,
        )
        ready += [*migrated, *setup.register(parent=self, after=migrated)]
        for workload in service.workloads:
            if workload.schedule is not None:
                continue
            ApplicationWorkload(
                workload.name,
                ApplicationWorkloadArgs(
                    owner=service.owner,
                    workload=workload,
                    namespace=args.namespace,
                    image=args.released_image or service.image,
                    released_by_pipeline=args.released_image is not None,
                    service_account=account.metadata.name,
                    connections=args.connections,
                    secrets=self.secrets,
                    variables=args.variables,
                    signing=signing if workload.signs_tokens else None,
                    environment=args.topology.environment,
                    queue_autoscaler=args.topology.queue_autoscaler,
                    after=ready,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"owner": service.owner})

    def _secrets(self, name: str, args: ApplicationServiceArgs) -> ApplicationSecrets | None:
        names = sorted(args.service.secret_users)
        if not names:
            return None
        values = {setting: args.application_secrets[setting] for setting in names}
        secret_name = f"{args.service.owner}-secrets"
        secret = k8s.core.v1.Secret(
            f"{name}-secrets",
            metadata={
                "name": secret_name,
                "namespace": args.namespace,
                "labels": labels(owner=args.service.owner, name=secret_name, component="settings"),
            },
            string_data=values,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return ApplicationSecrets(name=secret.metadata.name, values=values)

    def _migration_spec(
        self,
        args: ApplicationServiceArgs,
        migration: Migration,
        image: str,
        service_account: pulumi.Output[str],
    ) -> JobSpecArgsDict:
        return migration_spec(
            MigrationArgs(
                owner=args.service.owner,
                migration=migration,
                image=image,
                service_account=service_account,
                variables=args.connections.environment(migration.stores, None),
                environment=args.topology.environment,
            )
        )

    def _migration_job(
        self,
        name: str,
        args: ApplicationServiceArgs,
        migration: Migration,
        service_account: pulumi.Output[str],
    ) -> k8s.batch.v1.Job:
        """The Job of the configured image; a released one was migrated by the pipeline that released it."""
        image = args.released_image or args.service.image
        return k8s.batch.v1.Job(
            f"{name}-migration",
            metadata={
                "name": migration_name(migration, args.service.image),
                "namespace": args.namespace,
                "labels": labels(owner=args.service.owner, name=migration.name, component="migration"),
            },
            spec=self._migration_spec(args, migration, image, service_account),
            opts=pulumi.ResourceOptions(
                parent=self,
                # The former image's Job goes first: an update that fails after the migration would leave it pending
                # deletion, and turning back to that image would find its name taken.
                delete_before_replace=True,
                ignore_changes=[IMAGE_FIELD] if args.released_image is not None else None,
            ),
        )
