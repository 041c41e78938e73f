"""Pods by the depth of a Celery queue, with KEDA: the CPU says nothing about waiting for somebody else's answer.

KEDA makes the HorizontalPodAutoscaler, so the Deployment must have none of its own and must not set `replicas`.
"""

from dataclasses import dataclass

import pulumi

from components.connections import Connections
from components.custom_object import custom_object
from components.labels import labels
from components.rendering.queue_trigger import redis_list_trigger
from components.rendering.urls import password_variable
from roadmap.topology import StoreUse, Workload

API_VERSION = "keda.sh/v1alpha1"
CELERY_BROKER = "CELERY_BROKER_URL"
"""Variable of the connection whose Redis holds the queues."""
POLLING_SECONDS = 15
COOLDOWN_SECONDS = 300
"""How long a queue must be short before pods go: a task that a worker has taken has left the queue, but is not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueScalingArgs:
    """A Deployment that is scaled by the depth of its queue."""

    owner: str
    """Owner of the workload."""
    workload: Workload
    """Least and greatest number of pods, the queue, and the connection to its Redis."""
    namespace: pulumi.Input[str]
    """Namespace of the Deployment, and of the credential that it and KEDA read."""
    deployment: pulumi.Input[str]
    """Name of the Deployment, known once it exists."""
    connections: Connections
    """Stores of the owner."""


class QueueScaling(pulumi.ComponentResource):
    """A KEDA `ScaledObject`, and the `TriggerAuthentication` by which it logs in to Redis as Celery does."""

    def __init__(self, name: str, args: QueueScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:application:QueueScaling", name, None, opts)
        workload = args.workload
        queue, use = _queue(workload)
        own_labels = labels(owner=args.owner, name=workload.name, component="autoscaler")
        store = args.connections.stores[use.store]
        credential = store.credentials[use.user]
        authentication = custom_object(
            f"{name}-authentication",
            api_version=API_VERSION,
            kind="TriggerAuthentication",
            name=workload.name,
            namespace=args.namespace,
            object_labels=own_labels,
            spec={
                "secretTargetRef": [
                    {"parameter": key, "name": credential.secret_name, "key": key}
                    for key in ("username", "password")
                ]
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        scaled = custom_object(
            f"{name}-scaled-object",
            api_version=API_VERSION,
            kind="ScaledObject",
            name=workload.name,
            namespace=args.namespace,
            object_labels=own_labels,
            wait_for="condition=Ready",
            spec={
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": args.deployment},
                "pollingInterval": POLLING_SECONDS,
                # KEDA's own cool-down counts only on the way to no pod at all, the autoscaler's window otherwise.
                "cooldownPeriod": COOLDOWN_SECONDS,
                "minReplicaCount": workload.scaling.minimum,
                "maxReplicaCount": workload.scaling.maximum,
                "advanced": {
                    "horizontalPodAutoscalerConfig": {
                        "behavior": {"scaleDown": {"stabilizationWindowSeconds": COOLDOWN_SECONDS}}
                    }
                },
                "triggers": [
                    pulumi.Output.all(
                        store.url(use, password_variable(use.variable)), authentication.name
                    ).apply(lambda found: redis_list_trigger(found[0], queue=queue, authentication=found[1]))
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"scaled_object": scaled.name})


def _queue(workload: Workload) -> tuple[str, StoreUse]:
    """Queue and connection of a workload; raises ValueError for one that has either not."""
    uses = [use for use in workload.stores if use.variable == CELERY_BROKER]
    if workload.scaling.queue is None or not uses:
        raise ValueError(
            f"{workload.name} cannot be scaled by the depth of a queue: it needs `scaling.queue` and a store "
            f"with variable {CELERY_BROKER}"
        )
    return workload.scaling.queue, uses[0]
