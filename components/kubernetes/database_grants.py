"""What each role of a Postgres store may do, granted by a Job whenever that has changed.

The operator makes roles and drops them; what they may do depends on tables, which it does not know. The Job runs as
the database's owner, after the owner's migration, and is named by its content, so that a preview says that it will run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.connections import ConnectableStore
from components.kubernetes.psql_pod import SCRIPT_FILE, URL_VARIABLE, PsqlPodArgs, psql_pod
from components.labels import labels
from components.rendering.digests import content_digest
from components.rendering.grants import grants_sql, views_of
from components.rendering.postgres import owner_of_database
from roadmap.resolve_network import grants_job
from roadmap.topology import Environment, MaterializedView, Resources, Store, StoreUse

GRANT_RESOURCES = Resources(cpu_request="10m", memory_request="32Mi", memory_limit="128Mi")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseGrantsArgs:
    """One store, and what is granted in it."""

    store: Store
    """Roles with what they read and write, and the retired roles and views."""
    views: Sequence[MaterializedView]
    """Materialized views of the topology; those of other stores are left out."""
    namespace: pulumi.Input[str]
    """Namespace of the store."""
    image: str
    """Image with `psql`: the one that the store runs on."""
    server: ConnectableStore
    """The store as it runs."""
    environment: Environment
    """Decides how long the pod may take to stop."""
    after: Sequence[pulumi.Resource] = ()
    """What must be there before: the migrated schema, without which there is no table to grant."""


class DatabaseGrants(pulumi.ComponentResource):
    """A ConfigMap with the SQL, and the Job that runs it; exists once everything is granted and revoked."""

    ready: pulumi.Resource
    """The Job: whoever logs in as one of the roles comes after it."""

    def __init__(
        self, name: str, args: DatabaseGrantsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:kubernetes:DatabaseGrants", name, None, opts)
        store = args.store
        job_name = grants_job(store.name)
        own_labels = labels(owner=store.owner, name=job_name, component="grants")
        sql = grants_sql(store, views_of(store, args.views))
        script = k8s.core.v1.ConfigMap(
            f"{name}-script",
            metadata={"name": job_name, "namespace": args.namespace, "labels": own_labels},
            data={SCRIPT_FILE: sql},
            opts=pulumi.ResourceOptions(parent=self),
        )
        job = k8s.batch.v1.Job(
            f"{name}-job",
            metadata={
                "name": f"{job_name}-{content_digest({'image': args.image, 'sql': sql})}",
                "namespace": args.namespace,
                "labels": own_labels,
                # A Job that failed for want of a table or a role has the same content once that is there.
                "annotations": {"pulumi.com/replaceUnready": "true"},
            },
            spec={
                "backoff_limit": 4,
                "active_deadline_seconds": 900,
                # No TTL: a Job that vanished would be a change at the next update.
                "template": {
                    "metadata": {"labels": own_labels},
                    "spec": psql_pod(
                        PsqlPodArgs(
                            name=job_name,
                            image=args.image,
                            script=script.metadata.name,
                            server=args.server,
                            use=StoreUse(
                                store=store.name, user=owner_of_database(store).name, variable=URL_VARIABLE
                            ),
                            resources=GRANT_RESOURCES,
                            service_account=None,
                            environment=args.environment,
                        )
                    ),
                },
            },
            # The former Job goes first: kept until the end of the update, it would be in the way of turning back.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True, depends_on=list(args.after)),
        )
        self.ready = job
        self.register_outputs({"job": job.metadata.name})
