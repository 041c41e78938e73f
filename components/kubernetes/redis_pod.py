"""The pod of a Redis: its files read-only, its data on a volume, asked by a user that may do nothing but PING."""

import pulumi
from pulumi_kubernetes.core.v1 import PodSpecArgsDict, ProbeArgsDict, VolumeArgsDict

from components import pods
from components.kubernetes.data_claim import VOLUME
from components.rendering import redis as rendering
from roadmap.topology import Environment, Resources

PORT = 6379
REDIS_USER = 999
"""User `redis` of the official image."""


def redis_pod(
    resources: Resources,
    *,
    image: str,
    data: VolumeArgsDict,
    users: pulumi.Input[str],
    configuration: pulumi.Input[str],
    environment: Environment,
) -> PodSpecArgsDict:
    """Spec of the pod; `users` is the Secret with the ACL file, `configuration` the ConfigMap with redis.conf."""
    # PING is answered with an error while the append-only file is still being read, so the reply is what
    # counts.
    probe: ProbeArgsDict = {
        "exec_": {
            "command": [
                "sh",
                "-c",
                f"redis-cli --user {rendering.PROBE_USER} --pass unused --no-auth-warning ping | grep -q PONG",
            ]
        },
        "period_seconds": 10,
        "timeout_seconds": 3,
        "failure_threshold": 3,
    }
    return {
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(REDIS_USER),
        "termination_grace_period_seconds": pods.grace_seconds(environment, 60),
        "containers": [
            {
                "name": "redis",
                "image": image,
                "args": ["redis-server", rendering.CONFIGURATION_PATH],
                "ports": [{"name": "redis", "container_port": PORT}],
                "security_context": pods.container_security(),
                "resources": pods.requirements(resources),
                # A long append-only file may take minutes to read; only then may liveness judge.
                "startup_probe": {**probe, "failure_threshold": 60},
                "readiness_probe": probe,
                "liveness_probe": probe,
                "volume_mounts": [
                    {"name": VOLUME, "mount_path": rendering.DATA_PATH},
                    {"name": "users", "mount_path": "/etc/redis/users", "read_only": True},
                    {"name": "configuration", "mount_path": "/etc/redis/server", "read_only": True},
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
