"""Operators' custom resources that lead to a store of another custom resource: poolers, databases, connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A custom resource that leads to, or lies in, another store of the same namespace."""

    group: str
    kind: str
    store_path: tuple[str, ...]
    services: tuple[str, ...] = ()
    logical_path: tuple[str, ...] | None = None
    secret_path: tuple[str, ...] | None = None
    """Where it names the Secret into which its connection is written; without one, the Secret has its own name."""


FRONTS: Final = (
    Front(
        group="postgresql.cnpg.io",
        kind="Pooler",
        store_path=("spec", "cluster", "name"),
        services=("{name}",),
    ),
    Front(
        group="postgresql.cnpg.io",
        kind="Database",
        store_path=("spec", "cluster", "name"),
        logical_path=("spec", "name"),
    ),
    Front(
        group="k8s.mariadb.com",
        kind="MaxScale",
        store_path=("spec", "mariaDbRef", "name"),
        services=("{name}",),
    ),
    Front(
        group="k8s.mariadb.com",
        kind="Connection",
        store_path=("spec", "mariaDbRef", "name"),
        services=(),
        logical_path=("spec", "database"),
        secret_path=("spec", "secretName"),
    ),
    Front(
        group="k8s.mariadb.com",
        kind="Database",
        store_path=("spec", "mariaDbRef", "name"),
        logical_path=("spec", "name"),
    ),
)

BY_KIND: Final = {(front.group, front.kind): front for front in FRONTS}
