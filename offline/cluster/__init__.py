"""The embedded cluster: a real Kubernetes control plane on loopback; its nodes, pods and operators are simulated."""

from offline.cluster.errors import ClusterError
from offline.cluster.lifecycle import ClusterInfo, down, status, up

__all__ = ["ClusterError", "ClusterInfo", "down", "status", "up"]
