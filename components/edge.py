"""The public edge: a Gateway, one HTTPRoute a public path, and the grants that let them cross namespaces.

A route belongs to the owner of its path and goes straight to that owner's backends, so that weight can move
from the old path to the new one without either knowing (Big-bang extraction: run both in parallel).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.custom_object import custom_object
from components.labels import labels
from components.rendering.routes import gateway_listeners, http_route_rules
from roadmap.topology import PublicEndpoint, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEdgeArgs:
    """Where the outside comes in, and where it is sent."""

    owner: str
    """Owner of the gateway."""
    public: PublicEndpoint
    """Host, gateway class and certificate."""
    routes: Sequence[Route]
    """Public paths with their backends and weights."""
    namespace: pulumi.Input[str]
    """Namespace of gateway and routes."""
    backend_namespaces: Mapping[str, pulumi.Output[str]]
    """Namespaces with backends, by name."""
    backends: Mapping[str, pulumi.Resource]
    """What answers, by owner: a route changes only once its backends are ready, and goes before they do."""


class PublicEdge(pulumi.ComponentResource):
    """A Gateway and its routes; backends are open to it only by a grant that names them."""

    url: str
    """Where the product is reached from outside."""

    def __init__(self, name: str, args: PublicEdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:edge:PublicEdge", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        public = args.public
        gateway = custom_object(
            f"{name}-gateway",
            api_version="gateway.networking.k8s.io/v1",
            kind="Gateway",
            name=public.gateway,
            namespace=args.namespace,
            object_labels=labels(owner=args.owner, name=public.gateway, component="gateway"),
            wait_for="condition=Programmed",
            spec={"gatewayClassName": public.gateway_class, "listeners": gateway_listeners(public)},
            opts=child,
        )
        grants = self._grants(name, args)
        for route in args.routes:
            # Not awaited: a route's conditions stand under `status.parents`, once for each gateway, where
            # `condition=` does not look.
            custom_object(
                f"{name}-route-{route.name}",
                api_version="gateway.networking.k8s.io/v1",
                kind="HTTPRoute",
                name=route.name,
                namespace=gateway.namespace,
                object_labels=labels(owner=route.owner, name=route.name, component="route"),
                spec={
                    "parentRefs": [{"name": gateway.name}],
                    "hostnames": [public.host],
                    "rules": http_route_rules(route, edge_namespace=public.namespace),
                },
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=[*grants, *(args.backends[owner] for owner in _owners(route))],
                ),
            )
        self.url = f"{'https' if public.tls_secret else 'http'}://{public.host}"
        self.register_outputs({"url": self.url})

    def _grants(self, name: str, args: PublicEdgeArgs) -> list[pulumi.Resource]:
        """One grant a backend namespace, which names the Services that the edge may send requests to."""
        services: dict[str, dict[str, str]] = {}
        for route in args.routes:
            for backend in route.backends:
                if backend.namespace != args.public.namespace:
                    services.setdefault(backend.namespace, {})[backend.service] = backend.owner
        return [
            custom_object(
                f"{name}-grant-{namespace}",
                api_version="gateway.networking.k8s.io/v1beta1",
                kind="ReferenceGrant",
                name=args.public.gateway,
                namespace=args.backend_namespaces[namespace],
                object_labels=labels(
                    owner=next(iter(granted.values())), name=args.public.gateway, component="grant"
                ),
                spec={
                    "from": [
                        {
                            "group": "gateway.networking.k8s.io",
                            "kind": "HTTPRoute",
                            "namespace": args.public.namespace,
                        }
                    ],
                    "to": [{"group": "", "kind": "Service", "name": service} for service in granted],
                },
                opts=pulumi.ResourceOptions(parent=self),
            ).resource
            for namespace, granted in services.items()
        ]


def _owners(route: Route) -> list[str]:
    return list(dict.fromkeys(backend.owner for backend in route.backends))
