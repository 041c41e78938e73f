"""What decides how many pods a workload has: the CPU, the depth of a queue, or nobody."""

from enum import Enum
from typing import Literal

import pulumi
import pulumi_kubernetes as k8s

from roadmap.topology import Scaling, Workload


class ScaledBy(Enum):
    """Who writes the number of a Deployment's replicas."""

    NOBODY = "nobody"
    CPU = "cpu"
    QUEUE = "queue"


def scaled_by(scaling: Scaling, queue_autoscaler: Literal["keda"] | None) -> ScaledBy:
    """A workload that waits for others is never scaled by its CPU, which says nothing about that."""
    if scaling.maximum == scaling.minimum:
        return ScaledBy.NOBODY
    if scaling.queue is None:
        return ScaledBy.CPU
    return ScaledBy.QUEUE if queue_autoscaler == "keda" else ScaledBy.NOBODY


def cpu_autoscaler(
    name: str,
    workload: Workload,
    *,
    deployment: pulumi.Output[str],
    namespace: pulumi.Input[str],
    own_labels: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Register the autoscaler of a Deployment, between the workload's bounds."""
    k8s.autoscaling.v2.HorizontalPodAutoscaler(
        f"{name}-autoscaler",
        metadata={"name": workload.name, "namespace": namespace, "labels": own_labels},
        spec={
            "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": deployment},
            "min_replicas": workload.scaling.minimum,
            "max_replicas": workload.scaling.maximum,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {
                            "type": "Utilization",
                            "average_utilization": workload.scaling.cpu_utilization_percent,
                        },
                    },
                }
            ],
        },
        opts=opts,
    )
