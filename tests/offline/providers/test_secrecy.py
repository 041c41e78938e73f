"""What was secret going in is secret coming out, and in no message."""

import base64
from typing import Any

import pytest

from offline.providers.kubernetes.secrecy import hide, mark_secrets, texts_to_hide
from offline.providers.property_values import Secret


@pytest.mark.parametrize(
    ("outputs", "inputs", "wanted"),
    [
        pytest.param({"a": "x", "b": "y"}, {"a": Secret("x")}, {"a": Secret("x"), "b": "y"}, id="text"),
        pytest.param(
            {"a": {"b": "x", "c": 1}}, {"a": {"b": Secret("x")}}, {"a": {"b": Secret("x"), "c": 1}}, id="map"
        ),
        pytest.param(
            {"l": ["x", "y"]}, {"l": ["x", Secret("y")]}, {"l": Secret(["x", "y"])}, id="list-as-a-whole"
        ),
        pytest.param(
            {"l": [{"v": "x"}]}, {"l": [{"v": Secret("x")}]}, {"l": Secret([{"v": "x"}])}, id="map-in-a-list"
        ),
        pytest.param({"a": {"b": 1}}, {"a": Secret({"b": 1})}, {"a": Secret({"b": 1})}, id="whole-map"),
        pytest.param({}, {"a": Secret("x")}, {}, id="not-there"),
        pytest.param(
            {"kind": "Secret", "data": {"a": "eA=="}},
            {"kind": "Secret", "data": {"a": "eA=="}},
            {"kind": "Secret", "data": Secret({"a": "eA=="})},
            id="data-of-a-secret-even-if-the-program-does-not-say-so",
        ),
        pytest.param(
            {"kind": "Secret", "metadata": {"name": "n"}},
            {"kind": "Secret", "metadata": {"name": Secret("n")}},
            {"kind": "Secret", "metadata": {"name": Secret("n")}},
            id="other-fields-of-a-secret",
        ),
    ],
)
def test_marking(outputs: dict[str, Any], inputs: dict[str, Any], wanted: dict[str, Any]) -> None:
    mark_secrets(outputs, inputs)
    assert outputs == wanted


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("properties", "message", "wanted"),
    [
        pytest.param(
            {"a": Secret("hunter22")}, 'Invalid value: "hunter22"', 'Invalid value: "[secret]"', id="plain"
        ),
        pytest.param({"a": Secret("hunter22")}, f"got {encoded('hunter22')}", "got [secret]", id="as-base64"),
        pytest.param(
            {"kind": "Secret", "data": {"a": encoded("hunter22")}},
            "got hunter22!",
            "got [secret]!",
            id="decoded-data",
        ),
        pytest.param({"a": Secret("a")}, 'bad value "a" at data', 'bad value "[secret]" at data', id="short"),
        pytest.param(
            {"a": Secret(["one-one", "one-one-two"])}, "one-one-two", "[secret]", id="longest-first"
        ),
        pytest.param({"a": "open"}, "open", "open", id="not-secret"),
        pytest.param({"a": Secret("")}, "message", "message", id="empty"),
    ],
)
def test_messages_hide_secrets(properties: dict[str, Any], message: str, wanted: str) -> None:
    assert hide(message, texts_to_hide(properties)) == wanted


def test_a_list_that_is_secret_as_a_whole_hides_nothing_by_itself() -> None:
    checked = {"containers": Secret([{"name": "web"}]), "token": Secret("t0k3n-x")}
    found = texts_to_hide(checked, whole=False)
    assert "t0k3n-x" in found
    assert "web" not in found
