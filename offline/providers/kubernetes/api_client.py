"""Requests to the API server: the official Python client's transport and credentials, plain JSON objects."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.configuration import Configuration
from offline.providers.kubernetes.kinds import ObjectType, type_of
from offline.providers.kubernetes.kubeconfig import KubeconfigError, context_of, load
from offline.providers.kubernetes.manifest import Manifest, name_of, namespace_of

CONNECT_SECONDS: Final = 10
READ_SECONDS: Final = 60
CONNECTIONS: Final = 64
# The API server sheds load by asking to come again; it has done nothing by then.
TOO_MANY_REQUESTS: Final = 429
BUSY_PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
# A kind that was missing a moment ago may come with a CustomResourceDefinition created since.
DISCOVERY_RETRY_SECONDS: Final = 0.5
JSON: Final = "application/json"
APPLY_PATCH: Final = "application/apply-patch+yaml"
JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"


class ApiClient:
    """One cluster, as one context of a kubeconfig reaches it. Safe to use from many threads."""

    def __init__(self, configuration: Configuration, environment: Mapping[str, str]) -> None:
        """Raises KubeconfigError; the API server is not asked yet."""
        # The client's import takes a third of a second, which a provider that is only started does not need.
        import urllib3
        from kubernetes import client, config

        kubeconfig = load(configuration.kubeconfig, environment)
        context = context_of(kubeconfig, configuration.context)
        if configuration.cluster:
            context["cluster"] = configuration.cluster
        self.namespace = configuration.namespace or context.get("namespace") or "default"
        settings = client.Configuration()
        settings.retries = False
        settings.connection_pool_maxsize = CONNECTIONS
        try:
            config.load_kube_config_from_dict(
                kubeconfig, context=configuration.context or None, client_configuration=settings
            )
        except (config.ConfigException, OSError, ValueError, KeyError, TypeError) as error:
            raise KubeconfigError(f"kubeconfig: {error}") from error
        if not settings.verify_ssl:
            # The person chose this in the kubeconfig; a warning for every request would bury the messages.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self.server: str = settings.host
        self._client = client.ApiClient(settings)
        self._resources: dict[str, dict[str, dict[str, Any]]] = {}
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = JSON,
        **query: str | int | bool | None,
    ) -> Any:
        """The decoded JSON answer. Raises ApiError for a refusal, ApiUnreachableError without an answer."""
        import urllib3

        given = {
            key: str(value).lower() if isinstance(value, bool) else value for key, value in query.items()
        }
        parameters = urlencode({key: value for key, value in given.items() if value is not None})
        headers = {"Accept": JSON, "User-Agent": "pulumi-kubernetes"}
        self._client.update_params_for_auth(headers, [], ["BearerToken"])
        if body is not None:
            headers["Content-Type"] = content_type
        url = self.server + path + ("?" + parameters if parameters else "")
        try:
            for pause in (*BUSY_PAUSES, None):
                response = self._client.rest_client.pool_manager.request(
                    method,
                    url,
                    body=None if body is None else json.dumps(body),
                    headers=headers,
                    timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                    retries=False,
                )
                if response.status != TOO_MANY_REQUESTS or pause is None:
                    break
                time.sleep(pause)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ApiUnreachableError(f"{self.server}: {_reason(error)}") from error
        try:
            answer = json.loads(response.data)
        except ValueError:
            answer = {"message": response.data.decode(errors="replace")[:300].strip()}
        if response.status >= 400:
            raise ApiError(response.status, answer if isinstance(answer, dict) else {})
        return answer

    def path(self, object_type: ObjectType, namespace: str, name: str = "") -> str:
        """The URL path of an object, or without a name of its collection. Raises UnknownKindError."""
        resource = self._resource(object_type)
        prefix = f"/apis/{object_type.api_version}" if object_type.group else f"/api/{object_type.version}"
        place = f"/namespaces/{quote(namespace or self.namespace)}" if resource["namespaced"] else ""
        return f"{prefix}{place}/{resource['name']}" + (f"/{quote(name)}" if name else "")

    def is_namespaced(self, object_type: ObjectType) -> bool:
        """Whether objects of this type live in a namespace. Raises UnknownKindError, ApiUnreachableError."""
        return bool(self._resource(object_type)["namespaced"])

    def serves(self, object_type: ObjectType) -> bool:
        """Whether the API server knows this type (now)."""
        try:
            self._resource(object_type)
        except (UnknownKindError, ApiUnreachableError, ApiError):
            return False
        return True

    def _resource(self, object_type: ObjectType) -> dict[str, Any]:
        api_version = object_type.api_version
        with self._lock:
            found = self._resources.get(api_version, {}).get(object_type.kind)
            if (
                found is None
                and time.monotonic() - self._asked.get(api_version, -1e9) > DISCOVERY_RETRY_SECONDS
            ):
                self._resources[api_version] = self._discover(object_type)
                self._asked[api_version] = time.monotonic()
                found = self._resources[api_version].get(object_type.kind)
        if found is None:
            raise UnknownKindError(object_type)
        return found

    def _discover(self, object_type: ObjectType) -> dict[str, dict[str, Any]]:
        prefix = "/apis" if object_type.group else "/api"
        try:
            answer = self.request("GET", f"{prefix}/{object_type.api_version}")
        except ApiError as error:
            if error.code == 404:
                return {}
            raise
        return {item["kind"]: item for item in answer.get("resources", []) if "/" not in item["name"]}

    def get(self, manifest: Manifest) -> Manifest:
        """The live object of the same type, namespace and name. Raises ApiError 404 when it is not there."""
        return self.get_by_name(type_of(manifest), namespace_of(manifest), name_of(manifest))

    def get_by_name(self, object_type: ObjectType, namespace: str, name: str) -> Manifest:
        """The live object of that name."""
        live: Manifest = self.request("GET", self.path(object_type, namespace, name))
        return live

    def list(self, object_type: ObjectType, namespace: str, **query: str | None) -> list[Manifest]:
        """The objects of a namespace; `fieldSelector` and `labelSelector` narrow them."""
        answer = self.request("GET", self.path(object_type, namespace), None, content_type=JSON, **query)
        items: list[Manifest] = answer.get("items", [])
        return items


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", None)
    text = str(inner or error)
    # urllib3 puts the connection object in front: `<...HTTPSConnection object at 0x...>: Failed to ...`
    return text.split(">: ", 1)[-1].split("object at", 1)[0].rstrip(" <(") if "object at" in text else text
