"""Update: server-side apply, in a preview as a dry run."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.api_client import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, ApiClient
from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError, UnknownKindError
from offline.providers.kubernetes.checkpoint import Stored, field_manager_name, read_outputs
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.comparison import merge_patch
from offline.providers.kubernetes.ignored_fields import keep_ignored_fields
from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.managed_fields import has_own_update_manager, takeover_patch
from offline.providers.kubernetes.manifest import PATCH_FORCE, Manifest, annotation_true, resource_id
from offline.providers.kubernetes.normalization import normalized
from offline.providers.kubernetes.operation import CONFLICT, Operation
from offline.providers.property_values import contains_unknown, decode, without_secrets

TAKEOVER_ATTEMPTS: Final = 10
_FORCE_VARIABLE: Final = "PULUMI_K8S_ENABLE_PATCH_FORCE"


def update(cluster: Cluster, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
    """Applies the inputs and waits until the object is ready; a preview returns what the server would make of it."""
    given = decode(request.news)
    inputs = normalized(without_secrets(given))
    stored = read_outputs(decode(request.olds))
    if request.preview and (contains_unknown(inputs) or not cluster.can_preview(type_of(inputs))):
        return provider_pb2.UpdateResponse(properties=request.news)
    operation = Operation(
        cluster=cluster,
        urn=request.urn,
        given=given,
        field_manager=field_manager_name(inputs, stored.field_manager),
        initial_api_version=stored.initial_api_version or str(stored.inputs.get("apiVersion", "")),
    )
    live = _applied(operation, request, stored, inputs)
    if live is None:
        return provider_pb2.UpdateResponse(properties=request.news)
    if not request.preview:
        live = operation.wait(live, inputs, request.timeout)
        _relinquish(operation, stored, inputs)
    return provider_pb2.UpdateResponse(properties=operation.outputs(live, inputs))


def _applied(
    operation: Operation, request: provider_pb2.UpdateRequest, stored: Stored, inputs: Manifest
) -> Manifest | None:
    """The object after the apply; None when a preview is not allowed to try.

    Raises InitializationError, with the object as it is, when the API server refuses; ProviderError when it is gone.
    """
    api = operation.cluster.api
    current: Manifest | None = None
    try:
        current = api.get(stored.live)
        return _apply(api, operation, request, current, inputs, normalized(stored.inputs))
    except ApiError as error:
        if request.preview and error.code == 403:
            return None
        if current is None:
            gone = "; it was deleted outside Pulumi: refresh first" if error.code == 404 else ""
            raise operation.error(f"update of resource {operation.urn} failed: {error}{gone}") from error
        reason = f"{CONFLICT}\n{error}" if error.is_field_conflict else str(error)
        message = f"update of {resource_id(current)} failed: {reason}"
        raise operation.failed(message, current, inputs) from error
    except (UnknownKindError, ApiUnreachableError) as error:
        raise operation.error(f"update of resource {operation.urn} failed: {error}") from error


def _apply(
    api: ApiClient,
    operation: Operation,
    request: provider_pb2.UpdateRequest,
    current: Manifest,
    inputs: Manifest,
    recorded: Manifest,
) -> Manifest:
    path = api.path(type_of(current), *_place(current))
    if not request.preview:
        current = _take_over(api, path, current, operation.field_manager)
    body = keep_ignored_fields(inputs, current, list(request.ignoreChanges), operation.field_manager)

    def apply() -> Manifest:
        live: Manifest = api.request(
            "PATCH",
            path,
            body,
            content_type=APPLY_PATCH,
            fieldManager=operation.field_manager,
            force=_force(inputs, current, preview=request.preview),
            dryRun="All" if request.preview else None,
        )
        return live

    if request.preview and has_own_update_manager(current):
        return _preview_before_takeover(api, path, merge_patch(recorded, body), apply)
    return apply()


def _take_over(api: ApiClient, path: str, current: Manifest, field_manager: str) -> Manifest:
    """The object after its fields moved to the manager; tried again when a controller wrote to it meanwhile."""
    for attempt in range(1, TAKEOVER_ATTEMPTS + 1):
        patch = takeover_patch(current, field_manager)
        if not patch:
            break
        try:
            current = api.request("PATCH", path, patch, content_type=JSON_PATCH)
            break
        except ApiError as error:
            if not error.is_changed_meanwhile or attempt == TAKEOVER_ATTEMPTS:
                raise
            current = api.request("GET", path)
    return current


def _preview_before_takeover(
    api: ApiClient, path: str, patch: Manifest, apply: Callable[[], Manifest]
) -> Manifest:
    """What the first update will give: until then the creation's manager would hold on to what the inputs drop.

    A dry run cannot move the fields and apply in one go, so it merges the changed inputs instead. Where the API server
    dislikes that (a list without the items that it added itself), the dry run of the apply decides.
    """
    try:
        live: Manifest = api.request("PATCH", path, patch, content_type=MERGE_PATCH, dryRun="All")
        return live
    except ApiError as refusal:
        if refusal.code != 422:
            raise
        try:
            return apply()
        except ApiError:
            raise refusal from None


def _place(manifest: Manifest) -> tuple[str, str]:
    return manifest["metadata"].get("namespace", ""), manifest["metadata"]["name"]


def _force(inputs: Manifest, current: Manifest, *, preview: bool) -> bool:
    if annotation_true(inputs, PATCH_FORCE):
        return True
    if _FORCE_VARIABLE in os.environ:
        return os.environ[_FORCE_VARIABLE] == "true"
    # The real update moves the creation's fields to the new manager first, so in a preview they are no conflict.
    return preview and has_own_update_manager(current)


def _relinquish(operation: Operation, stored: Stored, inputs: Manifest) -> None:
    """Gives up the fields of the previous field manager after an annotation named another."""
    if not stored.field_manager or stored.field_manager == operation.field_manager:
        return
    api = operation.cluster.api
    empty = {
        "apiVersion": inputs["apiVersion"],
        "kind": inputs["kind"],
        "metadata": {"name": stored.live["metadata"]["name"]},
    }
    api.request(
        "PATCH",
        api.path(type_of(inputs), *_place(stored.live)),
        empty,
        content_type=APPLY_PATCH,
        fieldManager=stored.field_manager,
        force=False,
    )
