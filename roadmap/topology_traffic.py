"""Traffic in a topology: events, public routes, declared reads, token issuers and network paths."""

from typing import Literal

from roadmap.topology_stores import Frozen, Resources


class Queue(Frozen):
    """A durable queue of one owner, with a dead-letter queue of its own."""

    name: str
    owner: str
    bindings: tuple[str, ...]
    """Routing keys bound to `Broker.exchange`; empty while nobody consumes it."""
    retired_bindings: tuple[str, ...] = ()
    """Routing keys that are bound while somebody consumes it, and now must not be."""
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
    retired_users: tuple[str, ...] = ()
    """Users of owners that another phase prepares and this one does not: they must not exist."""
    retired_queues: tuple[str, ...] = ()
    """Queues, dead-letter queues too, of such owners and of former phases: removed once they are empty."""


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
    """A declared synchronous read of a service, the only kind there is (ROADMAP.md, Global Anti-Patterns).

    It is a proxy Deployment of its own in the consumer's namespace: only the consumer may reach it, only it
    may reach the upstream, and it passes GET and HEAD alone.
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
    pods: int = 2
    """Pods of the proxy."""
    resources: Resources = Resources(cpu_request="50m", memory_request="64Mi", memory_limit="256Mi")
    """Of each pod; the limit holds the buffers of as many requests as the proxy admits."""


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
