"""A declared synchronous read: a proxy Deployment of its own between one consumer and one upstream.

It is no sidecar, which its pod could walk around: the network lets only the consumer reach the proxy and only the proxy
reach the upstream (Global Anti-Patterns, Synchronous inter-service calls in request path).
"""

import math
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes.core.v1 import ContainerArgsDict, PodSpecArgsDict, ProbeArgsDict

from components import pods
from components.application.pod import CHECKSUM_ANNOTATION, DRAIN_SECONDS
from components.labels import labels, selector
from components.rendering.digests import content_digest
from components.rendering.haproxy import HEALTH_PATH, haproxy_configuration, health_port
from roadmap.topology import Edge, Environment

PROXY_USER = 99
"""The official image's user."""
CONFIGURATION_FOLDER = "/usr/local/etc/haproxy"
CONFIGURATION_FILE = "haproxy.cfg"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeProxyArgs:
    """A declared read and where its proxy runs."""

    edge: Edge
    """Who reads whom, which paths, for how long, and when the circuit opens."""
    namespace: pulumi.Input[str]
    """Namespace of the consumer."""
    image: str
    """HAProxy's official image, 2.6 or later."""
    environment: Environment
    """Decides how long pods may take to stop."""


class EdgeProxy(pulumi.ComponentResource):
    """Two HAProxy pods behind a Service that has the edge's name."""

    url: str
    """Where the consumer's workloads read, inside the cluster."""

    def __init__(self, name: str, args: EdgeProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("extraction:edge:EdgeProxy", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        edge = args.edge
        own_labels = labels(owner=edge.consumer, name=edge.name, component="proxy")
        own_selector = selector(owner=edge.consumer, name=edge.name)
        configuration = haproxy_configuration(edge)
        config_map = k8s.core.v1.ConfigMap(
            f"{name}-configuration",
            metadata={
                "name": f"{edge.name}-configuration",
                "namespace": args.namespace,
                "labels": own_labels,
            },
            data={CONFIGURATION_FILE: configuration},
            opts=child,
        )
        account = k8s.core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata={"name": edge.name, "namespace": args.namespace, "labels": own_labels},
            automount_service_account_token=False,
            opts=child,
        )
        deployment = k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata={"name": edge.name, "namespace": args.namespace, "labels": own_labels},
            spec={
                "replicas": edge.pods,
                "selector": {"match_labels": own_selector},
                "strategy": {
                    "type": "RollingUpdate",
                    "rolling_update": {"max_unavailable": 0, "max_surge": 1},
                },
                "template": {
                    "metadata": {
                        "labels": own_labels,
                        # HAProxy reads its configuration at start only.
                        "annotations": {CHECKSUM_ANNOTATION: content_digest(configuration)},
                    },
                    "spec": _pod(args, config_map.metadata.name, account.metadata.name, own_selector),
                },
            },
            opts=child,
        )
        k8s.core.v1.Service(
            f"{name}-service",
            metadata={"name": edge.name, "namespace": args.namespace, "labels": own_labels},
            spec={
                "selector": own_selector,
                "ports": [{"name": "http", "port": edge.port, "target_port": "http"}],
            },
            # After the Deployment: a Service is awaited until it has endpoints.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        k8s.policy.v1.PodDisruptionBudget(
            f"{name}-disruption-budget",
            metadata={"name": edge.name, "namespace": args.namespace, "labels": own_labels},
            spec={
                "max_unavailable": 1,
                "selector": {"match_labels": own_selector},
                # A pod that is already not ready must not hold up a node's drain.
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=child,
        )
        self.url = f"http://{edge.name}.{edge.namespace}.svc:{edge.port}"
        self.register_outputs({"url": self.url})


def _pod(
    args: EdgeProxyArgs,
    configuration: pulumi.Input[str],
    service_account: pulumi.Input[str],
    own_selector: dict[str, str],
) -> PodSpecArgsDict:
    # Drained first, then the longest read still under way.
    stop_seconds = DRAIN_SECONDS + math.ceil(args.edge.timeout_seconds) + 5
    return {
        "service_account_name": service_account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "security_context": pods.pod_security(PROXY_USER),
        "termination_grace_period_seconds": pods.grace_seconds(args.environment, stop_seconds),
        "containers": [_container(args)],
        "volumes": [{"name": "configuration", "config_map": {"name": configuration}}],
        "topology_spread_constraints": [
            {
                "max_skew": 1,
                "topology_key": key,
                # A cluster of one node or zone must still be able to run it.
                "when_unsatisfiable": "ScheduleAnyway",
                "label_selector": {"match_labels": own_selector},
                # Old and new pods of a rollout are spread apart from each other, not together.
                "match_label_keys": ["pod-template-hash"],
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
    }


def _container(args: EdgeProxyArgs) -> ContainerArgsDict:
    container: ContainerArgsDict = {
        "name": "proxy",
        "image": args.image,
        "command": ["haproxy", "-db", "-f", f"{CONFIGURATION_FOLDER}/{CONFIGURATION_FILE}"],
        "ports": [
            {"name": "http", "container_port": args.edge.port},
            {"name": "health", "container_port": health_port(args.edge)},
        ],
        "security_context": pods.container_security(),
        "resources": pods.requirements(args.edge.resources),
        # Of the proxy alone: with the upstream's health in it, one outage would become two.
        "readiness_probe": _probe(failures=3),
        "liveness_probe": _probe(failures=6),
        "startup_probe": _probe(failures=30),
        "volume_mounts": [{"name": "configuration", "mount_path": CONFIGURATION_FOLDER, "read_only": True}],
    }
    if args.environment is not Environment.EMBEDDED:
        container["lifecycle"] = {"pre_stop": {"sleep": {"seconds": DRAIN_SECONDS}}}
    return container


def _probe(*, failures: int) -> ProbeArgsDict:
    return {
        "http_get": {"path": HEALTH_PATH, "port": "health"},
        "period_seconds": 5,
        "timeout_seconds": 3,
        "failure_threshold": failures,
    }
