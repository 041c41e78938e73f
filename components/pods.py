"""What every pod of ours has in common: a security context that Pod Security `restricted` accepts, and a /tmp.

Written out at each pod and not set by a transformation, so that what a manifest holds can be read where it
is made.
"""

from pulumi_kubernetes.core.v1 import (
    PodSecurityContextArgsDict,
    ResourceRequirementsArgsDict,
    SecurityContextArgsDict,
    VolumeArgsDict,
    VolumeMountArgsDict,
)

from roadmap.topology import Environment, Resources

APPLICATION_USER = 10001
"""User and group of our own images; numeric, for the kubelet cannot tell whether a named user is root."""

SCRATCH_MOUNT: VolumeMountArgsDict = {"name": "tmp", "mount_path": "/tmp"}  # noqa: S108 - the pod's own emptyDir


def pod_security(user: int) -> PodSecurityContextArgsDict:
    """Pod-level context: never root; mounted files are readable by the user's group."""
    return {
        "run_as_non_root": True,
        "run_as_user": user,
        "run_as_group": user,
        "fs_group": user,
        "fs_group_change_policy": "OnRootMismatch",
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def container_security() -> SecurityContextArgsDict:
    """Container-level context: no privileges, no capabilities, a root filesystem nobody writes to."""
    return {
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def scratch_volume() -> VolumeArgsDict:
    """The only place a container may write to, bounded so that it cannot fill its node."""
    return {"name": "tmp", "empty_dir": {"size_limit": "256Mi"}}


def requirements(resources: Resources) -> ResourceRequirementsArgsDict:
    """Requests and the memory limit of a container, in Kubernetes quantities."""
    return {
        "requests": {"cpu": resources.cpu_request, "memory": resources.memory_request},
        "limits": {"memory": resources.memory_limit},
    }


def grace_seconds(environment: Environment, needed: int) -> int:
    """Seconds a pod may take to stop; next to none where nothing in the pod runs and namespaces should go fast."""
    return 2 if environment is Environment.EMBEDDED else needed
