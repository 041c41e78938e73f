"""The pod of one workload: what runs, what it is told, how it is asked whether it is well, how it is stopped."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core.v1 import (
    ContainerArgsDict,
    ContainerPortArgsDict,
    EnvVarArgsDict,
    PodSpecArgsDict,
    ProbeArgsDict,
    TopologySpreadConstraintArgsDict,
    VolumeArgsDict,
    VolumeMountArgsDict,
)

from components import pods
from components.application.signing_key import KEY_FILE, TokenSigning
from components.labels import selector
from roadmap.topology import Environment, Workload, WorkloadRole

CONTAINER = "application"
MANAGEMENT_PORT = "management"
"""Container port of the probes where it is not the one that serves requests; no Service leads to it."""
KEY_FOLDER = "/var/run/signing-key"
CHECKSUM_ANNOTATION = "service-extraction/settings"

STOP_SECONDS = {WorkloadRole.WORKER: 300}
"""Celery's warm shutdown finishes the task at hand; requests are over much sooner."""
OTHER_STOP_SECONDS = 30
DRAIN_SECONDS = 5
"""How long an API pod still answers after it was told to stop: until no gateway sends it requests any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodArgs:
    """What the pod of one workload is made of."""

    owner: str
    """Owner of the workload."""
    workload: Workload
    """Command, port, probes, resources."""
    image: str
    """Image to start with."""
    service_account: pulumi.Input[str]
    """The owner's ServiceAccount."""
    settings: pulumi.Input[str]
    """ConfigMap with the plain settings."""
    variables: list[EnvVarArgsDict]
    """Connections and secrets, as environment variables."""
    signing: TokenSigning | None
    """Key and JWKS path, for the one workload that signs tokens."""
    environment: Environment
    """Decides how long the pod may take to stop."""


def pod_spec(args: PodArgs) -> PodSpecArgsDict:
    """Spec of the pod, as Pod Security `restricted` accepts it."""
    workload = args.workload
    volumes: list[pulumi.Input[VolumeArgsDict]] = [pods.scratch_volume()]
    volumes += [{**pods.scratch_volume(), "name": name} for name in _writable_volumes(workload)]
    if args.signing is not None:
        volumes.append(
            {
                "name": "signing-key",
                "secret": {"secret_name": args.signing.secret_name, "default_mode": 0o440},
            }
        )
    spec: PodSpecArgsDict = {
        "service_account_name": args.service_account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(pods.APPLICATION_USER),
        "termination_grace_period_seconds": pods.grace_seconds(
            args.environment, STOP_SECONDS.get(workload.role, OTHER_STOP_SECONDS)
        ),
        "containers": [_container(args)],
        "volumes": volumes,
    }
    if workload.scaling.maximum > 1:
        spec["topology_spread_constraints"] = [
            _spread(args.owner, workload, key)
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ]
    return spec


def _container(args: PodArgs) -> ContainerArgsDict:
    workload = args.workload
    variables: list[pulumi.Input[EnvVarArgsDict]] = list(args.variables)
    mounts: list[pulumi.Input[VolumeMountArgsDict]] = [pods.SCRATCH_MOUNT]
    mounts += [{"name": name, "mount_path": path} for name, path in _writable_volumes(workload).items()]
    if args.signing is not None:
        variables.append({"name": "JWT_SIGNING_KEY_FILE", "value": f"{KEY_FOLDER}/{KEY_FILE}"})
        variables.append({"name": "JWT_JWKS_PATH", "value": args.signing.jwks_path})
        mounts.append({"name": "signing-key", "mount_path": KEY_FOLDER, "read_only": True})
    container: ContainerArgsDict = {
        "name": CONTAINER,
        "image": args.image,
        "command": list(workload.command),
        "env_from": [{"config_map_ref": {"name": args.settings}}],
        "env": variables,
        "security_context": pods.container_security(),
        "resources": pods.requirements(workload.resources),
        "readiness_probe": _probe(workload, workload.health_path, failures=3),
        "liveness_probe": _probe(workload, workload.live_path or workload.health_path, failures=6),
        "startup_probe": _probe(workload, workload.health_path, failures=30),
        "volume_mounts": mounts,
    }
    ports: list[pulumi.Input[ContainerPortArgsDict]] = []
    if workload.health_port is not None:
        ports.append({"name": MANAGEMENT_PORT, "container_port": workload.health_port})
    if workload.port is not None:
        ports.insert(0, {"name": "http", "container_port": workload.port})
        if args.environment is not Environment.EMBEDDED:
            container["lifecycle"] = {"pre_stop": {"sleep": {"seconds": DRAIN_SECONDS}}}
    if ports:
        container["ports"] = ports
    return container


def _writable_volumes(workload: Workload) -> dict[str, str]:
    """By name of its volume, each folder that the container writes to beside /tmp."""
    return {f"writable-{place}": path for place, path in enumerate(workload.writable_paths)}


def _probe(workload: Workload, path: str | None, *, failures: int) -> ProbeArgsDict:
    if path is not None:
        port = "http" if workload.health_port is None else MANAGEMENT_PORT
        return {
            "http_get": {"path": path, "port": port},
            "period_seconds": 5,
            "timeout_seconds": 3,
            "failure_threshold": failures,
        }
    # A command starts an interpreter in the pod: asked less often, and given time.
    return {
        "exec_": {"command": list(workload.health_command)},
        "period_seconds": 30,
        "timeout_seconds": 15,
        "failure_threshold": failures,
    }


def _spread(owner: str, workload: Workload, topology_key: str) -> TopologySpreadConstraintArgsDict:
    return {
        "max_skew": 1,
        "topology_key": topology_key,
        # A cluster of one node or zone must still be able to run it.
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": selector(owner=owner, name=workload.name)},
        # Old and new pods of a rollout are spread apart from each other, not together.
        "match_label_keys": ["pod-template-hash"],
    }
