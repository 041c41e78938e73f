"""Check: the inputs of an object with the name and the namespace that the program left open."""

from __future__ import annotations

from pulumi.runtime.proto import provider_pb2

from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.kinds import type_of_token
from offline.providers.kubernetes.manifest import field, set_field
from offline.providers.kubernetes.naming import adopt_name, assign_name
from offline.providers.kubernetes.normalization import normalized
from offline.providers.kubernetes.secrecy import mark_secrets, texts_to_hide
from offline.providers.property_values import decode, encode, without_secrets
from offline.providers.resource_names import type_token
from offline.providers.rpc_errors import ProviderError


def check(cluster: Cluster, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
    """The inputs that Diff, Create and Update get. Raises ProviderError for a type that is not taken."""
    if cluster.unreachable and cluster.configuration.skip_update_unreachable and request.olds.fields:
        return provider_pb2.CheckResponse(inputs=request.olds)
    object_type = type_of_token(type_token(request.urn))
    try:
        given, old = decode(request.news), without_secrets(decode(request.olds))
    except ValueError as error:
        raise ProviderError(f"{request.urn}: {error}") from error
    cluster.remember_secrets(request.urn, frozenset(texts_to_hide(given)))
    inputs = normalized(without_secrets(given))
    if old:
        adopt_name(inputs, old)
    else:
        autonaming = request.autonaming if request.HasField("autonaming") else None
        assign_name(inputs, request.urn, request.randomSeed, autonaming)
    if field(inputs, "metadata", "generateName"):
        raise ProviderError(
            f"{request.urn}: metadata.generateName does not go with server-side apply; set metadata.name"
        )
    if not field(inputs, "metadata", "namespace") and cluster.is_namespaced(object_type):
        set_field(inputs, cluster.namespace, "metadata", "namespace")
    mark_secrets(inputs, given)
    return provider_pb2.CheckResponse(inputs=encode(inputs))
