"""Read: the live object, for a refresh, an import or `.get()`."""

from __future__ import annotations

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.awaiting.causes import causes_of
from offline.providers.kubernetes.awaiting.rules import judge_of
from offline.providers.kubernetes.checkpoint import field_manager_name, read_outputs
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.imports import inputs_of_live
from offline.providers.kubernetes.kinds import type_of, type_of_token
from offline.providers.kubernetes.live_state import pruned, with_dropped_inputs
from offline.providers.kubernetes.manifest import Manifest, namespace_of, resource_id, split_id
from offline.providers.kubernetes.normalization import normalized
from offline.providers.kubernetes.operation import GONE_FOR_GOOD, Operation
from offline.providers.kubernetes.secrecy import mark_secrets
from offline.providers.property_values import decode, encode, without_secrets
from offline.providers.resource_names import type_token
from offline.providers.rpc_errors import ProviderError

GONE = provider_pb2.ReadResponse()


def read(cluster: Cluster, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
    """The object as it is now; an empty answer when it is gone.

    With known inputs, the new inputs are the live values of the same fields. Without (import, `.get()`), they come from
    the live object. An object that is not ready is kept with the reasons (InitializationError).
    """
    if cluster.unreachable:
        return _unreachable(cluster, request)
    given, stored = decode(request.inputs), read_outputs(decode(request.properties))
    recorded = normalized(without_secrets(given))
    object_type = type_of(recorded) if recorded.get("kind") else type_of_token(type_token(request.urn))
    namespace, name = split_id(request.id)
    try:
        live = cluster.api.get_by_name(object_type, namespace or namespace_of(recorded), name)
    except UnknownKindError:
        return GONE
    except ApiError as error:
        if error.code == 404:
            return GONE
        raise ProviderError(f"{request.id} could not be read: {error}") from error
    except ApiUnreachableError as error:
        raise ProviderError(f"configured Kubernetes cluster is unreachable: {error}") from error
    known = bool(recorded.get("kind"))
    inputs = (
        with_dropped_inputs(pruned(live, recorded), live, stored.live, recorded)
        if known
        else inputs_of_live(live)
    )
    operation = Operation(
        cluster=cluster,
        urn=request.urn,
        given=given if known else inputs,
        field_manager=field_manager_name(inputs, stored.field_manager),
        initial_api_version=stored.initial_api_version or str(live.get("apiVersion", "")),
    )
    marked = without_secrets(inputs)
    mark_secrets(marked, given)
    new_inputs = encode(marked)
    if known:
        missing = _missing(cluster, inputs, live)
        if missing:
            raise operation.failed(f"{resource_id(live)} is not ready", live, inputs, missing, new_inputs)
    return provider_pb2.ReadResponse(
        id=request.id, properties=operation.outputs(live, inputs), inputs=new_inputs
    )


def _missing(cluster: Cluster, inputs: Manifest, live: Manifest) -> list[str]:
    if live.get("kind") in ("PersistentVolumeClaim", "ResourceQuota"):
        return []
    try:
        rule = judge_of(inputs)
    except ValueError:
        return []
    # A Service without endpoints is not unhealthy: its pods may be scaled to none.
    if rule is None or live.get("kind") == "Service":
        return []
    verdict = rule[0](live, cluster.api)
    return [] if verdict.ready else [*verdict.missing, *causes_of(live, cluster.api)]


def _unreachable(cluster: Cluster, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
    text = f"configured Kubernetes cluster is unreachable: {cluster.unreachable}"
    cluster.log.warning(request.urn, text)
    if cluster.configuration.delete_unreachable:
        return GONE
    if cluster.configuration.skip_update_unreachable:
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
    raise ProviderError(f"{text}. {GONE_FOR_GOOD}")
