"""ClickHouse: a StatefulSet of the official image with one database, an owner of it and readers, and no default user.

One instance: its content comes from events and can be fed again, and a second one would need a Keeper to agree
with. A parked store is the same objects with no pod: nothing of it is replaced on the way there or back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.credentials import Credential, carry_credential, generate_password, object_name
from components.kubernetes.clickhouse_pod import clickhouse_pod
from components.kubernetes.data_claim import data_claim, data_volume
from components.labels import labels, selector
from components.rendering import clickhouse as rendering
from components.rendering.digests import settings_digest
from roadmap.topology import Environment, Store, StoreUse

CHECKSUM_ANNOTATION = "service-extraction/settings"
SKIP_AWAIT = {"pulumi.com/skipAwait": "true"}
"""For the Service: its server is awaited already, and a parked one's has no endpoints to wait for.

Live and parked alike, so that parking does not even touch the Service.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickHouseArgs:
    """A ClickHouse that one owner, and nobody else, may reach."""

    store: Store
    """Name, owner, database, users and size; parked for no pod, discarding for no protection."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    image: str
    """The official image, or one made the same way."""
    storage_class: str | None
    """StorageClass of the volume; None for the cluster's default."""
    environment: Environment
    """Decides how long the pod may take to stop."""


class ClickHouse(pulumi.ComponentResource):
    """One ClickHouse server; its address is known once it answers."""

    credentials: Mapping[str, Credential]
    """Credential of each user, by user."""

    def __init__(self, name: str, args: ClickHouseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:kubernetes:ClickHouse", name, None, opts)
        store = args.store
        if store.database is None:
            raise ValueError(
                f"store {store.name} ({store.owner}): a ClickHouse needs the name of its database"
            )
        self._database = store.database
        child = pulumi.ResourceOptions(parent=self)
        protected = pulumi.ResourceOptions(parent=self, protect=not store.discarding)
        self._labels = labels(owner=store.owner, name=store.name, component="clickhouse")
        own_selector = selector(owner=store.owner, name=store.name)
        self.credentials = {user.name: self._credential(args, user.name) for user in store.users}
        passwords = pulumi.Output.all(**{user: c.password for user, c in self.credentials.items()})

        def users_file(found: Mapping[str, str]) -> str:
            return rendering.users_configuration(
                store.users, found, resources=store.resources, database=self._database
            )

        users = k8s.core.v1.Secret(
            f"{name}-users",
            metadata=self._metadata(f"{store.name}-users", args.namespace),
            string_data={"users.xml": passwords.apply(users_file)},
            opts=protected,
        )
        configuration = rendering.server_configuration(store.resources, database=self._database)
        settings = k8s.core.v1.ConfigMap(
            f"{name}-configuration",
            metadata=self._metadata(f"{store.name}-configuration", args.namespace),
            data={"config.xml": configuration},
            opts=child,
        )
        governing = k8s.core.v1.Service(
            f"{name}-governing-service",
            metadata=self._metadata(f"{store.name}-instances", args.namespace),
            spec={
                "cluster_ip": "None",
                "selector": own_selector,
                "ports": [{"name": "http", "port": rendering.HTTP_PORT}],
            },
            opts=child,
        )
        digest = passwords.apply(
            lambda found: settings_digest(
                [configuration, users_file(dict.fromkeys(found, ""))],
                generated=[found[user.name] for user in store.users],
                supplied=[],
            )
        )
        claim = data_claim(
            name,
            store,
            namespace=args.namespace,
            storage_class=args.storage_class,
            object_labels=self._labels,
            opts=protected,
        )
        server = k8s.apps.v1.StatefulSet(
            f"{name}-server",
            metadata=self._metadata(store.name, args.namespace),
            spec={
                "replicas": 0 if store.parked else 1,
                "service_name": governing.metadata.name,
                "selector": {"match_labels": own_selector},
                "template": {
                    "metadata": {
                        "labels": self._labels,
                        # The server would read changed users by itself, but only once the kubelet has brought
                        # them, which may be after the workloads began to log in with a new password.
                        "annotations": {CHECKSUM_ANNOTATION: pulumi.Output.unsecret(digest)},
                    },
                    "spec": clickhouse_pod(
                        store.resources,
                        image=args.image,
                        data=data_volume(claim),
                        users=users.metadata.name,
                        configuration=settings.metadata.name,
                        environment=args.environment,
                    ),
                },
            },
            opts=protected,
        )
        # After the server, through its namespace: the address is one of a server that answers.
        service = k8s.core.v1.Service(
            f"{name}-service",
            metadata={**self._metadata(store.name, server.metadata.namespace), "annotations": SKIP_AWAIT},
            spec={
                "selector": own_selector,
                "ports": [{"name": "http", "port": rendering.HTTP_PORT, "target_port": "http"}],
            },
            opts=child,
        )
        self._host = pulumi.Output.concat(service.metadata.name, ".", service.metadata.namespace, ".svc")
        self.register_outputs({"store": server.metadata.name})

    def url(self, use: StoreUse, password_variable: str) -> pulumi.Output[str]:
        """URL of the store's database, with the password left as a variable."""
        return self._host.apply(
            lambda host: rendering.clickhouse_url(
                user=use.user, password_variable=password_variable, host=host, database=self._database
            )
        )

    def _credential(self, args: ClickHouseArgs, user: str) -> Credential:
        resource_name = object_name(args.store.name, user)
        protect = not args.store.discarding
        return carry_credential(
            resource_name,
            username=user,
            password=generate_password(resource_name, parent=self, protect=protect),
            namespace=args.namespace,
            object_labels=self._labels,
            parent=self,
            protect=protect,
        )

    def _metadata(self, object_name: str, namespace: pulumi.Input[str]) -> k8s.meta.v1.ObjectMetaArgsDict:
        return {"name": object_name, "namespace": namespace, "labels": self._labels}
