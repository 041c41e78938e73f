"""Odd objects are judged without breaking down: a breakdown counts as a violation, and would be a false one."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from policies.isolation.graph.graph import Graph
from policies.isolation.judgement import judge
from policies.isolation.resources import UNKNOWN, Resource
from policies.isolation.server import resource_of

from .look_alikes import LOOK_ALIKES
from .ways import WAYS

ODD = [
    None,
    UNKNOWN,
    "",
    "text",
    0,
    1.5,
    True,
    [],
    [None],
    {},
    {"name": None},
    [UNKNOWN],
    {"": UNKNOWN},
    ["a", {"b": 1}],
]


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside `value`."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*at, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from places(item, (*at, position))


def damaged(resource: Resource, chance: random.Random) -> Resource:
    """The resource with one to three values replaced by something odd."""
    body: Any = copy.deepcopy(resource.body)
    for _ in range(chance.randint(1, 3)):
        everywhere = list(places(body))
        if not everywhere:
            break
        *way, last = chance.choice(everywhere)
        inside = body
        for step in way:
            inside = inside[step]
        inside[last] = copy.deepcopy(chance.choice(ODD))
    fields = {name: getattr(resource, name) for name in Resource.__slots__} | {"body": body, "decoded": None}
    return Resource(**fields)


@pytest.mark.parametrize("program", [*WAYS, *LOOK_ALIKES], ids=lambda program: program.__name__)
def test_no_rule_breaks_down_on_odd_shapes(program: Any) -> None:
    chance = random.Random(program.__name__)
    resources = [resource_of(item) for item in program()]
    for _ in range(12):
        odd = [damaged(item, chance) if chance.random() < 0.6 else item for item in resources]
        findings = judge(Graph(odd))
        assert [item.message for item in findings if "broke down" in item.message] == []
