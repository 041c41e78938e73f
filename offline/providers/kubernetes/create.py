"""Create: a POST, in a preview as a dry run."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.checkpoint import field_manager_name
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.managed_fields import CREATE_MANAGER
from offline.providers.kubernetes.manifest import Manifest, namespace_of, resource_id
from offline.providers.kubernetes.operation import Operation
from offline.providers.property_values import contains_unknown, decode, without_secrets

# The namespace or the definition of a custom resource may be on its way in the same update.
RETRY_SECONDS: Final = (1, 2, 4, 8, 16)


def create(cluster: Cluster, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
    """Creates the object and waits until it is ready; a preview returns what the API server would make of it.

    A preview echoes the inputs when they hold unknown values, when the API server does not know the kind or the
    namespace yet, when it forbids the dry run, and when an object of the name exists (it may be about to go).
    """
    given = decode(request.properties)
    inputs = without_secrets(given)
    operation = Operation(
        cluster=cluster,
        urn=request.urn,
        given=given,
        field_manager=field_manager_name(inputs),
        initial_api_version=str(inputs.get("apiVersion", "")),
    )
    if request.preview:
        return _preview(operation, request, inputs)
    live = _post(operation, inputs)
    live = operation.wait(live, inputs, request.timeout)
    return provider_pb2.CreateResponse(id=resource_id(live), properties=operation.outputs(live, inputs))


def _preview(
    operation: Operation, request: provider_pb2.CreateRequest, inputs: Manifest
) -> provider_pb2.CreateResponse:
    echo = provider_pb2.CreateResponse(properties=request.properties)
    cluster = operation.cluster
    if contains_unknown(inputs) or not cluster.can_preview(type_of(inputs)):
        return echo
    try:
        live = _post_once(operation, inputs, dry_run=True)
    except ApiError as error:
        if error.code == 403 or error.is_already_exists or error.is_namespace_not_found:
            return echo
        raise operation.error(_refused(operation, error)) from error
    live.pop("status", None)
    return provider_pb2.CreateResponse(properties=operation.outputs(live, inputs))


def _post(operation: Operation, inputs: Manifest) -> Manifest:
    for attempt, pause in enumerate((*RETRY_SECONDS, None), start=1):
        try:
            return _post_once(operation, inputs)
        except (ApiError, UnknownKindError) as error:
            if (
                (isinstance(error, ApiError) and error.code != 404)
                or pause is None
                or operation.cluster.stop.is_set()
            ):
                raise operation.error(_refused(operation, error)) from error
            operation.status(f"retry #{attempt}; creation failed: {error}")
            operation.cluster.stop.wait(pause)
        except ApiUnreachableError as error:
            raise operation.error(f"configured Kubernetes cluster is unreachable: {error}") from error
    raise AssertionError("the last attempt returns or raises")


def _post_once(operation: Operation, inputs: Manifest, dry_run: bool = False) -> Manifest:
    api = operation.cluster.api
    live: Manifest = api.request(
        "POST",
        api.path(type_of(inputs), namespace_of(inputs)),
        inputs,
        fieldManager=CREATE_MANAGER,
        dryRun="All" if dry_run else None,
    )
    return live


def _refused(operation: Operation, error: Exception) -> str:
    hint = ""
    if isinstance(error, UnknownKindError):
        hint = ". Make sure that its CustomResourceDefinition exists"
    if isinstance(error, ApiError) and error.is_already_exists:
        hint = ". Import it, or, if this replaces it under the same name, set delete_before_replace"
    return f"resource {operation.urn} was not created by the Kubernetes API server: {error}{hint}"
