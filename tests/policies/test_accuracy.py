"""The measure itself: it has to notice what is refused wrongly, what is missed, and whose users are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.isolation.accuracy import main

from .test_audit import SHOP


def corpus(tmp_path: Path, **label: Any) -> Path:
    """One system in which orders and billing share a database, labelled as given."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "all.yaml").write_text(yaml.safe_dump_all(SHOP))
    known = {
        "store": "Deployment/pg", "logical": "shop", "users": ["orders", "billing"], "violation": True,
        "detectable": "yes",
    }  # fmt: skip
    stores = [known | label] if label.get("store", "") is not None else []
    labels = {"systems": [{"id": "shop", "dir": "shop", "stores": stores}]}
    (tmp_path / "labels.yaml").write_text(yaml.safe_dump(labels))
    return tmp_path


@pytest.mark.parametrize(
    ("label", "code", "message"),
    [
        ({}, 0, "precision 1.000  recall 1.000"),
        ({"logical": None}, 0, "precision 1.000  recall 1.000"),
        ({"violation": "debatable"}, 0, "precision 1.000  recall 1.000"),
        ({"detectable": "no"}, 0, "precision 1.000  recall 1.000"),
        ({"violation": False}, 1, "wrong: shop: shared-database on pg (orders, billing)"),
        ({"store": None}, 1, "precision 0.000"),
        ({"store": "Deployment/other"}, 1, "missed: shop: Deployment/other / shop"),
        ({"users": ["orders"]}, 1, "other users: shop: pg: ['billing', 'orders'], not ['orders']"),
    ],
    ids=[
        "right",
        "no logical store",
        "debatable",
        "beyond detection",
        "a negative",
        "no label",
        "missed",
        "users",
    ],
)
def test_the_measure(
    label: dict[str, Any], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(corpus(tmp_path, **label))]) == code
    assert message in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["nowhere"]])
def test_without_a_corpus_it_says_what_it_needs(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "a folder with a labels.yaml" in capsys.readouterr().err
