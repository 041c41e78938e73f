"""The package schema, as far as `pulumi import` asks for it to write a program: the names of the inputs."""

from __future__ import annotations

import json
from typing import Any, Final

from offline.providers.kubernetes.kinds import SUPPORTED

_ANY: Final = {"$ref": "pulumi.json#/Any"}
# Top-level inputs beside `spec`, which every kind not listed here has.
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "ClusterRole": ("aggregationRule", "rules"),
    "ClusterRoleBinding": ("roleRef", "subjects"),
    "ConfigMap": ("binaryData", "data", "immutable"),
    "PriorityClass": ("description", "globalDefault", "preemptionPolicy", "value"),
    "Role": ("rules",),
    "RoleBinding": ("roleRef", "subjects"),
    "Secret": ("data", "immutable", "stringData", "type"),
    "ServiceAccount": ("automountServiceAccountToken", "imagePullSecrets", "secrets"),
    "StorageClass": (
        "allowVolumeExpansion",
        "allowedTopologies",
        "mountOptions",
        "parameters",
        "provisioner",
        "reclaimPolicy",
        "volumeBindingMode",
    ),
}


def schema(version: str) -> str:
    """The JSON of the schema: the supported types with the names of their inputs, whose values may be anything."""
    resources = {
        f"kubernetes:{api_version if '/' in api_version else 'core/' + api_version}:{kind}": _resource(kind)
        for api_version, kinds in SUPPORTED.items()
        for kind in kinds
    }
    return json.dumps({"name": "kubernetes", "version": version, "resources": resources, "language": _PYTHON})


_PYTHON: Final = {
    "python": {
        "moduleNameOverrides": {
            (api_version if "/" in api_version else f"core/{api_version}"): (
                api_version.replace(".authorization.k8s.io", "").replace(".k8s.io", "")
                if "/" in api_version
                else f"core/{api_version}"
            )
            for api_version in SUPPORTED
        },
        "compatibility": "kubernetes20",
    }
}


def _resource(kind: str) -> dict[str, Any]:
    names = ("metadata", *_FIELDS.get(kind, ("spec",)))
    properties: dict[str, Any] = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
    properties |= dict.fromkeys(names, _ANY)
    return {"properties": {**properties, "status": _ANY}, "inputProperties": properties}
