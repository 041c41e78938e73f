"""What a topology may ask for that no component here builds: refused before the first resource is registered."""

from collections.abc import Collection

import pulumi

from roadmap.anti_patterns import anti_patterns_in
from roadmap.topology import Environment, Topology, WorkloadRole


def refuse_unbuildable(topology: Topology, *, supplied_secrets: Collection[str]) -> None:
    """Raise `pulumi.RunError` that lists everything in the topology that cannot be built, with its owner."""
    reasons = [
        *_foreign_stores(topology),
        *anti_patterns_in(topology),
        *_unbuildable(topology),
        *_missing_secrets(topology, supplied_secrets),
    ]
    if reasons:
        listed = "\n".join(f"  - {reason}" for reason in reasons)
        raise pulumi.RunError(f"{topology.stack}: this topology cannot be deployed:\n{listed}")


def _foreign_stores(topology: Topology) -> list[str]:
    """Principle 5, Shared-nothing between services, where it can still be refused by name."""
    owner_of = {store.name: store.owner for store in topology.stores}
    reasons: list[str] = []
    for service in topology.services:
        uses = [(workload.name, workload.stores) for workload in service.workloads]
        if service.migration is not None:
            uses.append((service.migration.name, service.migration.stores))
        reasons += [
            f"{name} ({service.owner}) uses store {use.store}, which is {owner_of.get(use.store, 'nobody')}'s: "
            f"give {service.owner} its own store, or read over an edge"
            for name, stores in uses
            for use in stores
            if owner_of.get(use.store) != service.owner
        ]
    return reasons


def _unbuildable(topology: Topology) -> list[str]:
    reasons: list[str] = []
    if topology.platform != "kubernetes":
        reasons.append(f"platform `{topology.platform}`: only `kubernetes` has components yet")
    reasons += [
        f"workload {workload.name} ({service.owner}): only the refresh of materialized views runs on a schedule"
        for service in topology.services
        for workload in service.workloads
        if workload.schedule is not None and workload.role is not WorkloadRole.REFRESH
    ]
    return reasons


def _missing_secrets(topology: Topology, supplied: Collection[str]) -> list[str]:
    if topology.environment is Environment.EMBEDDED:
        return []
    return [
        f"secret setting {setting} is not in the stack's config: "
        f"pulumi config set --secret --path service-extraction:application_secrets.{setting}"
        for setting in topology.application_secrets
        if setting not in supplied
    ]
