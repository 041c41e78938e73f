"""Start, stop and state of the embedded cluster. Starting is mending: what is well stays, the rest is brought up."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from offline.cluster import bootstrap, kubeconfig, ports, processes
from offline.cluster.api import Server
from offline.cluster.components import Component, components
from offline.cluster.layout import Layout
from offline.cluster.lock import exclusive
from offline.cluster.supervise import Supervisor, end_all
from offline.toolchain import binary, crds

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterInfo:
    """The embedded cluster of one clone, as it is."""

    root: Path
    """The clone."""
    kubeconfig: Path
    """Kubeconfig of its administrator, mode 600."""
    context: str
    """The one context in it."""
    server: str
    """URL of the API server."""
    pids: Mapping[str, int | None]
    """Pid of each component by name, None for one that does not run."""
    logs: Path
    """Folder of the components' logs."""

    @property
    def running(self) -> bool:
        """Whether every component runs."""
        return all(self.pids.values())


def up(root: Path, report: Report = print) -> ClusterInfo:
    """Bring the embedded cluster of the clone at `root` up; one that runs and is well is left as it is.

    Raises ClusterError with one clear message if something does not become ready, ToolchainError if a program
    was not built. What was started by then keeps running, and the next call goes on from there.
    """
    layout = Layout.of(root)
    with exclusive(layout.root, report):
        began = time.monotonic()
        _require_programs(layout)
        _drop_what_is_not_of_this_clone(layout, report)
        layout.create()
        _ensure_certificates(layout)
        records = _living(layout)
        processes.end(processes.unrecorded(records, str(layout.home)), grace_seconds=1)
        chosen = _choose_ports(layout, frozenset(records), report)
        _write_kubeconfigs(layout, chosen)
        started = _bring_up(layout, chosen, records, report)
        info = status(root)
    if started:
        report(
            f"embedded cluster ready at {info.server} after {time.monotonic() - began:.1f} s; its pods are simulated"
        )
    else:
        report(f"embedded cluster is running already at {info.server}; its pods are simulated")
    return info


def down(root: Path, report: Report = print) -> None:
    """End every process of the clone's cluster and remove its folder; nothing else is touched.

    Raises ClusterError if what lies at the folder's place is not a cluster of ours.
    """
    layout = Layout.of(root)
    with exclusive(layout.root, report):
        if layout.made_for() is None:
            report(f"no embedded cluster at {layout.root}: nothing to stop")
            return
        _drop_what_is_not_of_this_clone(layout, report)
        ended = end_all(layout, _living(layout))
        layout.remove()
    report(f"embedded cluster of {layout.root} is gone: {ended} processes ended, {layout.home.name} removed")


def status(root: Path) -> ClusterInfo:
    """What runs of the clone's cluster; reads only, and waits for nobody."""
    layout = Layout.of(root)
    chosen = ports.read(layout.ports) or ports.preferred(layout.root)
    records = _living(layout)
    return ClusterInfo(
        root=layout.root,
        kubeconfig=layout.kubeconfig,
        context=kubeconfig.CONTEXT,
        server=_url(chosen),
        pids={name: records[name].pid if name in records else None for name in _names(layout)},
        logs=layout.logs,
    )


def _require_programs(layout: Layout) -> None:
    """Raise ToolchainError before anything is made if a program or the definitions were not built yet."""
    for component in components(layout, ports.preferred(layout.root)):
        binary(component.program)
    crds()


def _bring_up(
    layout: Layout, chosen: Mapping[str, int], records: dict[str, processes.Record], report: Report
) -> bool:
    """Bring every component up, in order; returns whether one had to be started."""
    parts = {component.name: component for component in components(layout, chosen)}
    supervisor = Supervisor(layout=layout, ports=chosen, records=records, find=binary, report=report)
    supervisor.bring_up(parts["etcd"])
    supervisor.bring_up(parts["kube-apiserver"])
    server = Server.at(chosen["apiserver"], certificates=layout.certificates, client="admin")
    began = time.monotonic()
    # Controllers and kwok look for kinds when they start: one that is defined later is found half a minute
    # later, or never.
    definitions = bootstrap.apply_definitions(server, layout, crds())
    bootstrap.apply_objects(server)
    if supervisor.started:
        report(f"custom resource definitions: {definitions} served after {time.monotonic() - began:.1f} s")
    supervisor.bring_up(parts["kube-controller-manager"], parts["kube-scheduler"], parts["kwok"])
    bootstrap.await_working(server)
    return bool(supervisor.started)


def _drop_what_is_not_of_this_clone(layout: Layout, report: Report) -> None:
    """A folder that came along with a copied clone is dropped; the cluster it names, which is another clone's, goes on.

    If the other clone is no longer there, this one was moved: then its processes, which serve files that are
    gone, are ended.
    """
    made_for = layout.made_for()
    if made_for in (None, layout.root):
        return
    assert made_for is not None
    origin = Layout(root=made_for)
    if not origin.home.exists():
        records = processes.recorded(layout.processes)
        alive = {name: one for name, one in records.items() if processes.alive(one, str(origin.home))}
        end_all(origin, alive)
    report(f"{layout.home} belongs to {made_for}: dropped, this clone gets a cluster of its own")
    layout.remove()


def _living(layout: Layout) -> dict[str, processes.Record]:
    mark = str(layout.home)
    records = processes.recorded(layout.processes)
    return {name: record for name, record in records.items() if processes.alive(record, mark)}


def _choose_ports(layout: Layout, running: frozenset[str], report: Report) -> dict[str, int]:
    """Keep the ports of the last start (or the clone's own), replaced where somebody else listens by now."""
    parts: list[Component] = components(layout, ports.preferred(layout.root))
    ours = {component.port for component in parts if component.name in running}
    if "etcd" in ours:
        ours.add("etcd-peer")
    wanted = ports.read(layout.ports) or ports.preferred(layout.root)
    chosen = ports.choose(wanted, ours=frozenset(ours))
    for name, port in chosen.items():
        if port != wanted[name]:
            report(f"port {wanted[name]} is taken by another program: {name} gets {port}")
    ports.write(layout.ports, chosen)
    return chosen


def _ensure_certificates(layout: Layout) -> None:
    if not layout.certificates.is_dir():
        # Imported here: `status` and a second `up` need no cryptography, and are quicker without it.
        from offline.cluster import certificates

        certificates.make(layout.certificates)


def _write_kubeconfigs(layout: Layout, chosen: Mapping[str, int]) -> None:
    """Kubeconfigs of administrator and components; rewritten at every start, so that a damaged one is mended."""
    files = {"admin": layout.kubeconfig}
    files |= {name: layout.identities / name for name in ("controller-manager", "scheduler", "kwok")}
    for client, path in files.items():
        text = kubeconfig.render(server=_url(chosen), certificates=layout.certificates, client=client)
        kubeconfig.write(path, text)


def _names(layout: Layout) -> list[str]:
    return [component.name for component in components(layout, ports.preferred(layout.root))]


def _url(chosen: Mapping[str, int]) -> str:
    return f"https://{ports.LOOPBACK}:{chosen['apiserver']}"
