"""The migration of an owner's schema: a Job that runs once for each image, before that image's rollout."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.batch.v1 import JobSpecArgsDict
from pulumi_kubernetes.core.v1 import EnvVarArgsDict

from components import pods
from components.labels import labels
from components.rendering.digests import content_digest
from roadmap.topology import Environment, Migration

CONTAINER = "migration"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationArgs:
    """What a migration runs as."""

    owner: str
    """Owner of the schema."""
    migration: Migration
    """Command, connections and resources."""
    image: str
    """Image whose schema is wanted."""
    service_account: pulumi.Input[str]
    """The owner's ServiceAccount."""
    variables: list[EnvVarArgsDict]
    """Connections, as environment variables."""
    environment: Environment
    """Decides how long the pod may take to stop."""


def migration_name(migration: Migration, configured_image: str) -> str:
    """Name of the Job by its content: another image or command is another Job, an unchanged one stays done."""
    content = {"image": configured_image, **migration.model_dump(mode="json", exclude={"resources"})}
    return f"{migration.name}-{content_digest(content)}"


def migration_spec(args: MigrationArgs) -> JobSpecArgsDict:
    """Spec of the Job: tried three times, then given up, for a rollout on a half-migrated schema helps nobody."""
    return {
        "backoff_limit": 2,
        "active_deadline_seconds": 1800,
        # No TTL: a Job that vanished would be a change at the next update.
        "template": {
            "metadata": {"labels": labels(owner=args.owner, name=args.migration.name, component="migration")},
            "spec": {
                "restart_policy": "Never",
                "service_account_name": args.service_account,
                "automount_service_account_token": False,
                "enable_service_links": False,
                "security_context": pods.pod_security(pods.APPLICATION_USER),
                "termination_grace_period_seconds": pods.grace_seconds(args.environment, 30),
                "containers": [
                    {
                        "name": CONTAINER,
                        "image": args.image,
                        "command": list(args.migration.command),
                        "env": args.variables,
                        "security_context": pods.container_security(),
                        "resources": pods.requirements(args.migration.resources),
                        "volume_mounts": [pods.SCRATCH_MOUNT],
                    }
                ],
                "volumes": [pods.scratch_volume()],
            },
        },
    }
