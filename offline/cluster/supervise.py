"""Bring single components up: keep the well ones, replace the rest, and say what a failing one wrote last."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from offline.cluster import processes
from offline.cluster.api import Server
from offline.cluster.components import Component
from offline.cluster.errors import ClusterError
from offline.cluster.layout import Layout
from offline.cluster.ports import LOOPBACK

Report = Callable[[str], None]

READY_SECONDS = 60.0
"""How long a component may take to become ready; on two idle cores the slowest takes three seconds."""
HUNG_SECONDS = 10.0
"""How long one that was running already may fail its health check before it is replaced."""
TELL_SECONDS = 3.0
"""A longer wait says so."""
GRACE_SECONDS = 3.0
"""How long a process may take to end politely."""


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Starts and watches the components of one cluster."""

    layout: Layout
    """Where the cluster lies."""
    ports: Mapping[str, int]
    """Its ports by name."""
    records: dict[str, processes.Record]
    """Components that run, by name; kept up to date."""
    find: Callable[[str], Path]
    """Path of a program by its name."""
    report: Report
    """Takes the progress lines."""
    started: list[str] = field(default_factory=list)
    """Components that this supervisor has started."""

    def bring_up(self, *wanted: Component) -> None:
        """Start those of the components that do not run, at once, and wait until all are ready.

        If one before them had to be started, they are started anew too: watches on the old one are lost, and it can
        take a controller half a minute to find out.
        Raises ClusterError with the last lines of the log of one that ends or does not become ready.
        """
        began = time.monotonic()
        cut_off = bool(self.started)
        for component in wanted:
            if not self._may_stay(component, cut_off=cut_off):
                self._start(component)
        for component in wanted:
            self._await_ready(component)
            if component.name in self.started:
                self.report(f"{component.name}: ready after {time.monotonic() - began:.1f} s")

    def _may_stay(self, component: Component, *, cut_off: bool) -> bool:
        record = self.records.get(component.name)
        if record is None:
            return False
        if cut_off:
            self.report(f"{component.name}: {self.started[0]} was started anew, so it is too")
        elif record.fingerprint != self._fingerprint(component):
            self.report(f"{component.name}: its program or configuration has changed, restarting it")
        elif self._becomes_healthy(component, HUNG_SECONDS):
            return True
        else:
            self.report(
                f"{component.name}: runs, but has not been well for {HUNG_SECONDS:.0f} s, restarting it"
            )
        processes.end([record.pid], grace_seconds=GRACE_SECONDS)
        return False

    def _start(self, component: Component) -> None:
        try:
            self.records[component.name] = processes.start(
                component.name,
                self._command(component),
                mark=str(self.layout.home),
                home=self.layout.home,
                folder=self.layout.processes,
                log=self._log(component),
                digest=self._fingerprint(component),
            )
        except OSError as error:
            raise ClusterError(
                f"{component.name} cannot be started: {error.strerror} ({error.filename})"
            ) from None
        self.started.append(component.name)

    def _await_ready(self, component: Component) -> None:
        if self._becomes_healthy(component, READY_SECONDS):
            return
        log = self._log(component)
        gone = not processes.alive(self.records[component.name], str(self.layout.home))
        what = "ended right after its start" if gone else f"did not become ready within {READY_SECONDS:.0f} s"
        raise ClusterError(
            f"{component.name} {what}; the last lines of {log}:\n{processes.tail(log)}\n"
            "  fix: what the log says, then try again; `python -m offline.cluster down` starts from nothing."
        )

    def _becomes_healthy(self, component: Component, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        with waiting(self.report, component.name) as tell:
            while not self._healthy(component):
                tell()
                if time.monotonic() > deadline or not self._alive(component):
                    return False
                time.sleep(0.05)
        return True

    def _healthy(self, component: Component) -> bool:
        port = self.ports[component.port]
        if component.authority is None:
            return _answers_plainly(port, component.health)
        # etcd admits only the API server, everybody else knows the administrator.
        client = "etcd-client" if component.authority == "etcd-ca" else "admin"
        server = Server.at(
            port, certificates=self.layout.certificates, client=client, authority=component.authority
        )
        return server.healthy(component.health)

    def _alive(self, component: Component) -> bool:
        return processes.alive(self.records[component.name], str(self.layout.home))

    def _command(self, component: Component) -> list[str]:
        return [str(self.find(component.program)), *component.arguments]

    def _fingerprint(self, component: Component) -> str:
        return processes.fingerprint(self._command(component), component.configuration)

    def _log(self, component: Component) -> Path:
        return self.layout.logs / f"{component.name}.log"


@contextmanager
def waiting(report: Report, what: str) -> Iterator[Callable[[], None]]:
    """Gives a function to call while waiting for `what`: it says so every few seconds."""
    began = last = time.monotonic()

    def tell() -> None:
        nonlocal last
        if time.monotonic() - last > TELL_SECONDS:
            last = time.monotonic()
            report(f"{what}: waiting, {last - began:.0f} s so far")

    yield tell


def end_all(layout: Layout, records: Mapping[str, processes.Record]) -> int:
    """End every process of the cluster, recorded or not; returns how many there were."""
    pids = [record.pid for record in records.values()] + processes.unrecorded(records, str(layout.home))
    processes.end(pids, grace_seconds=0)  # what they would tidy up is removed with their data
    return len(pids)


def _answers_plainly(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
