"""Names as one pod resolves them: its hosts file first, then the cluster's DNS, then domains that it searches, too."""

from __future__ import annotations

from ..resources import dig, sequence, text
from .names import Destination, Names
from .workloads import Workload


def alias(workload: Workload, host: str) -> str | None:
    """The address that the pod's own hosts file gives a name, before anybody asks the cluster's DNS."""
    for entry in sequence(dig(workload.pod, "hostAliases")):
        if host.lower() in {(text(name) or "").lower() for name in sequence(dig(entry, "hostnames"))}:
            return text(dig(entry, "ip"))
    return None


def resolve_in_pod(names: Names, workload: Workload, host: str) -> Destination | None:
    """Where a name leads for the pods of a workload; None for a word that is no known name."""
    known = alias(workload, host) or host
    found = names.resolve(known, workload.namespace, workload.resource.scope)
    if found is not None:
        return found
    for domain in sequence(dig(workload.pod, "dnsConfig", "searches")):
        full = f"{known}.{text(domain)}"
        found = names.resolve(full, workload.namespace, workload.resource.scope)
        if found is not None and (found.workloads or found.store is not None):
            return found
    return None
