"""The topology: the resolved picture of one stack, as plain frozen data.

Everything that is deployed, drawn, compared or judged is made from this one value, so that a component, a policy
and a diagram cannot disagree. It holds no secret and no provider type, it compares by value, and
`Topology.model_dump(mode="json")` gives it to any other program.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

MONOLITH = "monolith"
"""The owner of everything that no domain has taken with it yet."""


class Frozen(BaseModel):
    """Base of all topology values: immutable, compared by value, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Environment(StrEnum):
    """What a stack is for; it decides sizes and how strict images and secrets are, never which phase a domain is in."""

    EMBEDDED = "embedded"
    DEV = "dev"
    STAGING = "staging"
    PRODUCTION = "production"


class StoreKind(StrEnum):
    """The server that holds a store."""

    POSTGRES = "postgres"
    REDIS = "redis"
    CLICKHOUSE = "clickhouse"


class WorkloadRole(StrEnum):
    """What a workload does for its owner."""

    API = "api"
    WORKER = "worker"
    BEAT = "beat"
    GATEWAY = "gateway"
    REFRESH = "refresh"
    PROXY = "proxy"


class Namespace(Frozen):
    """A namespace, the isolation boundary of one owner's objects."""

    name: str
    owner: str
    purpose: Literal["workloads", "edge", "broker"]


class StoreUser(Frozen):
    """A role (Postgres, ClickHouse) or ACL user (Redis) of one store, with its own credential."""

    name: str
    owns_database: bool = False
    """Postgres: this role owns the logical database and may run migrations."""
    key_patterns: tuple[str, ...] = ()
    """Redis: keys the user may touch."""
    channel_patterns: tuple[str, ...] = ()
    """Redis: pub/sub channels the user may use."""
    commands: tuple[str, ...] = ()
    """Redis: ACL command rules, in order, such as `+@all` then `-@dangerous`."""


class Replica(Frozen):
    """Streaming read replicas of a Postgres store."""

    instances: int
    """How many instances follow the primary."""


class Resources(Frozen):
    """Container requests and limits, in Kubernetes quantities. No CPU limit: throttling hides saturation."""

    cpu_request: str
    memory_request: str
    memory_limit: str


class Store(Frozen):
    """State that belongs to exactly one owner."""

    name: str
    kind: StoreKind
    owner: str
    namespace: str
    database: str | None
    """Logical database; None where the kind has none (Redis)."""
    users: tuple[StoreUser, ...]
    storage_gib: int
    """Volume size of each instance, in GiB."""
    resources: Resources = Resources(cpu_request="250m", memory_request="512Mi", memory_limit="1Gi")
    """Of each instance."""
    replica: Replica | None = None
    parked: bool = False
    """True when the owner was turned back: kept and protected, reached by nobody."""


class StoreUse(Frozen):
    """One workload's connection to a store of its own owner, handed over as a URL in an environment variable."""

    store: str
    user: str
    variable: str
    endpoint: Literal["primary", "replica"] = "primary"
    redis_database: int = 0


class BrokerUse(Frozen):
    """One workload's connection to the broker as its owner's broker user."""

    user: str
    variable: str


class Setting(Frozen):
    """A plain, non-secret environment variable."""

    name: str
    value: str


class SecretSetting(Frozen):
    """A secret environment variable that the stack's config supplies (`application_secrets`)."""

    name: str


class Scaling(Frozen):
    """How many pods a workload runs."""

    minimum: int
    maximum: int
    """Equal to `minimum` for a workload without autoscaling."""
    cpu_utilization_percent: int = 70
    queue: str | None = None
    """Celery queue whose depth decides instead of the CPU, which says nothing about waiting for somebody else."""


class Workload(Frozen):
    """One Deployment (or, with a schedule, CronJob) of an owner."""

    name: str
    role: WorkloadRole
    command: tuple[str, ...]
    port: int | None = None
    """Container port of its Service; None for a workload nobody connects to."""
    health_path: str | None = None
    """HTTP path of the readiness and liveness probes; None: probed by `health_command`."""
    health_command: tuple[str, ...] = ()
    scaling: Scaling
    resources: Resources
    stores: tuple[StoreUse, ...] = ()
    broker: BrokerUse | None = None
    settings: tuple[Setting, ...] = ()
    secrets: tuple[SecretSetting, ...] = ()
    signs_tokens: bool = False
    """True for the one workload that holds the private signing key; everyone else validates by JWKS."""
    schedule: str | None = None
    """Cron expression; None for a Deployment."""


