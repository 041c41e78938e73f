"""Which fields change between the stored live object and the wanted inputs."""

from typing import Any

import pytest

from offline.providers.kubernetes.comparison import field_changes
from offline.providers.kubernetes.property_paths import write_path
from offline.providers.property_values import UNKNOWN


@pytest.mark.parametrize(
    ("live", "wanted", "changes"),
    [
        pytest.param({"a": 1}, {"a": 1}, {}, id="same"),
        pytest.param({"a": 1}, {"a": 1.0}, {}, id="same-number-other-type"),
        pytest.param({"a": 1}, {"a": True}, {"a": "update"}, id="true-is-not-one"),
        pytest.param({"a": 1}, {"a": "1"}, {"a": "update"}, id="text-is-not-a-number"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": "update"}, id="deepest-path"),
        pytest.param({"a": {"b": 1}}, {"a": {}}, {"a.b": "delete"}, id="deleted"),
        pytest.param({"a": {}}, {"a": {"b": {"c": 1}}}, {"a.b": "add"}, id="added-as-a-whole"),
        pytest.param({"l": [1, 2]}, {"l": [1, 3]}, {"l[1]": "update"}, id="list-item"),
        pytest.param({"l": [1]}, {"l": [1, 2]}, {"l[1]": "add"}, id="list-grows"),
        pytest.param({"l": [1, 2]}, {"l": [1]}, {"l[1]": "delete"}, id="list-shrinks"),
        pytest.param(
            {"l": [{"a": 1, "b": 2}]}, {"l": [{"a": 1}]}, {"l[0].b": "delete"}, id="inside-a-list-item"
        ),
        pytest.param({"a": 1}, {"a": UNKNOWN}, {"a": "update"}, id="unknown"),
        pytest.param({}, {"a": UNKNOWN}, {"a": "add"}, id="unknown-and-new"),
        pytest.param({"a": {"b": 1}}, {"a": UNKNOWN}, {"a": "update"}, id="unknown-for-a-map"),
        pytest.param(
            {"labels": {"a.b/c": "1"}},
            {"labels": {"a.b/c": "2"}},
            {'labels["a.b/c"]': "update"},
            id="label-key",
        ),
        pytest.param({"a": [1]}, {"a": {"0": 1}}, {"a": "update"}, id="list-becomes-map"),
        pytest.param({"a": ""}, {"a": ""}, {}, id="empty-text"),
    ],
)
def test_changes(live: Any, wanted: Any, changes: dict[str, str]) -> None:
    found = field_changes(live, wanted, recorded={})
    assert {write_path(change.path): change.change.value for change in found} == changes


@pytest.mark.parametrize(
    ("recorded", "changes"),
    [
        pytest.param({"a": {"typo": 1}}, {}, id="same-as-last-time"),
        pytest.param({"a": {"typo": 2}}, {"a.typo": "add"}, id="another-value"),
        pytest.param({"a": {}}, {"a.typo": "add"}, id="new-in-the-program"),
    ],
)
def test_a_field_that_the_server_dropped_is_no_change_when_wanted_again(
    recorded: Any, changes: dict[str, str]
) -> None:
    found = field_changes({"a": {}}, {"a": {"typo": 1}}, recorded)
    assert {write_path(change.path): change.change.value for change in found} == changes
