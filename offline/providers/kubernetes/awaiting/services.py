"""When a Service or an Ingress counts as reachable, and a claim as bound."""

from __future__ import annotations

import time
from typing import Final

from offline.providers.kubernetes.api_errors import ApiError, UnknownKindError
from offline.providers.kubernetes.awaiting.readiness import READY, Judge, Lookup, Readiness, lacking
from offline.providers.kubernetes.kinds import ObjectType
from offline.providers.kubernetes.manifest import Manifest, field, name_of, namespace_of, text_field

ENDPOINT_SLICE: Final = ObjectType("discovery.k8s.io/v1", "EndpointSlice")
STORAGE_CLASS: Final = ObjectType("storage.k8s.io/v1", "StorageClass")
# A Service whose pods are not ready is not an error: it is given this long, then taken as it is.
SETTLE_SECONDS: Final = 10.0
# Without any pod there is nothing that could settle. A longer wait would keep the Deployment from its turn.
NO_PODS_SECONDS: Final = 1.0


def service_judge() -> Judge:
    """A judge for one wait on one Service: it remembers since when the Service waits for endpoints."""
    started = time.monotonic()

    def judge(live: Manifest, lookup: Lookup) -> Readiness:
        return service(live, lookup, waited=time.monotonic() - started)

    return judge


def service(live: Manifest, lookup: Lookup, *, waited: float) -> Readiness:
    """A load balancer has its address; a selector has found a ready pod, or time enough to find one."""
    kind = text_field(live, "spec", "type")
    if kind == "ExternalName":
        return READY
    if kind == "LoadBalancer" and not field(live, "status", "loadBalancer", "ingress"):
        return lacking("no load balancer has given the Service an address")
    if not field(live, "spec", "selector") or text_field(live, "spec", "clusterIP") == "None":
        return READY
    endpoints = _endpoints(live, lookup)
    if waited >= (SETTLE_SECONDS if endpoints else NO_PODS_SECONDS) or any(endpoints):
        return READY
    return lacking("the Service selects no ready pod yet")


def _endpoints(live: Manifest, lookup: Lookup) -> list[bool]:
    """Whether each endpoint of the Service is ready."""
    selector = f"kubernetes.io/service-name={name_of(live)}"
    try:
        slices = lookup.list(ENDPOINT_SLICE, namespace_of(live), labelSelector=selector)
    except (ApiError, UnknownKindError):
        # Whoever may create a Service may still not be allowed to read its endpoints; then time decides.
        return []
    return [
        field(endpoint, "conditions", "ready", default=True) is True
        for item in slices
        for endpoint in item.get("endpoints") or []
        if endpoint.get("addresses")
    ]


def ingress(live: Manifest) -> Readiness:
    """A controller has given it an address."""
    if field(live, "status", "loadBalancer", "ingress"):
        return READY
    return lacking(
        "no ingress controller has given the Ingress an address (.status.loadBalancer.ingress is empty)"
    )


def claim(live: Manifest, lookup: Lookup) -> Readiness:
    """Bound, or pending on purpose because its storage class waits for the first consumer."""
    phase = text_field(live, "status", "phase")
    if phase == "Bound":
        return READY
    if phase == "Pending":
        try:
            storage_class = lookup.get_by_name(
                STORAGE_CLASS, "", text_field(live, "spec", "storageClassName")
            )
            if storage_class.get("volumeBindingMode") == "WaitForFirstConsumer":
                return READY
        except (ApiError, UnknownKindError):
            pass
    return lacking(f"the claim is {phase or 'not seen by any controller'}, not Bound")


def resource_quota(live: Manifest) -> Readiness:
    """The controller has taken up the limits."""
    if field(live, "status", "hard") == field(live, "spec", "hard"):
        return READY
    return lacking("the quota controller has not taken up the limits")
