"""A pod that runs one SQL script with `psql` as one role of a store, and ends.

The password is in the environment and not in the URL: a URL is an argument, which every process list shows.
"""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import PodSpecArgsDict

from components import pods
from components.connections import ConnectableStore
from roadmap.topology import Environment, Resources, StoreUse

POSTGRES_USER = 26
"""User of the `postgres` account in CloudNativePG's images."""
PASSWORD_VARIABLE = "PGPASSWORD"  # noqa: S105 - the name of libpq's variable
URL_VARIABLE = "DATABASE_URL"
SCRIPT_FOLDER = "/etc/sql"
SCRIPT_FILE = "script.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class PsqlPodArgs:
    """One script, and as whom it runs where."""

    name: str
    """Name of the session, as `pg_stat_activity` shows it."""
    image: str
    """Image with `psql`: the one that the store runs on."""
    script: pulumi.Input[str]
    """ConfigMap with key `script.sql`."""
    server: ConnectableStore
    """The store."""
    use: StoreUse
    """Store, role and endpoint."""
    resources: Resources
    """Of the one container."""
    service_account: pulumi.Input[str] | None
    """ServiceAccount of the owner; None for the namespace's default, which may nothing."""
    environment: Environment
    """Decides how long the pod may take to stop."""


def psql_pod(args: PsqlPodArgs) -> PodSpecArgsDict:
    """Spec of the pod; it fails at the first statement that does, unless the script says otherwise."""
    url = args.server.url(args.use, PASSWORD_VARIABLE).apply(
        lambda url: url.replace(f":$({PASSWORD_VARIABLE})@", "@")
    )
    spec: PodSpecArgsDict = {
        "restart_policy": "Never",
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(POSTGRES_USER),
        "termination_grace_period_seconds": pods.grace_seconds(args.environment, 10),
        "containers": [
            {
                "name": "psql",
                "image": args.image,
                "command": [
                    "psql",
                    "--no-psqlrc",
                    "--quiet",
                    "--set=ON_ERROR_STOP=1",
                    f"--dbname=$({URL_VARIABLE})",
                    f"--file={SCRIPT_FOLDER}/{SCRIPT_FILE}",
                ],
                "env": [
                    {
                        "name": PASSWORD_VARIABLE,
                        "value_from": {
                            "secret_key_ref": {
                                "name": args.server.credentials[args.use.user].secret_name,
                                "key": "password",
                            }
                        },
                    },
                    {"name": URL_VARIABLE, "value": url},
                    {"name": "PGAPPNAME", "value": args.name},
                    {"name": "PGCONNECT_TIMEOUT", "value": "10"},
                ],
                # What the server said stands in the pod's status then, where a failed update shows it.
                "termination_message_policy": "FallbackToLogsOnError",
                "security_context": pods.container_security(),
                "resources": pods.requirements(args.resources),
                "volume_mounts": [
                    {"name": "script", "mount_path": SCRIPT_FOLDER, "read_only": True},
                    pods.SCRATCH_MOUNT,
                ],
            }
        ],
        "volumes": [{"name": "script", "config_map": {"name": args.script}}, pods.scratch_volume()],
    }
    if args.service_account is not None:
        spec["service_account_name"] = args.service_account
    return spec
