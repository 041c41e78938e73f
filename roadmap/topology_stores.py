"""Stores in a topology: what holds state, who may use it, and how a workload is connected."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of all topology values: immutable, compared by value, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreKind(StrEnum):
    """The server that holds a store."""

    POSTGRES = "postgres"
    REDIS = "redis"
    CLICKHOUSE = "clickhouse"


class StoreUser(Frozen):
    """A role (Postgres, ClickHouse) or ACL user (Redis) of one store, with its own credential."""

    name: str
    owns_database: bool = False
    """Postgres: this role owns the logical database and may run migrations."""
    reads: tuple[str, ...] = ()
    """Postgres: tables of schema `public` that a role beside the owner may read; `*` for all of them."""
    writes: tuple[str, ...] = ()
    """Postgres: tables of schema `public` whose rows a role beside the owner may also replace."""
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
    discarding: bool = False
    """True in the update before a parked store may go: it loses its protection."""
    administrator: str | None = None
    """First user of a product that keeps its own accounts in this store; the credential lives as long as the store."""
    retired_users: tuple[str, ...] = ()
    """Postgres: roles that another phase has and this one has not; they must not be able to log in any more."""
    retired_views: tuple[str, ...] = ()
    """Materialized views that another phase has and this one has not, each as `schema.name`."""

    @property
    def needs_grants(self) -> bool:
        """Whether roles beside the owner of the database are, or may have been, in this Postgres."""
        beside = any(not user.owns_database for user in self.users) or bool(self.retired_users)
        return self.kind is StoreKind.POSTGRES and beside


class StoreUse(Frozen):
    """One workload's connection to a store of its owner, handed over as a URL in an environment variable."""

    store: str
    user: str
    variable: str
    endpoint: Literal["primary", "replica"] = "primary"
    redis_database: int = 0
    form: Literal["url", "jdbc"] = "url"
    """`jdbc`: the variable holds a JDBC URL without a user, which stands in a variable `..._USERNAME` beside it."""
