"""Every cloud program is judged alike before anything exists, once it exists, and by nothing but its texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from . import (
    harmless_rights,
    harmless_stores,
    networks,
    other_clouds,
    outside,
    resource_policies,
    rights,
    stores,
    workloads,
)
from .estate import BREACHES, Part, estate
from .programs import BOTH, VIEWS, Cloud, Program, acting, adopted, document, function, judged

ROOMS = (rights, resource_policies, stores, workloads, networks, other_clouds, outside)
WAYS = [way for room in ROOMS for way in room.WAYS]
LOOK_ALIKES = [*harmless_rights.LOOK_ALIKES, *harmless_stores.LOOK_ALIKES]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_sharing_is_refused(way: Callable[[], Program], view: str, tmp_path: Path) -> None:
    found = [answer for answer in judged(way(), view, tmp_path) if answer.mandatory]
    assert any(all(f"(owner {name})" in answer.message for name in BOTH) for answer in found), found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_order_of_resources_changes_nothing(
    way: Callable[[], Program], view: str, tmp_path: Path
) -> None:
    if view != "preview":  # the engine hands resources over after those that they need
        found = judged(way()[::-1], view, tmp_path)
        assert {(item.policy, item.mandatory) for item in found} == {
            (item.policy, item.mandatory) for item in judged(way(), view, tmp_path)
        }


@pytest.mark.parametrize("view", VIEWS[:2])
def test_an_adopted_store_whose_host_is_written_nowhere(view: str, tmp_path: Path) -> None:
    """What went into the functions came from it, and the engine says so even of what it shows to no policy."""
    legacy = adopted(stores.INSTANCE, "legacy")
    program = [legacy, *(function(name, env={"DB": legacy["resourceId"]}) for name in BOTH)]
    [found] = [answer for answer in judged(program, view, tmp_path) if answer.mandatory]
    assert found.policy == "shared-database"
    assert "orders (owner orders) → " in found.message
    assert "legacy" in found.message


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("look_alike", LOOK_ALIKES, ids=lambda look_alike: look_alike.__name__)
def test_what_only_looks_like_sharing_is_left_in_peace(
    look_alike: Callable[[], Program], view: str, tmp_path: Path
) -> None:
    assert [answer for answer in judged(look_alike(), view, tmp_path) if answer.mandatory] == []


@pytest.mark.parametrize("view", VIEWS[1:])
def test_what_a_known_policy_denies_is_no_use_whatever_went_into_its_text(view: str, tmp_path: Path) -> None:
    own, theirs = (rights.table(f"{name}-carts", name) for name in BOTH)
    allowed = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": own["arn"]}
    denied = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": theirs["arn"]}
    program = [own, theirs, *acting({"orders": document(allowed, denied)}, stated=True)]
    assert [answer for answer in judged(program, view, tmp_path) if answer.mandatory] == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("way", "rule"),
    [
        (outside.adopted_instance_by_its_host, "shared-database"),
        (rights.secret_of_one_database, "shared-database"),
        (stores.one_login_for_streams, "shared-broker-credential"),
    ],
    ids=lambda item: getattr(item, "__name__", item),
)
def test_one_store_is_spoken_of_once(
    way: Callable[[], Program], rule: str, view: str, tmp_path: Path
) -> None:
    """An adopted store by its address, and what a secret opens by the rule about that."""
    assert [answer.policy for answer in judged(way(), view, tmp_path) if answer.mandatory] == [rule]


@pytest.mark.parametrize("view", VIEWS)
def test_an_estate_built_by_the_book(view: str, tmp_path: Path) -> None:
    assert [answer for answer in judged(estate(), view, tmp_path) if answer.mandatory] == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.__name__)
def test_one_breach_in_an_estate_built_by_the_book(
    breach: Callable[[dict[str, Part]], list[Cloud]], view: str, tmp_path: Path
) -> None:
    found = [answer for answer in judged(estate(breach), view, tmp_path) if answer.mandatory]
    assert found
    assert all("(owner billing)" in answer.message and "(owner orders)" in answer.message for answer in found)
