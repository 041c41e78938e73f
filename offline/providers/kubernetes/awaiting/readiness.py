"""The verdict on one look at an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from offline.providers.kubernetes.kinds import ObjectType
from offline.providers.kubernetes.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ready when nothing is missing; hopeless when no waiting will help."""

    missing: tuple[str, ...] = ()
    """What the object still lacks, a sentence each."""
    hopeless: bool = False
    """Whether the object failed for good."""

    @property
    def ready(self) -> bool:
        """Whether the wait is over, successfully."""
        return not self.missing


READY = Readiness()


def lacking(*missing: str) -> Readiness:
    """Not ready, for these reasons; READY without any."""
    return Readiness(tuple(text for text in missing if text))


def failed(*missing: str) -> Readiness:
    """Never going to be ready, for these reasons."""
    return Readiness(tuple(missing), hopeless=True)


class Lookup(Protocol):
    """The reads that a verdict may need besides the object itself."""

    def list(self, object_type: ObjectType, namespace: str, **query: str | None) -> list[Manifest]:
        """The objects of a namespace."""
        ...

    def get_by_name(self, object_type: ObjectType, namespace: str, name: str) -> Manifest:
        """One object; raises ApiError."""
        ...


Judge = Callable[[Manifest, Lookup], Readiness]
"""Judges a live object."""


def by_itself(verdict: Callable[[Manifest], Readiness]) -> Judge:
    """The judge of an object whose own status tells everything."""
    return lambda live, _lookup: verdict(live)
