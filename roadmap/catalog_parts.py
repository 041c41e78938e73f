"""The pieces that catalog entries are made of: workloads, stores, routes, edges, and what a phase adds.

Names are relative: a namespace, an image or a URL is made from an entry only by `resolve`, for one stack.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from roadmap.topology import (
    BrokerUse,
    Environment,
    Frozen,
    MaterializedView,
    Resources,
    Scaling,
    StoreKind,
    StoreUse,
    StoreUser,
    WorkloadRole,
)


class Egress(Frozen):
    """Addresses outside the cluster that a workload needs, private ranges excluded."""

    purpose: str
    ports: tuple[int, ...]


class WorkloadEntry(Frozen):
    """One workload; `settings` may hold the placeholders of `settings.PLACEHOLDERS`."""

    name: str
    role: WorkloadRole
    command: tuple[str, ...]
    port: int | None = None
    health_path: str | None = None
    live_path: str | None = None
    """Path of the liveness probe where it is not `health_path`."""
    health_port: int | None = None
    """Port of the probes where it is not `port`."""
    peer_ports: tuple[int, ...] = ()
    """Ports on which the pods of this one workload talk to each other."""
    health_command: tuple[str, ...] = ()
    scaling: Scaling
    resources: Resources
    stores: tuple[StoreUse, ...] = ()
    broker: BrokerUse | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    signs_tokens: bool = False
    schedule: str | None = None
    writable_paths: tuple[str, ...] = ()
    """Folders that the container writes to beside /tmp; nothing in them is kept."""
    egress: tuple[Egress, ...] = ()


class WorkloadChange(Frozen):
    """What a phase adds to a workload of the monolith; by configuration only, the image stays the same."""

    stores: tuple[StoreUse, ...] = ()
    settings: dict[str, str] = Field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    egress: tuple[Egress, ...] = ()


class MigrationEntry(Frozen):
    """The owner's schema migration."""

    name: str
    command: tuple[str, ...]
    stores: tuple[StoreUse, ...]
    resources: Resources


SMALL = Resources(cpu_request="250m", memory_request="512Mi", memory_limit="1Gi")
"""What an instance of a server asks for where its entry says nothing else."""


class StoreEntry(Frozen):
    """A store of the entry's owner."""

    name: str
    kind: StoreKind
    database: str | None = None
    users: tuple[StoreUser, ...]
    storage_gib: int = Field(ge=1)
    replicas: dict[Environment, int] = Field(default_factory=dict)
    """Instances that follow the primary, by environment; empty: the store has no replica."""
    resources: dict[Environment, Resources] = Field(default_factory=dict)
    """Requests and limit of each instance, by environment; where none is given, `SMALL`."""
    administrator: str | None = None
    """First user of a product that keeps its own accounts in the store."""


class QueueEntry(Frozen):
    """A queue; its routing keys are the domain's consumed events."""

    name: str
    bindings: tuple[str, ...] = ()


class RouteEntry(Frozen):
    """A public path that is answered by a workload of the entry's owner."""

    name: str
    path_prefix: str = Field(pattern=r"^/")
    workload: str
    stateless: bool = False
    """True where any request may be answered by either path, so that no cohort is needed."""


def _edge_path(value: str) -> str:
    # A proxy that passed everything would be no declared read.
    if not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", value):
        raise ValueError("must be a plain path below the root, such as `/api/v1/tasks`")
    return value


class EdgeEntry(Frozen):
    """A declared synchronous read of an upstream by one workload, through a proxy of its own."""

    name: str
    upstream: str
    """Owner that is read."""
    upstream_workload: str
    consumer_workload: str
    path_prefixes: tuple[Annotated[str, AfterValidator(_edge_path)], ...] = Field(min_length=1)
    timeout_seconds: float = Field(gt=0, le=30)
    breaker_errors: int = Field(ge=1)
    breaker_seconds: float = Field(gt=0)
    variable: str
    """Environment variable in which the consumer finds the proxy's URL."""


class IdentityProviderEntry(Frozen):
    """An external identity provider that a stack may configure in `external.identity_providers`."""

    alias: str
    """Its name in the stack file, and the kind by which the product knows it."""
    secret: str | None = None
    """Application secret with the client's secret; None for SAML, which is trusted by its published keys."""


class RealmEntry(Frozen):
    """The realm of a service that is an identity product; the other half of its issuer path."""

    name: str
    job: str
    """Base name of the Job that configures it."""
    workload: str
    """The workload that is the product."""
    path: str = Field(pattern=r"^/")
    """Path below which the product serves everything."""
    providers: tuple[IdentityProviderEntry, ...] = ()


class ServiceEntry(Frozen):
    """An extracted service: all it has of its own."""

    image: str | None = None
    """Name of its image in the stack's `images`; None: the domain's name."""
    issuer_path: str | None = None
    """Path below the public URL that stands in the `iss` claim of the tokens it signs."""
    workloads: tuple[WorkloadEntry, ...] = Field(min_length=1)
    migration: MigrationEntry | None = None
    stores: tuple[StoreEntry, ...] = ()
    routes: tuple[RouteEntry, ...] = ()
    edges: tuple[EdgeEntry, ...] = ()
    jwks_path: str | None = None
    realm: RealmEntry | None = None
    queue: QueueEntry | None = None


class MonolithPart(Frozen):
    """What a phase puts into the monolith."""

    workloads: tuple[WorkloadEntry, ...] = ()
    changes: dict[str, WorkloadChange] = Field(default_factory=dict)
    """By workload of the monolith."""
    store_users: dict[str, tuple[StoreUser, ...]] = Field(default_factory=dict)
    """By store of the monolith."""
    routes: tuple[RouteEntry, ...] = ()
    queues: tuple[QueueEntry, ...] = ()
    views: tuple[MaterializedView, ...] = ()
