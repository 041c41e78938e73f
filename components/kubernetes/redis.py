"""Redis: a StatefulSet of the official image, one ACL user per use, nothing for the default user.

One instance: what it holds (queued tasks, cached values, pub/sub) is rebuilt or retried, so the append-only
file on a volume is enough, and a replica that nobody fails over to would only look like more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.credentials import Credential, carry_credential, generate_password, object_name
from components.kubernetes.data_claim import data_claim, data_volume
from components.kubernetes.redis_pod import PORT, redis_pod
from components.labels import labels, selector
from components.rendering import redis as rendering
from components.rendering.digests import settings_digest
from components.rendering.urls import redis_url
from roadmap.topology import Environment, Store, StoreUse

CHECKSUM_ANNOTATION = "service-extraction/settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisArgs:
    """A Redis that one owner, and nobody else, may reach."""

    store: Store
    """Name, owner, ACL users and size."""
    namespace: pulumi.Input[str]
    """Namespace of the owner."""
    image: str
    """The official image, or one made the same way."""
    storage_class: str | None
    """StorageClass of the volume; None for the cluster's default."""
    environment: Environment
    """Decides how long the pod may take to stop."""


class Redis(pulumi.ComponentResource):
    """One Redis server; its address is known once it answers."""

    credentials: Mapping[str, Credential]
    """Credential of each ACL user, by user."""

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:kubernetes:Redis", name, None, opts)
        store = args.store
        child = pulumi.ResourceOptions(parent=self)
        protected = pulumi.ResourceOptions(parent=self, protect=True)
        own_labels = labels(owner=store.owner, name=store.name, component="redis")
        own_selector = selector(owner=store.owner, name=store.name)
        self.credentials = {
            user.name: carry_credential(
                object_name(store.name, user.name),
                username=user.name,
                password=generate_password(object_name(store.name, user.name), parent=self, protect=True),
                namespace=args.namespace,
                object_labels=own_labels,
                parent=self,
                protect=True,
            )
            for user in store.users
        }
        passwords = pulumi.Output.all(**{user: c.password for user, c in self.credentials.items()})
        users = k8s.core.v1.Secret(
            f"{name}-users",
            metadata={"name": f"{store.name}-users", "namespace": args.namespace, "labels": own_labels},
            string_data={"users.acl": passwords.apply(lambda found: rendering.users_acl(store.users, found))},
            opts=protected,
        )
        configuration = rendering.server_configuration(store.resources)
        settings = k8s.core.v1.ConfigMap(
            f"{name}-configuration",
            metadata={
                "name": f"{store.name}-configuration",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            data={"redis.conf": configuration},
            opts=child,
        )
        governing = k8s.core.v1.Service(
            f"{name}-governing-service",
            metadata={
                "name": f"{store.name}-instances",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            spec={
                "cluster_ip": "None",
                "selector": own_selector,
                "ports": [{"name": "redis", "port": PORT}],
            },
            opts=child,
        )
        digest = passwords.apply(
            lambda found: settings_digest(
                [configuration, rendering.users_acl(store.users, dict.fromkeys(found, ""))],
                generated=[found[user.name] for user in store.users],
                supplied=[],
            )
        )
        claim = data_claim(
            name,
            store,
            namespace=args.namespace,
            storage_class=args.storage_class,
            object_labels=own_labels,
            opts=protected,
        )
        server = k8s.apps.v1.StatefulSet(
            f"{name}-server",
            metadata={"name": store.name, "namespace": args.namespace, "labels": own_labels},
            spec={
                "replicas": 1,
                "service_name": governing.metadata.name,
                "selector": {"match_labels": own_selector},
                "template": {
                    "metadata": {
                        "labels": own_labels,
                        # Redis reads its users at start only.
                        "annotations": {CHECKSUM_ANNOTATION: pulumi.Output.unsecret(digest)},
                    },
                    "spec": redis_pod(
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
        # After the server, through its namespace: a Service is awaited until it has endpoints.
        service = k8s.core.v1.Service(
            f"{name}-service",
            metadata={"name": store.name, "namespace": server.metadata.namespace, "labels": own_labels},
            spec={
                "selector": own_selector,
                "ports": [{"name": "redis", "port": PORT, "target_port": "redis"}],
            },
            opts=child,
        )
        self._host = pulumi.Output.concat(service.metadata.name, ".", service.metadata.namespace, ".svc")
        self.register_outputs({"store": server.metadata.name})

    def url(self, use: StoreUse, password_variable: str) -> pulumi.Output[str]:
        """URL of the logical database that `use` names, with the password left as a variable."""
        return self._host.apply(
            lambda host: redis_url(
                user=use.user,
                password_variable=password_variable,
                host=host,
                database=use.redis_database,
            )
        )
