"""Gateway API: listeners of the public gateway, and the rules of one public path."""

from roadmap.topology import Backend, PublicEndpoint, Route


def gateway_listeners(public: PublicEndpoint) -> list[dict[str, object]]:
    """One listener: HTTPS with the host's certificate, or plain HTTP where the topology has none."""
    listener: dict[str, object] = {
        "hostname": public.host,
        # Routes of other namespaces could claim a path of the product.
        "allowedRoutes": {"namespaces": {"from": "Same"}},
    }
    if public.tls_secret is None:
        return [{"name": "http", "port": 80, "protocol": "HTTP", **listener}]
    tls = {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": public.tls_secret}]}
    return [{"name": "https", "port": 443, "protocol": "HTTPS", "tls": tls, **listener}]


def http_route_rules(route: Route, *, edge_namespace: str) -> list[dict[str, object]]:
    """Rules of one path: the cohort's pinned backends first, then all backends by weight.

    A request whose cohort header names an owner goes to that owner's backend at any weight, so that a user
    stays on the path they began on.
    """
    match: dict[str, object] = {"path": {"type": "PathPrefix", "value": route.path_prefix}}
    rules: list[dict[str, object]] = []
    if route.cohort is not None and len(route.backends) > 1:
        rules = [
            {
                "matches": [{**match, "headers": [{"name": route.cohort, "value": backend.owner}]}],
                "backendRefs": [_reference(backend, edge_namespace)],
            }
            for backend in route.backends
        ]
    references = [{**_reference(b, edge_namespace), "weight": b.weight} for b in route.backends]
    return [*rules, {"matches": [match], "backendRefs": references}]


def _reference(backend: Backend, edge_namespace: str) -> dict[str, object]:
    reference: dict[str, object] = {"name": backend.service, "port": backend.port}
    if backend.namespace != edge_namespace:
        reference["namespace"] = backend.namespace
    return reference
