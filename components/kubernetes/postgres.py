"""Postgres as a CloudNativePG `Cluster`, with credentials of our own.

The operator could generate the owner's password, but under a name of its own choosing and without a protected
resource behind it; a credential that is ours lives as long as its store.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.credentials import Credential, carry_credential, generate_password, object_name
from components.custom_object import custom_object
from components.labels import labels
from components.rendering.postgres import cluster_spec
from components.rendering.urls import postgres_jdbc_url, postgres_url
from roadmap.topology import Store, StoreUse

HIBERNATION = "cnpg.io/hibernation"
"""Annotation, and the condition that answers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresArgs:
    """A Postgres that one owner, and nobody else, may reach."""

    store: Store
    """Name, owner, database, roles, size and replicas."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    image: str
    """Image that the operator runs; CloudNativePG's own, or one made the same way."""
    storage_class: str | None
    """StorageClass of the volumes; None for the cluster's default."""


class Postgres(pulumi.ComponentResource):
    """A primary and its streaming replicas; exists once the operator calls them ready."""

    credentials: Mapping[str, Credential]
    """Credential of each role, by role."""

    def __init__(self, name: str, args: PostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:kubernetes:Postgres", name, None, opts)
        store = args.store
        own_labels = labels(owner=store.owner, name=store.name, component="postgres")
        keep = not store.discarding
        self.credentials = {
            user.name: carry_credential(
                object_name(store.name, user.name),
                username=user.name,
                password=generate_password(
                    object_name(store.name, user.name), parent=self, protect=keep and user.owns_database
                ),
                namespace=args.namespace,
                # The operator takes a changed password over without a restart only from a Secret so labelled.
                object_labels=own_labels | {"cnpg.io/reload": "true"},
                parent=self,
                protect=keep and user.owns_database,
            )
            for user in store.users
        }
        self._cluster = custom_object(
            f"{name}-cluster",
            api_version="postgresql.cnpg.io/v1",
            kind="Cluster",
            name=store.name,
            namespace=args.namespace,
            object_labels=own_labels,
            # The operator's declarative hibernation: no pod runs, every claim stays.
            annotations={HIBERNATION: "on" if store.parked else "off"},
            wait_for=f"condition={HIBERNATION}" if store.parked else "condition=Ready",
            spec=cluster_spec(
                store,
                image=args.image,
                storage_class=args.storage_class,
                secret_names={user: credential.secret_name for user, credential in self.credentials.items()},
                pod_labels=own_labels,
            ),
            opts=pulumi.ResourceOptions(parent=self, protect=keep),
        )
        self._store = store
        self.register_outputs({"store": self._cluster.name})

    def url(self, use: StoreUse, password_variable: str) -> pulumi.Output[str]:
        """URL of the primary or of the replicas, in the form that `use` says, with the password left as a variable."""
        service = "rw" if use.endpoint == "primary" else "ro"
        database = self._store.database or ""
        host = pulumi.Output.concat(self._cluster.name, f"-{service}.", self._cluster.namespace, ".svc")
        if use.form == "jdbc":
            return host.apply(lambda host: postgres_jdbc_url(host=host, database=database))
        return host.apply(
            lambda host: postgres_url(
                user=use.user, password_variable=password_variable, host=host, database=database
            )
        )
