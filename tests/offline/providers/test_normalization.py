"""Inputs that mean the same become the same."""

from typing import Any

import pytest

from offline.providers.kubernetes.normalization import normalized
from offline.providers.property_values import UNKNOWN


def deployment(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


@pytest.mark.parametrize(
    ("manifest", "wanted"),
    [
        pytest.param(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "stringData": {"a": "x"},
                "data": {"a": "b2xk", "b": "eQ=="},
            },
            {"apiVersion": "v1", "kind": "Secret", "data": {"a": "eA==", "b": "eQ=="}},
            id="string-data-wins-over-data",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "Secret", "data": {"a": "eA==\n"}},
            {"apiVersion": "v1", "kind": "Secret", "data": {"a": "eA=="}},
            id="base64-with-a-line-break",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "Secret", "data": {"a": "no base64"}},
            {"apiVersion": "v1", "kind": "Secret", "data": {"a": "no base64"}},
            id="what-is-no-base64-is-the-servers-to-refuse",
        ),
        pytest.param(deployment(tolerations=[]), deployment(), id="empty-list"),
        pytest.param(
            deployment(
                template={"metadata": {"labels": {}, "annotations": {}}, "volumes": [{"emptyDir": {}}]}
            ),
            deployment(template={"metadata": {}, "volumes": [{"emptyDir": {}}]}),
            id="empty-labels-go-empty-dir-stays",
        ),
        pytest.param(
            {
                "apiVersion": "example.com/v1",
                "kind": "Widget",
                "spec": {"list": [], "limits": {"cpu": "1000m"}},
            },
            {
                "apiVersion": "example.com/v1",
                "kind": "Widget",
                "spec": {"list": [], "limits": {"cpu": "1000m"}},
            },
            id="custom-resources-are-stored-as-written",
        ),
        pytest.param(
            deployment(replicas=UNKNOWN, tolerations=[]),
            deployment(replicas=UNKNOWN, tolerations=[]),
            id="nothing-is-judged-with-unknown-values",
        ),
        pytest.param(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": "a", "uid": "u", "resourceVersion": "1"},
            },
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
            id="read-only-metadata",
        ),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_normal_form(manifest: dict[str, Any], wanted: dict[str, Any]) -> None:
    before = repr(manifest)
    assert normalized(manifest) == wanted
    assert normalized(normalized(manifest)) == wanted
    assert repr(manifest) == before
