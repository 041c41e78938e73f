"""The part of a live object that the inputs describe."""

from typing import Any

import pytest

from offline.providers.kubernetes.live_state import pruned, with_dropped_inputs


@pytest.mark.parametrize(
    ("live", "inputs", "wanted"),
    [
        pytest.param({"a": 1, "status": {}}, {"a": 2}, {"a": 1}, id="only-named-fields-with-live-values"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"c": 0}}, {"a": {"c": 2}}, id="nested"),
        pytest.param({}, {"a": 1}, {}, id="gone-from-the-live-object"),
        pytest.param(
            {"l": [{"a": 1, "b": 2}, {"a": 3}]}, {"l": [{"a": 0}]}, {"l": [{"a": 1}]}, id="list-cut"
        ),
        pytest.param({"l": [1]}, {"l": [1, 2]}, {"l": [1]}, id="list-shorter"),
        pytest.param({"l": []}, {"l": [1]}, {"l": []}, id="list-emptied"),
        pytest.param({"a": "text"}, {"a": {"b": 1}}, {"a": "text"}, id="another-type"),
    ],
)
def test_pruning(live: dict[str, Any], inputs: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert pruned(live, inputs) == wanted


@pytest.mark.parametrize(
    ("live", "old_live", "old_inputs", "wanted"),
    [
        pytest.param({"a": 1}, {"a": 1}, {"a": 1, "typo": 2}, {"a": 1, "typo": 2}, id="never-taken-up-stays"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, id="removed-by-somebody-shows"),
        pytest.param(
            {"l": [{"a": 1}]},
            {"l": [{"a": 1}]},
            {"l": [{"a": 1, "typo": 2}]},
            {"l": [{"a": 1, "typo": 2}]},
            id="in-a-list",
        ),
        pytest.param({}, {}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="whole-branch"),
    ],
)
def test_inputs_that_the_server_never_took_up(
    live: dict[str, Any], old_live: dict[str, Any], old_inputs: dict[str, Any], wanted: dict[str, Any]
) -> None:
    assert with_dropped_inputs(pruned(live, old_inputs), live, old_live, old_inputs) == wanted