class Migration(Frozen):
    """The Job that brings an owner's schema to an image's version before the rollout of that image."""

    name: str
    """Base name of the Job, and the `app.kubernetes.io/name` of its pods."""
    command: tuple[str, ...]
    stores: tuple[StoreUse, ...]
    resources: Resources


class Pipeline(Frozen):
    """How an owner releases, independent of every other owner and of this stack's lock (Global Anti-Patterns)."""

    owner: str
    namespace: str
    deployer: str
    """ServiceAccount whose rights end at the namespace."""
    source_paths: tuple[str, ...]
    """Path filter of the trigger, in the application's repository."""
    registry: str
    """Image repository, without tag or digest, that only this pipeline pushes to."""
    deployments: tuple[str, ...]
    release_record: str
    """ConfigMap in which the pipeline writes which image it released."""


class Service(Frozen):
    """The monolith or an extracted service: own namespace, workloads, stores, pipeline."""

    owner: str
    namespace: str
    image: str
    workloads: tuple[Workload, ...]
    migration: Migration | None
    jwks_path: str | None = None
    """Path at which this service publishes the public keys of the tokens it signs; None when it signs none."""


class Queue(Frozen):
    """A durable queue of one owner, with a dead-letter queue of its own."""

    name: str
    owner: str
    bindings: tuple[str, ...]
    """Routing keys bound to `Broker.exchange`; empty while nobody consumes it."""
    dead_letter_queue: str
    delivery_limit: int = 5


class BrokerUser(Frozen):
    """A broker user of one owner, with RabbitMQ's three permission patterns."""

    name: str
    owner: str
    configure: str
    write: str
    read: str


class Broker(Frozen):
    """RabbitMQ: the transport of domain events, and of nothing else."""

    name: str
    namespace: str
    owner: str
    virtual_host: str
    exchange: str
    """The topic exchange all domain events are published on: `domain.events`."""
    dead_letter_exchange: str
    instances: int
    storage_gib: int
    resources: Resources = Resources(cpu_request="250m", memory_request="512Mi", memory_limit="1Gi")
    """Of each instance."""
    users: tuple[BrokerUser, ...]
    queues: tuple[Queue, ...]


class Backend(Frozen):
    """One end of a route."""

    owner: str
    namespace: str
    service: str
    port: int
    weight: int
    """Share of the requests, 0 to 100; a route's weights sum to 100."""


class Route(Frozen):
    """One public path at the edge."""

    name: str
    owner: str
    path_prefix: str
    backends: tuple[Backend, ...]
    cohort: str | None = None
    """Header that pins a user to the new path while the weight moves; None for a stateless domain."""


class Edge(Frozen):
    """A declared synchronous read from one service to another: the only kind the roadmap allows (Global Anti-Patterns).

    It is a proxy Deployment of its own in the consumer's namespace: only the consumer may reach it, only it may reach
    the upstream, and it passes GET and HEAD alone.
    """

    name: str
    consumer: str
    """Owner that reads."""
    consumer_workloads: tuple[str, ...]
    namespace: str
    port: int
    upstream: str
    """Owner that is read."""
    upstream_namespace: str
    upstream_workload: str
    upstream_port: int
    path_prefixes: tuple[str, ...]
    timeout_seconds: float
    breaker_errors: int
    """Consecutive errors that open the circuit."""
    breaker_seconds: float
    """How long it stays open."""


class TokenIssuer(Frozen):
    """Who signs the access tokens that every service validates by public key, never by a shared secret."""

    owner: str
    issuer: str
    """The tokens' `iss` claim."""
    jwks_url: str
    """Where the public keys are read, from inside the cluster or, for an external issuer, over HTTPS."""


class SideEffect(Frozen):
    """Something that leaves the product and must happen once, with the one workload that delivers it."""

    name: str
    owner: str
    workload: str


class Peer(Frozen):
    """One end of a network path: pods by labels in a namespace, or addresses outside the cluster."""

    namespace: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    """Pod labels; empty for every pod of the namespace."""
    cidr: str | None = None
    except_cidrs: tuple[str, ...] = ()


class NetworkPath(Frozen):
    """A connection that is allowed; whatever is not declared is denied by default."""

    source: Peer
    target: Peer
    ports: tuple[int, ...]
    protocol: Literal["TCP", "UDP"] = "TCP"
    purpose: str
    """Why the path exists, in words; it becomes an annotation of the policy."""


class PublicEndpoint(Frozen):
    """Where the outside reaches the product."""

    namespace: str
    gateway: str
    gateway_class: str
    host: str
    tls_secret: str | None
    """Secret in the edge namespace with the host's certificate; None: plain HTTP, embedded and dev only."""


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
