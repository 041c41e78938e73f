"""What is reached from outside and who is trusted there: endpoint, routes with their weights, edges, token issuers."""

from roadmap.catalog_parts import RouteEntry
from roadmap.composition import Composition, Placed
from roadmap.topology import MONOLITH, Backend, Edge, PublicEndpoint, Route, TokenIssuer
from roadmap.vocabulary import keys_edge

COHORT_HEADER = "x-pmt-cohort"
"""Request header that keeps a user on one path while the weight moves."""
EDGE_PORT = 8080
"""Port on which an edge's proxy listens."""


def public_url(parts: Composition) -> str:
    """URL of the product, without a trailing slash."""
    scheme = "https" if parts.config.public.tls_secret else "http"
    return f"{scheme}://{parts.config.public.host}"


def resolve_public(parts: Composition) -> PublicEndpoint:
    """The Gateway's listener."""
    public = parts.config.public
    return PublicEndpoint(
        namespace=parts.namespace("edge"),
        gateway="public",
        gateway_class=public.gateway_class,
        host=public.host,
        tls_secret=public.tls_secret,
    )


def resolve_routes(parts: Composition) -> tuple[Route, ...]:
    """One route a public path. The weights of each sum to 100."""
    routes = [
        _route(parts, entry, MONOLITH, ((MONOLITH, entry.workload, 100),))
        for entry in parts.catalog.monolith.routes
    ]
    for placed in parts.placed:
        inside = placed.inside.monolith.routes if placed.inside else ()
        own = placed.service.routes if placed.service else ()
        taken = {entry.path_prefix for entry in own}
        routes += [
            _route(parts, entry, MONOLITH, ((MONOLITH, entry.workload, 100),))
            for entry in inside
            if entry.path_prefix not in taken
        ]
        for entry in own:
            routes.append(_service_route(parts, placed, entry, inside))
    return tuple(routes)


def _service_route(
    parts: Composition, placed: Placed, entry: RouteEntry, inside: tuple[RouteEntry, ...]
) -> Route:
    """A service's route; while the old path is kept, it has the old backend beside the new one."""
    domain, weight = placed.entry.domain, placed.at.weight
    if weight is None or placed.at.old_path == "retired":
        return _route(parts, entry, domain, ((domain, entry.workload, 100),))
    fallback = parts.catalog.monolith.routes[0].workload
    old = next((r.workload for r in inside if r.path_prefix == entry.path_prefix), fallback)
    return _route(
        parts,
        entry,
        domain,
        ((MONOLITH, old, 100 - weight), (domain, entry.workload, weight)),
        None if entry.stateless else COHORT_HEADER,
    )


def _route(
    parts: Composition,
    entry: RouteEntry,
    owner: str,
    ends: tuple[tuple[str, str, int], ...],
    cohort: str | None = None,
) -> Route:
    backends = tuple(
        Backend(
            owner=backend,
            namespace=parts.namespace(backend),
            service=workload,
            port=port_of(parts, backend, workload),
            weight=weight,
        )
        for backend, workload, weight in ends
    )
    return Route(
        name=entry.name, owner=owner, path_prefix=entry.path_prefix, backends=backends, cohort=cohort
    )


def port_of(parts: Composition, owner: str, workload: str) -> int:
    """Port of a workload's Service."""
    if owner == MONOLITH:
        entries = parts.catalog.monolith.workloads + tuple(w for part in parts.inside for w in part.workloads)
    else:
        placed = next(p for p in parts.placed if p.entry.domain == owner)
        entries = placed.service.workloads if placed.service else ()
    port = next(w.port for w in entries if w.name == workload)
    assert port is not None, f"{workload} has a route or an edge but no port"
    return port


def resolve_issuers(parts: Composition) -> tuple[TokenIssuer, ...]:
    """Who signs tokens, the one that signs now first."""
    issuers = []
    if parts.issuer:
        issuers.append(_issuer(parts, parts.issuer))
    if parts.monolith_signs:
        workload = parts.catalog.monolith.routes[0].workload
        url = service_url(parts, MONOLITH, workload) + parts.catalog.monolith.jwks_path
        issuers.append(TokenIssuer(owner=MONOLITH, issuer=public_url(parts), jwks_url=url))
    return tuple(issuers)


