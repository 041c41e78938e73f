"""Which resource types the provider takes, and what a type token says of the API it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from offline.providers.rpc_errors import ProviderError

# API version -> kind -> whether its objects live in a namespace.
SUPPORTED: Final[dict[str, dict[str, bool]]] = {
    "v1": {
        "ConfigMap": True,
        "LimitRange": True,
        "Namespace": False,
        "PersistentVolumeClaim": True,
        "Pod": True,
        "ResourceQuota": True,
        "Secret": True,
        "Service": True,
        "ServiceAccount": True,
    },
    "apps/v1": {"DaemonSet": True, "Deployment": True, "StatefulSet": True},
    "autoscaling/v2": {"HorizontalPodAutoscaler": True},
    "batch/v1": {"CronJob": True, "Job": True},
    "networking.k8s.io/v1": {"Ingress": True, "NetworkPolicy": True},
    "policy/v1": {"PodDisruptionBudget": True},
    "rbac.authorization.k8s.io/v1": {
        "ClusterRole": False,
        "ClusterRoleBinding": False,
        "Role": True,
        "RoleBinding": True,
    },
    "scheduling.k8s.io/v1": {"PriorityClass": False},
    "storage.k8s.io/v1": {"StorageClass": False},
}

# Groups that the API server itself serves; a kind of any other group comes from a CustomResourceDefinition.
BUILT_IN_GROUPS: Final = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "auditregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)

# Modules of the SDK whose types are no API objects (charts, files of YAML, kustomizations).
_NOT_API_MODULES: Final = ("helm.sh", "yaml", "kustomize")


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An API version and a kind."""

    api_version: str
    kind: str

    @property
    def group(self) -> str:
        """The API group; "" for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version without its group."""
        return self.api_version.rpartition("/")[2]

    @property
    def is_custom(self) -> bool:
        """Whether a CustomResourceDefinition must have introduced it."""
        return self.group not in BUILT_IN_GROUPS

    def namespaced_by_default(self) -> bool:
        """Whether its objects live in a namespace as far as one knows without asking the API server."""
        return SUPPORTED.get(self.api_version, {}).get(self.kind, True)

    def __str__(self) -> str:
        return f"{self.api_version}/{self.kind}"


def type_of(manifest: dict[str, Any]) -> ObjectType:
    """The type that an object names; `core/v1` counts as `v1`."""
    return ObjectType(
        str(manifest.get("apiVersion", "")).removeprefix("core/"), str(manifest.get("kind", ""))
    )


def type_of_token(token: str) -> ObjectType:
    """The object type behind a Pulumi type token such as `kubernetes:apps/v1:Deployment`.

    Raises ProviderError, listing what there is, for a type that this provider does not take.
    """
    package, _, rest = token.partition(":")
    module, _, kind = rest.rpartition(":")
    object_type = ObjectType(module.removeprefix("core/"), kind)
    known = SUPPORTED.get(object_type.api_version, {})
    is_api_module = "/" in module and not module.startswith(_NOT_API_MODULES)
    if package == "kubernetes" and is_api_module and (kind in known or object_type.is_custom):
        return object_type
    raise ProviderError(
        f"{token} is not among the types of this stand-in provider, which takes {supported_list()} and custom "
        "resources of any CustomResourceDefinition. Use the official kubernetes provider for other types"
    )


def supported_list() -> str:
    """The built-in types for a message: `v1 (ConfigMap, ...), apps/v1 (...)`."""
    return ", ".join(f"{api_version} ({', '.join(kinds)})" for api_version, kinds in SUPPORTED.items())
