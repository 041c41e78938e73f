"""Which changed fields the API server will not take in place, so that the object has to be replaced.

The table is the official provider's: it foresees the replacement in the diff instead of failing in the update.
"""

from __future__ import annotations

from typing import Any, Final

from offline.providers.kubernetes.configuration import Configuration
from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.manifest import Manifest, field

Path = tuple[str | int, ...]

_ALWAYS: Final = ("metadata.name", "metadata.namespace")
_CONFIG_MAP_DATA: Final = ("binaryData", "data")
_SECRET_DATA: Final = ("type", "stringData", "data")
_CONTAINER_FIELDS: Final = (
    "args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe",
    "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty",
    "volumeDevices", "volumeMounts", "workingDir",
)  # fmt: skip
_POD_FIELDS: Final = (
    "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks",
    "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName",
    "nodeSelector", "overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates",
    "restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount",
    "serviceAccountName", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds",
    "volumes",
)  # fmt: skip

_BY_TYPE: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("apps/v1", "DaemonSet"): ("spec.selector",),
    ("apps/v1", "Deployment"): ("spec.selector",),
    ("apps/v1", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch/v1", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io/v1", "StorageClass"): ("parameters", "provisioner"),
    ("v1", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("v1", "Pod"): (
        *(f"spec.{name}" for name in _POD_FIELDS),
        *(f"spec.containers.*.{name}" for name in _CONTAINER_FIELDS),
        *(f"spec.initContainers.*.{name}" for name in _CONTAINER_FIELDS),
    ),
    ("v1", "ResourceQuota"): ("spec.scopes",),
    ("v1", "Secret"): ("type",),
    ("v1", "Service"): ("spec.clusterIP",),
}


def replacing_fields(manifest: Manifest, configuration: Configuration) -> tuple[tuple[str, ...], ...]:
    """The fields of this object whose change replaces it; a step `*` stands for any list item."""
    object_type = type_of(manifest)
    fields = _BY_TYPE.get((object_type.api_version, object_type.kind), ())
    immutable = field(manifest, "immutable") is True
    if object_type.api_version == "v1":
        if object_type.kind == "ConfigMap" and (immutable or not configuration.config_map_mutable):
            fields = _CONFIG_MAP_DATA
        if object_type.kind == "Secret" and (immutable or not configuration.secret_mutable):
            fields = _SECRET_DATA
    return tuple(tuple(name.split(".")) for name in (*_ALWAYS, *fields))


def replaces(path: Path, value: Any, fields: tuple[tuple[str, ...], ...]) -> bool:
    """Whether setting `value` at the path touches one of the fields, be it above or below the path."""
    return any(_touches(path, value, wanted) for wanted in fields)


def _touches(path: Path, value: Any, wanted: tuple[str, ...]) -> bool:
    for step, expected in zip(path, wanted, strict=False):
        if expected != "*" and step != expected:
            return False
    return _holds(value, wanted[len(path) :])


def _holds(value: Any, steps: tuple[str, ...]) -> bool:
    if not steps:
        return True
    if steps[0] == "*":
        return isinstance(value, list) and any(_holds(item, steps[1:]) for item in value)
    return isinstance(value, dict) and steps[0] in value and _holds(value[steps[0]], steps[1:])
