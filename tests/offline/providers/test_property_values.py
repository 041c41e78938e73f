"""Struct to Python and back: integers stay integers, secrets stay secret, unknowns stay unknown."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from offline.providers.property_values import (
    ASSET_SIGNATURES,
    OUTPUT_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_MARKERS,
    Secret,
    contains_secret,
    contains_unknown,
    decode,
    encode,
    secret_texts,
    without_secrets,
)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("text", id="text"),
        pytest.param("", id="empty-text"),
        pytest.param(8080, id="port"),
        pytest.param(0, id="zero"),
        pytest.param(-5, id="negative"),
        pytest.param(0.5, id="fraction"),
        pytest.param(True, id="true"),
        pytest.param(False, id="false"),
        pytest.param([], id="empty-list"),
        pytest.param({}, id="empty-map"),
        pytest.param([1, "a", {"b": [None, 2.5]}], id="nested"),
        pytest.param(Secret("s"), id="secret"),
        pytest.param(Secret({"a": [1]}), id="secret-map"),
        pytest.param([Secret("s"), "plain"], id="secret-in-list"),
        pytest.param(UNKNOWN, id="unknown"),
        pytest.param(Secret(UNKNOWN), id="secret-unknown"),
    ],
)
def test_a_value_survives_the_journey_with_its_type(value: Any) -> None:
    back = decode(encode({"value": value}))["value"]
    assert back == value
    assert type(back) is type(value)


def test_nulls_are_left_out_of_maps() -> None:
    assert decode(encode({"gone": None, "here": 1, "inner": {"gone": None}})) == {"here": 1, "inner": {}}


@pytest.mark.parametrize("marker", sorted(UNKNOWN_MARKERS))
def test_every_marker_of_the_engine_reads_as_unknown(marker: str) -> None:
    assert decode(encode({"value": marker}))["value"] is UNKNOWN


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        pytest.param({"value": "a"}, "a", id="known"),
        pytest.param({"value": "a", "secret": True}, Secret("a"), id="secret"),
        pytest.param({}, UNKNOWN, id="unknown"),
    ],
)
def test_an_output_value_reads_as_what_it_holds(properties: dict[str, Any], wanted: Any) -> None:
    sent = encode({"value": {SIGNATURE_KEY: OUTPUT_SIGNATURE, **properties}})
    assert decode(sent)["value"] == wanted


@pytest.mark.parametrize("signature", ASSET_SIGNATURES)
def test_an_asset_is_refused_with_what_to_do(signature: str) -> None:
    with pytest.raises(ValueError, match="read the file in the program"):
        decode(encode({"value": {SIGNATURE_KEY: signature, "path": "a"}}))


def test_questions_about_nested_values() -> None:
    value = {"a": [{"b": Secret(["x", UNKNOWN])}], "c": "y"}
    assert contains_secret(value)
    assert contains_unknown(value)
    assert without_secrets(value) == {"a": [{"b": ["x", UNKNOWN]}], "c": "y"}
    assert list(secret_texts(value)) == ["x"]
    assert not contains_secret(without_secrets(value))
    assert not contains_unknown({"a": ["UNKNOWN"]})


def test_an_empty_struct_is_no_properties() -> None:
    assert decode(Struct()) == {}
