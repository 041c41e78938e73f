"""The topology: the resolved picture of one stack, as plain frozen data.

Everything that is deployed, drawn, compared or judged is made from this one value, so that a component, a
policy and a diagram cannot disagree. It holds no secret and no provider type, it compares by value, and
`Topology.model_dump(mode="json")` gives it to any other program.
"""

import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from roadmap.topology_services import (
    BrokerUse,
    IdentityProvider,
    IdentityRealm,
    Migration,
    Pipeline,
    Scaling,
    SecretSetting,
    Service,
    Setting,
    Workload,
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
from roadmap.vocabulary import MONOLITH, WorkloadRole

__all__ = [
    "MONOLITH",
    "Backend",
    "Backfill",
    "Broker",
    "BrokerUse",
    "BrokerUser",
    "DomainPlacement",
    "Edge",
    "Environment",
    "Exemption",
    "Frozen",
    "IdentityProvider",
    "IdentityRealm",
    "Images",
    "MaterializedView",
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


class Environment(StrEnum):
    """What a stack is for; it decides sizes and how strict images and secrets are, never which phase a domain is in."""

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
    """True after the domain was turned back: its stores stay, protected and reached by nobody."""
    discarding: bool = False
    """True in the update before a parked domain's stores may go."""
    backfill: Literal["forward", "reverse"] | None = None
    """Direction of the data move that an exemption opens now: forward into the service, reverse out of it."""
    backfilled: Literal["forward", "reverse"] | None = None
    """Last phase of a domain whose tables move: where they were moved last; None before the first move."""
    remark: str | None = None
    """Why the domain stays a phase earlier than its year says, where it does."""


class Exemption(Frozen):
    """A database-to-database link that is open for a data move, with who answers for it and until when."""

    domain: str
    direction: Literal["forward", "reverse"]
    owner: str
    reason: str
    expires: datetime.date


class Backfill(Frozen):
    """A data move that is open: one Job, in the domain's namespace, between two stores (Extraction Principles, 4)."""

    domain: str
    direction: Literal["forward", "reverse"]
    job: str
    """Base name of the Job, and the `app.kubernetes.io/name` of its pods."""
    namespace: str
    tables: tuple[str, ...] = Field(min_length=1)
    """Tables of schema `public`, in an order in which their foreign keys allow inserts."""
    monolith_store: str
    monolith_user: str
    """Role of the monolith's store that exists only while the move is open."""
    service_store: str
    service_user: str
    expires: datetime.date
    """Last day on which the exemption for it stands."""
    owner: str
    """The person who answers for it."""
    reason: str


class MaterializedView(Frozen):
    """A materialized view of one store, owned by one role and readable by one other."""

    store: str
    view_schema: str
    name: str
    owner: str
    reader: str
    unique_columns: tuple[str, ...] = Field(min_length=1)
    """Columns of the unique index without which it could not be refreshed concurrently."""
    query: str

    @property
    def label(self) -> str:
        """The view as `schema.name`."""
        return f"{self.view_schema}.{self.name}"


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
    realm_import: str | None = None
    """Image of keycloak-config-cli; None while no identity product runs in the cluster."""


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
    views: tuple[MaterializedView, ...]
    exemptions: tuple[Exemption, ...]
    backfills: tuple[Backfill, ...] = ()
    """One for each exemption; the same order."""
    queue_autoscaler: Literal["keda"] | None = None
    """What scales workloads by the depth of a queue; None: such a workload keeps its least number of pods."""
    network: tuple[NetworkPath, ...]

    @property
    def application_secrets(self) -> tuple[str, ...]:
        """Names of the secrets that the stack's config must supply, sorted."""
        return tuple(sorted({name for service in self.services for name in service.secret_users}))
