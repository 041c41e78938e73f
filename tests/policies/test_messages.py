"""A message names every owner before it tells a second way of anybody's, and never grows with the stack."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policies.isolation.audit import audit
from policies.isolation.findings import SHOWN, message_of

from .plain import secret_key, server, workload


def ways(*owners: str) -> list[tuple[str, str]]:
    return [(owner, f"{owner}-{number} → store") for number, owner in enumerate(owners)]


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        pytest.param(
            ways("orders", "billing"), "orders-0 → store; billing-1 → store: part them", id="as they come"
        ),
        pytest.param(
            [*ways("orders"), *ways("orders")], "orders-0 → store: part them", id="the same way is told once"
        ),
        pytest.param(
            ways(*["orders"] * SHOWN),
            "; ".join(f"orders-{number} → store" for number in range(SHOWN)) + ": part them",
            id="just few enough",
        ),
        pytest.param(
            ways(*["orders"] * (SHOWN + 2), "billing"),
            "; ".join(f"orders-{number} → store" for number in range(SHOWN - 1))
            + f"; billing-{SHOWN + 2} → store; and 3 more: part them",
            id="the one other owner comes last and is told",
        ),
    ],
)
def test_what_a_message_tells(sentences: list[tuple[str, str]], message: str) -> None:
    assert message_of(sentences, "part them") == message


def test_a_service_in_two_files_is_told_of_once(tmp_path: Path) -> None:
    services = [workload(name, {"KEY": secret_key("login", "key")}) for name in ("orders", "users")]
    for file in ("first.yaml", "second.yaml"):
        (tmp_path / file).write_text(yaml.safe_dump_all(services))
    [found] = [item for item in audit([tmp_path]).findings if item.rule == "shared-secret"]
    assert found.users == ("orders", "users")


def test_a_store_that_many_share_is_told_in_few_words_and_listed_in_full(tmp_path: Path) -> None:
    names = [f"service-{number}" for number in range(200)]
    many = [workload(name, {"DATABASE_URL": "postgres://db/shop"}) for name in names]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all([*server("db", "postgres:16", 5432), *many]))
    [found] = [item for item in audit([tmp_path]).findings if item.rule == "shared-database"]
    assert set(found.users) == set(names)
    assert len(found.paths) == len(names)
    assert found.message.count(" → StatefulSet db") == SHOWN
    assert "; and 190 more: " in found.message
