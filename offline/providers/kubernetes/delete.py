"""Delete: remove the object and wait until it is gone."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.awaiting.rules import (
    DELETE_DEFAULT_SECONDS,
    DELETE_SECONDS,
    skips_deletion_await,
    timeout_of,
)
from offline.providers.kubernetes.awaiting.waiting import NotReadyError, wait_until_gone
from offline.providers.kubernetes.checkpoint import field_manager_name, read_outputs
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.kinds import type_of, type_of_token
from offline.providers.kubernetes.manifest import DELETION_PROPAGATION, annotation, field, split_id
from offline.providers.kubernetes.operation import GONE_FOR_GOOD, Operation
from offline.providers.property_values import decode
from offline.providers.resource_names import type_token
from offline.providers.rpc_errors import ProviderError

_PROPAGATION: Final = {"orphan": "Orphan", "background": "Background"}


def delete(cluster: Cluster, request: provider_pb2.DeleteRequest) -> None:
    """Deletes the object with what it owns; one that is not there any more counts as deleted.

    Raises InitializationError when it is still there at the timeout, ProviderError when it cannot be deleted.
    """
    if cluster.unreachable:
        _unreachable(cluster, request)
        return
    given = decode(request.properties)
    stored = read_outputs(given)
    operation = Operation(
        cluster=cluster,
        urn=request.urn,
        given=given,
        field_manager=field_manager_name(stored.inputs, stored.field_manager),
        initial_api_version=stored.initial_api_version,
    )
    object_type = type_of(stored.live) if stored.live.get("kind") else type_of_token(type_token(request.urn))
    api = cluster.api
    policy = _PROPAGATION.get(annotation(stored.inputs, DELETION_PROPAGATION).lower(), "Foreground")
    try:
        live = api.get_by_name(object_type, *split_id(request.id))
        options = {"propagationPolicy": policy, "preconditions": {"uid": field(live, "metadata", "uid")}}
        api.request("DELETE", api.path(object_type, *split_id(request.id)), options)
        if skips_deletion_await(stored.inputs):
            return
        timeout = timeout_of(
            stored.inputs, request.timeout, DELETE_SECONDS.get(str(object_type), DELETE_DEFAULT_SECONDS)
        )
        wait_until_gone(live, api, seconds=timeout, stop=cluster.stop, status=operation.status)
    except UnknownKindError:
        return
    except ApiError as error:
        if error.code != 404:
            raise operation.error(f"{request.id} could not be deleted: {error}") from error
    except ApiUnreachableError as error:
        raise operation.error(f"configured Kubernetes cluster is unreachable: {error}") from error
    except NotReadyError as error:
        raise operation.failed(str(error), error.live, stored.inputs, error.reasons) from error


def _unreachable(cluster: Cluster, request: provider_pb2.DeleteRequest) -> None:
    text = f"configured Kubernetes cluster is unreachable: {cluster.unreachable}"
    cluster.log.warning(request.urn, text)
    if not cluster.configuration.delete_unreachable:
        raise ProviderError(f"{text}. {GONE_FOR_GOOD}")
