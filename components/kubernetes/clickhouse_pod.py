"""The pod of a ClickHouse: its files read-only, its data on a volume, asked over HTTP whether it is well."""

import pulumi
from pulumi_kubernetes.core.v1 import PodSpecArgsDict, ProbeArgsDict, VolumeArgsDict

from components import pods
from components.kubernetes.data_claim import VOLUME
from components.rendering import clickhouse as rendering
from roadmap.topology import Environment, Resources

CLICKHOUSE_USER = 101
"""User `clickhouse` of the official image."""


def clickhouse_pod(
    resources: Resources,
    *,
    image: str,
    data: VolumeArgsDict,
    users: pulumi.Input[str],
    configuration: pulumi.Input[str],
    environment: Environment,
) -> PodSpecArgsDict:
    """Spec of the pod; `users` is the Secret with users.xml, `configuration` the ConfigMap with config.xml."""
    probe: ProbeArgsDict = {
        "http_get": {"path": "/ping", "port": "http"},
        "period_seconds": 10,
        "timeout_seconds": 3,
        "failure_threshold": 3,
    }
    return {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(CLICKHOUSE_USER),
        "termination_grace_period_seconds": pods.grace_seconds(environment, 60),
        "containers": [
            {
                "name": "clickhouse",
                "image": image,
                # Not by the image's entrypoint: it writes users into /etc, which is read-only, and makes a
                # database on the first start only.
                "command": ["clickhouse-server", f"--config-file={rendering.CONFIGURATION_PATH}"],
                # A watchdog would be process 1 in its place and take the signals meant for the server.
                "env": [{"name": "CLICKHOUSE_WATCHDOG_ENABLE", "value": "0"}],
                "ports": [{"name": "http", "container_port": rendering.HTTP_PORT}],
                "security_context": pods.container_security(),
                "resources": pods.requirements(resources),
                # Many parts may take minutes to load; only then may liveness judge.
                "startup_probe": {**probe, "failure_threshold": 60},
                "readiness_probe": probe,
                "liveness_probe": probe,
                "volume_mounts": [
                    {"name": VOLUME, "mount_path": rendering.DATA_PATH},
                    {"name": "users", "mount_path": "/etc/clickhouse/users", "read_only": True},
                    {"name": "configuration", "mount_path": "/etc/clickhouse/server", "read_only": True},
                    pods.SCRATCH_MOUNT,
                ],
            }
        ],
        "volumes": [
            data,
            {"name": "users", "secret": {"secret_name": users, "default_mode": 0o440}},
            {"name": "configuration", "config_map": {"name": configuration}},
            pods.scratch_volume(),
        ],
    }
