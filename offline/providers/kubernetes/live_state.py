"""The part of a live object that the program is responsible for."""

from __future__ import annotations

import copy
from typing import Any

from offline.providers.kubernetes.manifest import Manifest, field


def pruned(live: Manifest, inputs: Manifest) -> Manifest:
    """The live object reduced to the shape of the inputs: what the inputs do not name is the cluster's own business.

    Lists are matched by position and cut to the length that the inputs have.
    """
    return {key: _pruned(value, inputs[key]) for key, value in live.items() if key in inputs}


def _pruned(live: Any, inputs: Any) -> Any:
    if isinstance(live, dict) and isinstance(inputs, dict):
        return pruned(live, inputs)
    if isinstance(live, list) and isinstance(inputs, list):
        return [_pruned(value, wanted) for value, wanted in zip(live, inputs, strict=False)]
    return copy.deepcopy(live)


def with_dropped_inputs(live_inputs: Any, live: Any, old_live: Any, old_inputs: Any) -> Any:
    """`live_inputs` and those old inputs that the API server never took up (unknown fields, empty maps).

    They were absent from the live object before and are absent now, so nobody changed them; without them every refresh
    would be followed by an update that changes nothing.
    """
    if isinstance(live_inputs, list) and isinstance(old_inputs, list):
        return [
            with_dropped_inputs(
                value, _child(live, index), _child(old_live, index), _child(old_inputs, index)
            )
            for index, value in enumerate(live_inputs)
        ]
    if not (isinstance(live_inputs, dict) and isinstance(old_inputs, dict)):
        return live_inputs
    result = {}
    for key, value in live_inputs.items():
        result[key] = with_dropped_inputs(
            value, _child(live, key), _child(old_live, key), old_inputs.get(key)
        )
    for key, value in old_inputs.items():
        if isinstance(old_live, dict) and isinstance(live, dict) and key not in old_live and key not in live:
            result[key] = copy.deepcopy(value)
    return result


def _child(value: Any, step: str | int) -> Any:
    return field(value, step)
