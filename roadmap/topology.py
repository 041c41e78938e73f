"""The topology: the resolved picture of one stack, as plain frozen data.

Everything that is deployed, drawn, compared or judged is made from this one value, so that a component, a
policy and a diagram cannot disagree. It holds no secret and no provider type, it compares by value, and
`Topology.model_dump(mode="json")` gives it to any other program.
"""

from enum import StrEnum
from typing import Literal

from roadmap.topology_services import (
    BrokerUse,
    Migration,
    Pipeline,
    Scaling,
    SecretSetting,
    Service,
    Setting,
    Workload,
    WorkloadRole,
)
from roadmap.topology_stores import Frozen, Replica, Resources, Store, StoreKind, StoreUse, StoreUser
from roadmap.topology_traffic import (
    Backend,
    Broker,
    BrokerUser,
    Edge,
    NetworkPath,
    Peer,
    PublicEndpoint,
    Queue,
    Route,
    SideEffect,
    TokenIssuer,
)

__all__ = [
    "MONOLITH",
    "Backend",
    "Broker",
    "BrokerUse",
    "BrokerUser",
    "DomainPlacement",
    "Edge",
    "Environment",
    "Frozen",
    "Images",
    "Migration",
    "Namespace",
    "NetworkPath",
    "Peer",
    "Pipeline",
    "PublicEndpoint",
    "Queue",
    "Replica",
    "Resources",
    "Route",
    "Scaling",
    "SecretSetting",
    "Service",
    "Setting",
    "SideEffect",
    "Store",
    "StoreKind",
    "StoreUse",
    "StoreUser",
    "TokenIssuer",
    "Topology",
    "Workload",
    "WorkloadRole",
]

MONOLITH = "monolith"
"""The owner of everything that no domain has taken with it yet."""


class Environment(StrEnum):
    """What a stack is for; it decides sizes and how strict images and secrets are, never which phase a domain
    is in."""

    EMBEDDED = "embedded"
    DEV = "dev"
    STAGING = "staging"
    PRODUCTION = "production"


class Namespace(Frozen):
    """A namespace, the isolation boundary of one owner's objects."""

    name: str
    owner: str
    purpose: Literal["workloads", "edge", "broker"]


class DomainPlacement(Frozen):
    """Where one domain stands on its path."""

    domain: str
    phase: str
    weight: int | None = None
    """Share of the public path that reaches the service, 0 to 100; None unless the phase routes by weight."""
    old_path: Literal["kept", "retired"] | None = None
    """In the last phase: whether the path through the monolith is still up beside it; else None."""
    drivers: tuple[str, ...] = ()
    parked: bool = False
    remark: str | None = None
    """Why the domain stays a phase earlier than its year says, where it does."""


class Images(Frozen):
    """Images of the servers that the platform runs; those of services stand with each `Service`."""

    postgres: str
    redis: str
    rabbitmq: str
    broker_definitions: str
    """Image with `curl` in which the definitions Job runs."""
    clickhouse: str | None = None
    """None while no store is of that kind."""
    edge_proxy: str | None = None
    """None while no edge is declared."""


class Topology(Frozen):
    """All of one stack. Tuples are in catalog order, so equal configs give equal values and equal text."""

    stack: str
    year: int
    environment: Environment
    platform: Literal["kubernetes", "aws"]
    images: Images
    storage_class: str | None
    """StorageClass of every volume; None for the cluster's default."""
    namespaces: tuple[Namespace, ...]
    domains: tuple[DomainPlacement, ...]
    services: tuple[Service, ...]
    stores: tuple[Store, ...]
    broker: Broker
    public: PublicEndpoint
    routes: tuple[Route, ...]
    edges: tuple[Edge, ...]
    pipelines: tuple[Pipeline, ...]
    issuers: tuple[TokenIssuer, ...]
    """Trusted by every service; more than one only while tokens of a former issuer may still be valid."""
    side_effects: tuple[SideEffect, ...]
    network: tuple[NetworkPath, ...]

    @property
    def application_secrets(self) -> tuple[str, ...]:
        """Names of the secrets that the stack's config must supply, sorted."""
        return tuple(
            sorted({s.name for service in self.services for w in service.workloads for s in w.secrets})
        )
