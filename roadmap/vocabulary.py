"""Words that the program and the policy packs share, apart from the models that take long to load."""

from enum import StrEnum

MONOLITH = "monolith"
"""The owner of everything that no domain has taken with it yet."""


class WorkloadRole(StrEnum):
    """What a workload does for its owner."""

    API = "api"
    WORKER = "worker"
    BEAT = "beat"
    GATEWAY = "gateway"
    REFRESH = "refresh"
    PROXY = "proxy"


def keys_edge(consumer: str, issuer: str) -> str:
    """Name of the edge over which a consumer reads an issuer's public keys."""
    return f"{consumer}-reads-{issuer}-keys"
