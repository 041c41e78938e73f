"""Quantities in the form in which an API server writes them back."""

import copy
from typing import Any

import pytest

from offline.providers.kubernetes.quantities import canonical, canonicalize

# Left: what a program may say. Right: what kube-apiserver 1.35 stores.
QUANTITIES = [
    ("1000m", "1"),
    ("100m", "100m"),
    ("0.1", "100m"),
    ("0.5", "500m"),
    ("1.5", "1500m"),
    ("2", "2"),
    (2, "2"),
    (0.25, "250m"),
    ("1500m", "1500m"),
    ("0", "0"),
    ("0.0", "0"),
    ("0Mi", "0"),
    ("1024Mi", "1Gi"),
    ("1000Mi", "1000Mi"),
    ("1.5Gi", "1536Mi"),
    ("512Ki", "512Ki"),
    ("1Ki", "1Ki"),
    ("0.5Ki", "512"),
    ("1000k", "1M"),
    ("1e3", "1e3"),
    ("1000000", "1M"),
    ("123456", "123456"),
    ("1000", "1k"),
    ("1Ti", "1Ti"),
    ("100Gi", "100Gi"),
    ("250u", "1m"),
    ("-1000m", "-1"),
]


@pytest.mark.parametrize(("given", "wanted"), QUANTITIES, ids=[str(given) for given, _ in QUANTITIES])
def test_canonical_form(given: Any, wanted: str) -> None:
    assert canonical(given) == wanted


@pytest.mark.parametrize("given", ["", "lots", "1 Gi", "1GiB", None, True])
def test_what_is_no_quantity_is_left_to_the_api_server(given: Any) -> None:
    assert canonical(given) == given


@pytest.mark.parametrize(
    ("manifest", "wanted"),
    [
        pytest.param(
            {"spec": {"containers": [{"resources": {"limits": {"cpu": 1, "memory": "1024Mi"}}}]}},
            {"spec": {"containers": [{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}]}},
            id="container",
        ),
        pytest.param(
            {"spec": {"hard": {"requests.cpu": "4000m"}}},
            {"spec": {"hard": {"requests.cpu": "4"}}},
            id="quota",
        ),
        pytest.param(
            {"spec": {"limits": [{"type": "Container", "max": {"cpu": "2000m"}}]}},
            {"spec": {"limits": [{"type": "Container", "max": {"cpu": "2"}}]}},
            id="limit-range",
        ),
        pytest.param(
            {"emptyDir": {"sizeLimit": "1024Mi"}}, {"emptyDir": {"sizeLimit": "1Gi"}}, id="size-limit"
        ),
        pytest.param({"data": {"cpu": "1000m"}}, {"data": {"cpu": "1000m"}}, id="not-in-data"),
        pytest.param({"replicas": 1000}, {"replicas": 1000}, id="not-a-count"),
    ],
)
def test_quantities_are_found_where_they_stand(manifest: dict[str, Any], wanted: dict[str, Any]) -> None:
    changed = copy.deepcopy(manifest)
    canonicalize(changed)
    assert changed == wanted
