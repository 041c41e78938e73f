"""The processes of the cluster in start order: their command lines, and the endpoint that says each is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from offline.cluster.layout import Layout
from offline.cluster.ports import LOOPBACK

SERVICE_RANGE = "10.96.0.0/16"
POD_RANGE = "10.244.0.0/16"

STAGES = Path(__file__).parent / "stages"
"""Stage objects: what the simulated kubelet, volume provisioner and operators do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One process of the cluster."""

    name: str
    """Name of its process record and log."""
    program: str
    """Name of its binary."""
    arguments: tuple[str, ...]
    """Command line behind the program."""
    port: str
    """Name of the port its health endpoint listens on."""
    health: str
    """Path of the health endpoint, which answers 200 once it is ready."""
    authority: str | None = "ca"
    """Authority of its serving certificate, None if it speaks plain HTTP."""
    configuration: tuple[Path, ...] = ()
    """Files it reads only when it starts: a changed one means a restart."""


def stage_files() -> list[Path]:
    """Every file of Stage objects, in a fixed order."""
    return sorted(STAGES.glob("*.yaml"))


def components(layout: Layout, ports: Mapping[str, int]) -> list[Component]:
    """All components in start order: each needs those before it."""
    return [
        _etcd(layout, ports),
        _apiserver(layout, ports),
        _controller_manager(layout, ports),
        _scheduler(layout, ports),
        _kwok(layout, ports),
    ]


def _etcd(layout: Layout, ports: Mapping[str, int]) -> Component:
    client, peer = (f"https://{LOOPBACK}:{ports[name]}" for name in ("etcd", "etcd-peer"))
    certificates = layout.certificates
    return Component(
        name="etcd",
        program="etcd",
        port="etcd",
        health="/readyz",
        authority="etcd-ca",
        arguments=(
            "--name=embedded",
            f"--data-dir={layout.data}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=embedded={peer}",
            f"--cert-file={certificates}/etcd.crt",
            f"--key-file={certificates}/etcd.key",
            f"--trusted-ca-file={certificates}/etcd-ca.crt",
            "--client-cert-auth",
            f"--peer-cert-file={certificates}/etcd.crt",
            f"--peer-key-file={certificates}/etcd.key",
            f"--peer-trusted-ca-file={certificates}/etcd-ca.crt",
            "--peer-client-cert-auth",
            # A lost machine loses a simulated cluster's last second; a killed process loses nothing.
            "--unsafe-no-fsync",
            # A single member elects itself after this many milliseconds, at every start.
            "--heartbeat-interval=20",
            "--election-timeout=200",
            "--log-level=warn",
        ),
    )


def _apiserver(layout: Layout, ports: Mapping[str, int]) -> Component:
    certificates = layout.certificates
    return Component(
        name="kube-apiserver",
        program="kube-apiserver",
        port="apiserver",
        health="/readyz",
        arguments=(
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            # Loopback is no valid endpoint of the `kubernetes` Service, and no simulated pod could call it.
            "--endpoint-reconciler-type=none",
            f"--secure-port={ports['apiserver']}",
            f"--etcd-servers=https://{LOOPBACK}:{ports['etcd']}",
            f"--etcd-cafile={certificates}/etcd-ca.crt",
            f"--etcd-certfile={certificates}/etcd-client.crt",
            f"--etcd-keyfile={certificates}/etcd-client.key",
            f"--client-ca-file={certificates}/ca.crt",
            f"--tls-cert-file={certificates}/apiserver.crt",
            f"--tls-private-key-file={certificates}/apiserver.key",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={certificates}/service-account.pub",
            f"--service-account-signing-key-file={certificates}/service-account.key",
            f"--service-cluster-ip-range={SERVICE_RANGE}",
            "--authorization-mode=Node,RBAC",
            # Whether a privileged pod may run is for Pod Security to say, not for a switch that hides it.
            "--allow-privileged=true",
            "--profiling=false",
        ),
    )


def _controller_manager(layout: Layout, ports: Mapping[str, int]) -> Component:
    certificates = layout.certificates
    kubeconfig = layout.identities / "controller-manager"
    return Component(
        name="kube-controller-manager",
        program="kube-controller-manager",
        port="controller-manager",
        health="/healthz",
        arguments=(
            f"--bind-address={LOOPBACK}",
            f"--secure-port={ports['controller-manager']}",
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            f"--tls-cert-file={certificates}/components.crt",
            f"--tls-private-key-file={certificates}/components.key",
            f"--client-ca-file={certificates}/ca.crt",
            f"--root-ca-file={certificates}/ca.crt",
            f"--cluster-signing-cert-file={certificates}/ca.crt",
            f"--cluster-signing-key-file={certificates}/ca.key",
            f"--service-account-private-key-file={certificates}/service-account.key",
            "--use-service-account-credentials=true",
            "--leader-elect=false",
            # Nobody renews the leases of simulated nodes.
            "--controllers=*,-node-lifecycle-controller",
            # A person waits for it: defaults are meant for clusters of thousands of objects.
            "--kube-api-qps=300",
            "--kube-api-burst=400",
            "--horizontal-pod-autoscaler-sync-period=2s",
            "--profiling=false",
        ),
    )


def _scheduler(layout: Layout, ports: Mapping[str, int]) -> Component:
    certificates = layout.certificates
    kubeconfig = layout.identities / "scheduler"
    return Component(
        name="kube-scheduler",
        program="kube-scheduler",
        port="scheduler",
        health="/readyz",
        arguments=(
            f"--bind-address={LOOPBACK}",
            f"--secure-port={ports['scheduler']}",
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            f"--tls-cert-file={certificates}/components.crt",
            f"--tls-private-key-file={certificates}/components.key",
            f"--client-ca-file={certificates}/ca.crt",
            "--leader-elect=false",
            "--kube-api-qps=300",
            "--kube-api-burst=400",
            "--profiling=false",
        ),
    )


def _kwok(layout: Layout, ports: Mapping[str, int]) -> Component:
    stages = stage_files()
    return Component(
        name="kwok",
        program="kwok",
        port="kwok",
        health="/healthz",
        authority=None,
        configuration=tuple(stages),
        arguments=(
            f"--kubeconfig={layout.identities / 'kwok'}",
            *(f"--config={path}" for path in stages),
            "--manage-all-nodes",
            f"--node-ip={LOOPBACK}",
            f"--cidr={POD_RANGE}",
            f"--server-address={LOOPBACK}:{ports['kwok']}",
            "--node-lease-duration-seconds=0",
            "--v=WARN",
        ),
    )
