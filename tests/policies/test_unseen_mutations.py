"""The same systems written down otherwise: what is refused, and what is left in peace, must stay the same."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from . import test_handed_to_many as handed
from .mutations import MUTATIONS, Mutation, as_a_list, in_namespaces
from .plain import Object, refused, server
from .test_unseen_settings import SPELLINGS, pair
from .test_unseen_systems import APART, SHARED

SYSTEMS: dict[str, list[Object]] = {
    **{name: make() for name, make in (SHARED | APART | handed.SHARED | handed.APART).items()},
    **{
        f"{name}, one database": [*server(*engine), *pair(told, "shop", "shop")]
        for name, engine, told in SPELLINGS
    },
    **{
        f"{name}, two databases": [*server(*engine), *pair(told, "shop", "crm")]
        for name, engine, told in SPELLINGS
    },
}
# A name that spells out the namespace where all of it will be applied means nothing once another one is stated.
EXCEPT = {"a fully qualified name of the namespace that all of them will be applied to": {in_namespaces}}


@pytest.mark.parametrize("mutate", MUTATIONS, ids=[mutate.__name__ for mutate in MUTATIONS])
def test_the_same_is_refused_however_it_is_written_down(tmp_path: Path, mutate: Mutation) -> None:
    changed = {}
    for name, system in SYSTEMS.items():
        before = refused(tmp_path, copy.deepcopy(system))
        after = refused(tmp_path, mutate(copy.deepcopy(system)))
        if set(before.values()) != set(after.values()) and mutate not in EXCEPT.get(name, set()):
            changed[name] = (before, after)
    assert not changed


def test_all_of_it_at_once(tmp_path: Path) -> None:
    for name, system in SYSTEMS.items():
        mutated = copy.deepcopy(system)
        for mutate in MUTATIONS:
            if mutate is not as_a_list and mutate not in EXCEPT.get(name, set()):
                mutated = mutate(mutated)
        assert set(refused(tmp_path, mutated).values()) == set(refused(tmp_path, system).values()), name
