"""RabbitMQ by its cluster operator: the transport of domain events, shared by all, with a user of its own for each.

Isolation is the user, its permissions and its queues, never a shared credential. All of them come from one
definitions document, which a Job imports each time it has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

from components.credentials import Credential, carry_credential, generate_password, object_name
from components.custom_object import custom_object
from components.kubernetes.broker_definitions import DefinitionsImport, DefinitionsImportArgs
from components.labels import COMPONENT, NAME, labels
from components.rendering.rabbitmq import SALT_BYTES, password_hash
from components.rendering.urls import amqp_url
from roadmap.topology import Broker, BrokerUse, Environment

ADMINISTRATOR = "administrator"
RABBITMQ_USER = 999
"""User `rabbitmq` of the official image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitMQArgs:
    """The broker of domain events."""

    broker: Broker
    """Virtual host, exchanges, queues, users and size."""
    namespace: pulumi.Input[str]
    """Namespace of the broker."""
    owner_namespaces: Mapping[str, pulumi.Output[str]]
    """Namespace of each owner: where the credential of that owner's user goes."""
    image: str
    """Image of the server, with the management plugin."""
    definitions_image: str
    """Image with `curl`, which imports the definitions."""
    storage_class: str | None
    """StorageClass of the volumes; None for the cluster's default."""
    environment: Environment
    """Decides how long the import's pod may take to stop."""


class RabbitMQ(pulumi.ComponentResource):
    """A broker, and the users, exchanges and queues on it."""

    credentials: Mapping[str, Credential]
    """Credential of each user, by user, in the namespace of the user's owner."""
    ready: pulumi.Resource
    """The import of the definitions: once it exists, users and queues do."""

    def __init__(self, name: str, args: RabbitMQArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:kubernetes:RabbitMQ", name, None, opts)
        broker = args.broker
        own_labels = labels(owner=broker.owner, name=broker.name, component="rabbitmq")
        host = f"{broker.name}.{broker.namespace}.svc"
        administrator = self._administrator(args, own_labels, host)
        hashes: dict[str, pulumi.Output[str]] = {}
        credentials: dict[str, Credential] = {}
        for user in broker.users:
            user_name = object_name(broker.name, user.name)
            # Not protected: a user comes and goes with its owner's phase, and opens nothing that would be lost.
            password = generate_password(user_name, parent=self, protect=False)
            salt = random.RandomBytes(
                f"{user_name}-salt", length=SALT_BYTES, opts=pulumi.ResourceOptions(parent=self)
            )
            hashes[user.name] = pulumi.Output.all(password, salt.base64).apply(
                lambda found: password_hash(found[0], found[1])
            )
            credentials[user.name] = carry_credential(
                user_name,
                username=user.name,
                password=password,
                namespace=args.owner_namespaces[user.owner],
                object_labels=labels(owner=user.owner, name=user_name, component="rabbitmq"),
                parent=self,
                protect=False,
            )
        cluster = custom_object(
            f"{name}-cluster",
            api_version="rabbitmq.com/v1beta1",
            kind="RabbitmqCluster",
            name=broker.name,
            namespace=args.namespace,
            object_labels=own_labels,
            wait_for="condition=AllReplicasReady",
            spec=_cluster_spec(args, administrator.secret_name),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        if broker.instances > 1:
            # The operator makes none; two nodes of three away would stop every quorum queue.
            k8s.policy.v1.PodDisruptionBudget(
                f"{name}-disruption-budget",
                metadata={"name": broker.name, "namespace": args.namespace, "labels": own_labels},
                spec={"max_unavailable": 1, "selector": {"match_labels": _node_labels(broker)}},
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.credentials = credentials
        self._host = pulumi.Output.concat(cluster.name, ".", cluster.namespace, ".svc")
        self.ready = DefinitionsImport(
            f"{name}-definitions",
            DefinitionsImportArgs(
                broker=broker,
                namespace=args.namespace,
                host=self._host,
                administrator=administrator,
                password_hashes=pulumi.Output.all(**hashes),
                image=args.definitions_image,
                environment=args.environment,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self._virtual_host = broker.virtual_host
        self.register_outputs({"broker": cluster.name})

    def url(self, use: BrokerUse, password_variable: str) -> pulumi.Output[str]:
        """AMQP URL of one user, with the password left as a variable."""
        return self._host.apply(
            lambda host: amqp_url(
                user=use.user,
                password_variable=password_variable,
                host=host,
                virtual_host=self._virtual_host,
            )
        )

    def _administrator(self, args: RabbitMQArgs, own_labels: Mapping[str, str], host: str) -> Credential:
        """The default user, in the form that the operator expects of `secretBackend.externalSecret`."""
        name = object_name(args.broker.name, ADMINISTRATOR)
        password = generate_password(name, parent=self, protect=True)
        return carry_credential(
            name,
            username=ADMINISTRATOR,
            password=password,
            namespace=args.namespace,
            object_labels=own_labels,
            parent=self,
            protect=True,
            extra={
                "default_user.conf": password.apply(
                    lambda found: f"default_user = {ADMINISTRATOR}\ndefault_pass = {found}\n"
                ),
                "host": host,
                "port": "5672",
                "provider": "rabbitmq",
                "type": "rabbitmq",
            },
        )


def _node_labels(broker: Broker) -> dict[str, str]:
    """What the operator itself puts on the pods."""
    return {NAME: broker.name, COMPONENT: "rabbitmq"}


def _cluster_spec(args: RabbitMQArgs, administrator: pulumi.Output[str]) -> dict[str, object]:
    resources = args.broker.resources
    memory = {"memory": resources.memory_limit}
    persistence: dict[str, object] = {"storage": f"{args.broker.storage_gib}Gi"}
    if args.storage_class is not None:
        persistence["storageClassName"] = args.storage_class
    container = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {
        "replicas": args.broker.instances,
        "image": args.image,
        "persistence": persistence,
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {
                        "weight": 100,
                        "podAffinityTerm": {
                            "topologyKey": "kubernetes.io/hostname",
                            "labelSelector": {"matchLabels": _node_labels(args.broker)},
                        },
                    }
                ]
            }
        },
        # The operator wants request and limit of memory to be one: the broker raises its alarm from the
        # limit.
        "resources": {"requests": {"cpu": resources.cpu_request, **memory}, "limits": memory},
        "secretBackend": {"externalSecret": {"name": administrator}},
        # The operator's own pod template is not `restricted` before its version 2.17.
        # https://github.com/rabbitmq/cluster-operator/pull/1961
        "override": {
            "statefulSet": {
                "spec": {
                    "template": {
                        "spec": {
                            "securityContext": {
                                "runAsNonRoot": True,
                                "runAsUser": RABBITMQ_USER,
                                "runAsGroup": RABBITMQ_USER,
                                "fsGroup": RABBITMQ_USER,
                                "seccompProfile": {"type": "RuntimeDefault"},
                            },
                            "initContainers": [{"name": "setup-container", "securityContext": container}],
                            "containers": [{"name": "rabbitmq", "securityContext": container}],
                        }
                    }
                }
            }
        },
    }
