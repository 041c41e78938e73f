"""The inputs that a program would have written for a live object."""

from __future__ import annotations

import copy
from typing import Final

from offline.providers.kubernetes.manifest import Manifest, field, remove_field

_WRITTEN_BY_CLUSTER: Final = (
    ("metadata", "creationTimestamp"),
    ("metadata", "generation"),
    ("metadata", "managedFields"),
    ("metadata", "resourceVersion"),
    ("metadata", "selfLink"),
    ("metadata", "uid"),
    ("metadata", "annotations", "deployment.kubernetes.io/revision"),
    ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
    ("status",),
)


def inputs_of_live(live: Manifest) -> Manifest:
    """A copy of the live object without what only the cluster writes."""
    inputs = copy.deepcopy(live)
    for path in _WRITTEN_BY_CLUSTER:
        remove_field(inputs, *path)
    if field(inputs, "metadata", "annotations") == {}:
        remove_field(inputs, "metadata", "annotations")
    return inputs
