"""The materialized views of one owner: made when their definition changes, refreshed on a schedule.

They are made by a Job of the update, so that a definition that does not work fails the update and not the dashboard,
and so that nobody waits for the schedule to read them. From then on a CronJob refreshes them with the same script
(2. Analytics Module Extraction, Phase 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.batch.v1 import JobSpecArgsDict

from components.connections import Connections
from components.kubernetes.psql_pod import SCRIPT_FILE, PsqlPodArgs, psql_pod
from components.labels import labels
from components.rendering.digests import content_digest
from components.rendering.views import STATEMENT_SECONDS, refreshed_by, views_sql
from roadmap.topology import Environment, MaterializedView, Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterializedViewsArgs:
    """One refreshing workload, and the views of its role."""

    owner: str
    """Owner of the workload and of the store."""
    workload: Workload
    """Name, schedule, resources, and the store whose views it refreshes; its command is `psql`."""
    views: Sequence[MaterializedView]
    """Materialized views of the topology; those of other stores and roles are left out."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    image: str
    """Image with `psql`: the one that the store runs on."""
    service_account: pulumi.Input[str]
    """The owner's ServiceAccount."""
    connections: Connections
    """Stores of the owner."""
    environment: Environment
    """Decides how long the pods may take to stop."""
    after: Sequence[pulumi.Resource] = ()
    """What must be there before: the grants, which make the schema."""


class MaterializedViews(pulumi.ComponentResource):
    """A ConfigMap with the SQL, the Job that makes the views, and the CronJob that refreshes them."""

    ready: pulumi.Resource
    """The Job: whoever reads the views comes after it."""

    def __init__(
        self, name: str, args: MaterializedViewsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("extraction:kubernetes:MaterializedViews", name, None, opts)
        workload = args.workload
        if workload.schedule is None:
            raise ValueError(f"workload {workload.name} ({args.owner}): a refresh has a schedule")
        use, views = refreshed_by(workload, args.views)
        own_labels = labels(owner=args.owner, name=workload.name, component=workload.role)
        sql = views_sql(views)
        script = k8s.core.v1.ConfigMap(
            f"{name}-script",
            metadata={"name": f"{workload.name}-script", "namespace": args.namespace, "labels": own_labels},
            data={SCRIPT_FILE: sql},
            opts=pulumi.ResourceOptions(parent=self),
        )
        run: JobSpecArgsDict = {
            # Each view has its own limit within this one; waiting for an earlier run has as much.
            "active_deadline_seconds": STATEMENT_SECONDS * (len(views) + 1),
            "template": {
                "metadata": {"labels": own_labels},
                "spec": psql_pod(
                    PsqlPodArgs(
                        name=workload.name,
                        image=args.image,
                        script=script.metadata.name,
                        server=args.connections.stores[use.store],
                        use=use,
                        resources=workload.resources,
                        service_account=args.service_account,
                        environment=args.environment,
                    )
                ),
            },
        }
        self.ready = k8s.batch.v1.Job(
            f"{name}-definitions",
            metadata={
                "name": f"{workload.name}-definitions-{content_digest({'image': args.image, 'sql': sql})}",
                "namespace": args.namespace,
                "labels": own_labels,
                # A definition that failed for want of a table works unchanged once the table is there.
                "annotations": {"pulumi.com/replaceUnready": "true"},
            },
            # No TTL: a Job that vanished would be a change at the next update.
            spec={**run, "backoff_limit": 2},
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True, depends_on=list(args.after)),
        )
        schedule = k8s.batch.v1.CronJob(
            f"{name}-schedule",
            metadata={"name": workload.name, "namespace": args.namespace, "labels": own_labels},
            spec={
                "schedule": workload.schedule,
                "concurrency_policy": "Forbid",
                # After a time without a controller one missed run is made up for, not all of them.
                "starting_deadline_seconds": 240,
                "successful_jobs_history_limit": 1,
                "failed_jobs_history_limit": 3,
                "job_template": {
                    "metadata": {"labels": own_labels},
                    # The next run is its second try.
                    "spec": {**run, "backoff_limit": 0},
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.ready]),
        )
        self.register_outputs({"schedule": schedule.metadata.name})
