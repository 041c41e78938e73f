"""Where a stack stood after its last completed update: the little of a topology that moves are judged by.

It is read from an earlier version's output, so it asks for no more than it needs and ignores the rest.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from roadmap.refusal import Refusal
from roadmap.topology import DomainPlacement, Exemption, StoreKind, Topology


class Recorded(BaseModel):
    """Base of what is read back: frozen, tolerant of fields that a later version added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RecordedPlacement(DomainPlacement):
    """A placement as it was exported."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RecordedStore(Recorded):
    """A store as it was exported."""

    name: str
    kind: StoreKind
    owner: str
    namespace: str
    database: str | None = None
    """None where the kind has none; the engine drops such a field from its outputs."""
    storage_gib: int


class Standing(Recorded):
    """Placements, stores and open exemptions of one topology."""

    stack: str
    year: int
    domains: tuple[RecordedPlacement, ...]
    stores: tuple[RecordedStore, ...]
    exemptions: tuple[Exemption, ...] = ()

    def placement(self, domain: str) -> DomainPlacement | None:
        """Where a domain stood; None for one that the catalog did not know then."""
        return next((placement for placement in self.domains if placement.domain == domain), None)


def standing_of(topology: Topology) -> Standing:
    """The standing of a resolved topology."""
    return Standing.model_validate(topology.model_dump())


def read_standing(outputs: Mapping[str, Any], file: str) -> Standing:
    """The standing in a stack's exported topology; raises Refusal where it cannot be read."""
    try:
        return Standing.model_validate(dict(outputs))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Refusal(
            f"the topology that this stack exported last cannot be read at `{place}`: {error.errors()[0]['msg']}",
            file=file,
            key="outputs.topology",
            fix="bring it back with `pulumi stack export`, or run the version that wrote it",
        ) from None
