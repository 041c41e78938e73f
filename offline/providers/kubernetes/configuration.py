"""The provider's own configuration, as the program (or a stack's `kubernetes:` keys) gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.rpc_errors import ProviderError

PREFIX: Final = "kubernetes:config:"

# What the official provider offers and this one does not: refused rather than ignored.
_REFUSED: Final = {"renderYamlToDirectory": "rendering YAML files"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """How to reach the cluster, and which of the provider's habits are changed."""

    kubeconfig: str = ""
    """Contents of a kubeconfig, or the path of one; "" for `$KUBECONFIG` or `~/.kube/config`."""
    context: str = ""
    """Context of the kubeconfig; "" for its current one."""
    cluster: str = ""
    """Cluster of the kubeconfig that overrides the context's."""
    namespace: str = ""
    """Namespace of objects that name none; "" for the context's."""
    config_map_mutable: bool = False
    """A ConfigMap with changed data is updated instead of replaced."""
    secret_mutable: bool = False
    """A Secret with changed data is updated instead of replaced."""
    delete_unreachable: bool = False
    """Objects of a cluster that does not answer are dropped from the state."""
    skip_update_unreachable: bool = False
    """Objects of a cluster that does not answer are left as they are."""
    accept_secrets: bool = True
    """Whether the engine understands secret values."""


def read_configuration(
    request: provider_pb2.ConfigureRequest, environment: Mapping[str, str]
) -> Configuration:
    """The configuration of this request; flags that are not set there may come from `PULUMI_K8S_*` variables.

    Raises ProviderError for what the official provider offers and this one does not.
    """
    variables = {key.removeprefix(PREFIX): value for key, value in request.variables.items()}

    def flag(name: str, variable: str, default: bool = False) -> bool:
        text = variables.get(name, environment.get(variable))
        return default if text is None else text == "true"

    for name, meaning in _REFUSED.items():
        if variables.get(name):
            raise ProviderError(
                f"{name}: this stand-in provider does not do {meaning}; use the official provider"
            )
    if not flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True):
        raise ProviderError(
            "enableServerSideApply: this stand-in provider updates by server-side apply only; leave the setting out, "
            "or use the official provider"
        )
    return Configuration(
        kubeconfig=_kubeconfig_text(variables.get("kubeconfig", "")),
        context=variables.get("context", ""),
        cluster=variables.get("cluster", ""),
        namespace=variables.get("namespace", ""),
        config_map_mutable=flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        secret_mutable=flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        delete_unreachable=flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        skip_update_unreachable=flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        accept_secrets=request.acceptSecrets,
    )


def _kubeconfig_text(value: str) -> str:
    # A kubeconfig given as JSON text may arrive quoted once more.
    if value.startswith('"'):
        try:
            inner = json.loads(value)
        except ValueError:
            return value
        return inner if isinstance(inner, str) else value
    return value
