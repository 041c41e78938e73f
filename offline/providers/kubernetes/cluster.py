"""The configured cluster: reachable or not, and what follows for each operation."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from offline.providers.engine_log import EngineLog
from offline.providers.kubernetes.api_client import ApiClient
from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.configuration import Configuration
from offline.providers.kubernetes.kinds import ObjectType
from offline.providers.kubernetes.kubeconfig import KubeconfigError
from offline.providers.rpc_errors import ProviderError

_CORE: Final = ObjectType("v1", "Namespace")


class Cluster:
    """What the operations share: the configuration, the connection, the log, the signal to stop."""

    def __init__(self, configuration: Configuration, environment: Mapping[str, str], log: EngineLog) -> None:
        self.configuration = configuration
        self.log = log
        self.stop = threading.Event()
        self.unreachable = ""
        """Why the cluster cannot be asked; "" when it can."""
        self._secrets: dict[str, frozenset[str]] = {}
        self._client: ApiClient | None = None
        try:
            self._client = ApiClient(configuration, environment)
            self._client.is_namespaced(_CORE)
        except (KubeconfigError, ApiUnreachableError) as error:
            self.unreachable = str(error)
        except ApiError as error:
            self.unreachable = f"{self._client.server if self._client else ''}: {error}"

    def remember_secrets(self, urn: str, texts: frozenset[str]) -> None:
        """Keeps what the program's own inputs say is secret: in the checked ones, lists are secret as a whole."""
        self._secrets[urn] = texts

    def secrets_of(self, urn: str) -> frozenset[str] | None:
        """The secret texts of a resource that was checked in this run, else None."""
        return self._secrets.get(urn)

    @property
    def namespace(self) -> str:
        """The namespace of objects that name none."""
        return self._client.namespace if self._client else self.configuration.namespace or "default"

    @property
    def api(self) -> ApiClient:
        """The connection. Raises ProviderError when the cluster is unreachable."""
        if self.unreachable or self._client is None:
            raise ProviderError(f"configured Kubernetes cluster is unreachable: {self.unreachable}")
        return self._client

    def is_namespaced(self, object_type: ObjectType) -> bool:
        """Whether objects of the type live in a namespace; a guess when the cluster cannot say."""
        if self.unreachable or self._client is None or not object_type.is_custom:
            return object_type.namespaced_by_default()
        try:
            return self._client.is_namespaced(object_type)
        except (UnknownKindError, ApiError, ApiUnreachableError):
            # Its definition may be created in the same update; nearly all custom resources live in a namespace.
            return True

    def can_preview(self, object_type: ObjectType) -> bool:
        """Whether the API server can be asked for a dry run of this type."""
        return not self.unreachable and self.api.serves(object_type)