def _issuer(parts: Composition, placed: Placed) -> TokenIssuer:
    external = parts.config.external
    if external.identity_issuer:
        keys = external.identity_jwks_url or f"{external.identity_issuer}/.well-known/jwks.json"
        return TokenIssuer(owner=placed.entry.domain, issuer=external.identity_issuer, jwks_url=keys)
    service = placed.phase.service
    assert service is not None
    assert service.issuer_path, "a service that issues tokens has an issuer path"
    assert service.jwks_path, "a service that issues tokens publishes its keys"
    url = service_url(parts, placed.entry.domain, service.workloads[0].name) + service.jwks_path
    return TokenIssuer(
        owner=placed.entry.domain, issuer=public_url(parts) + service.issuer_path, jwks_url=url
    )


def service_url(parts: Composition, owner: str, workload: str) -> str:
    """URL of a workload's Service inside the cluster."""
    return f"http://{workload}.{parts.namespace(owner)}.svc:{port_of(parts, owner, workload)}"


def resolve_edges(parts: Composition) -> tuple[Edge, ...]:
    """The declared reads of each service, and one to every issuer in another namespace, for its public keys alone."""
    edges = [
        _edge(
            parts,
            placed.entry.domain,
            entry.name,
            (entry.consumer_workload,),
            entry.upstream,
            entry.upstream_workload,
            entry.path_prefixes,
            entry.timeout_seconds,
            entry.breaker_errors,
            entry.breaker_seconds,
        )
        for placed in parts.placed
        if placed.service
        for entry in placed.service.edges
    ]
    for consumer, workloads in validators(parts).items():
        for issuer, workload, path in _internal_issuers(parts):
            readers = tuple(name for name in workloads if name != workload)
            if issuer != consumer and readers:
                edges.append(
                    _edge(
                        parts,
                        consumer,
                        keys_edge(consumer, issuer),
                        readers,
                        issuer,
                        workload,
                        (path,),
                        2.0,
                        5,
                        30.0,
                    )
                )
    return tuple(edges)


def validators(parts: Composition) -> dict[str, tuple[str, ...]]:
    """By owner, its workloads that validate tokens: those with a setting that holds the keys' addresses."""
    found: dict[str, tuple[str, ...]] = {}
    inside = tuple(w for part in parts.inside for w in part.workloads)
    owned = {MONOLITH: parts.catalog.monolith.workloads + inside}
    owned.update({p.entry.domain: p.service.workloads for p in parts.placed if p.service})
    for owner, workloads in owned.items():
        names = tuple(
            w.name for w in workloads if any("{jwks_urls}" in value for value in w.settings.values())
        )
        if names:
            found[owner] = names
    return found


def _internal_issuers(parts: Composition) -> list[tuple[str, str, str]]:
    """Owner, workload and path of every issuer inside the cluster."""
    found = []
    if parts.issuer and parts.issuer.service and parts.issuer.service.jwks_path:
        service = parts.issuer.service
        found.append((parts.issuer.entry.domain, service.workloads[0].name, str(service.jwks_path)))
    if parts.monolith_signs:
        found.append((MONOLITH, parts.catalog.monolith.routes[0].workload, parts.catalog.monolith.jwks_path))
    return found


def _edge(
    parts: Composition,
    consumer: str,
    name: str,
    workloads: tuple[str, ...],
    upstream: str,
    upstream_workload: str,
    paths: tuple[str, ...],
    timeout: float,
    errors: int,
    seconds: float,
) -> Edge:
    return Edge(
        name=name,
        consumer=consumer,
        consumer_workloads=workloads,
        namespace=parts.namespace(consumer),
        port=EDGE_PORT,
        upstream=upstream,
        upstream_namespace=parts.namespace(upstream),
        upstream_workload=upstream_workload,
        upstream_port=port_of(parts, upstream, upstream_workload),
        path_prefixes=paths,
        timeout_seconds=timeout,
        breaker_errors=errors,
        breaker_seconds=seconds,
    )
