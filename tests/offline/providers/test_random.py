"""Random values: drawn once, kept for ever, replaced when an input changes, secret where they should be."""

import base64
import string
from typing import Any

import bcrypt
import pytest
from pulumi.runtime.proto import provider_pb2

from offline.providers.property_values import UNKNOWN, Secret
from offline.providers.random.characters import SPECIAL, alphabets, draw
from offline.providers.random.resources import TYPES, with_defaults
from tests.offline.providers.provider_process import Provider, RefusedError

PASSWORD = "random:index/randomPassword:RandomPassword"
STRING = "random:index/randomString:RandomString"
BYTES = "random:index/randomBytes:RandomBytes"
ID = "random:index/randomId:RandomId"
UUID = "random:index/randomUuid:RandomUuid"


def filled(**inputs: Any) -> dict[str, Any]:
    return with_defaults(TYPES[PASSWORD], inputs)


@pytest.mark.parametrize(
    ("inputs", "allowed"),
    [
        pytest.param({}, string.ascii_letters + string.digits + SPECIAL, id="default"),
        pytest.param({"special": False}, string.ascii_letters + string.digits, id="no-special"),
        pytest.param(
            {"overrideSpecial": "_-"}, string.ascii_letters + string.digits + "_-", id="own-special"
        ),
        pytest.param({"upper": False, "lower": False, "special": False}, string.digits, id="digits"),
        pytest.param({"numeric": False, "special": False}, string.ascii_letters, id="numeric"),
        pytest.param({"number": False, "special": False}, string.ascii_letters, id="number-the-old-name"),
    ],
)
def test_only_allowed_characters(inputs: dict[str, Any], allowed: str) -> None:
    text = draw(400, alphabets(filled(length=400, **inputs)))
    assert len(text) == 400
    assert set(text) <= set(allowed)
    kinds = [string.ascii_uppercase, string.ascii_lowercase, string.digits]
    assert all(set(text) & set(kind) for kind in kinds if set(kind) & set(allowed))


@pytest.mark.parametrize(
    ("minimum", "characters"),
    [
        ("minUpper", string.ascii_uppercase),
        ("minLower", string.ascii_lowercase),
        ("minNumeric", string.digits),
        ("minSpecial", SPECIAL),
    ],
)
def test_minimums_hold(minimum: str, characters: str) -> None:
    for _ in range(20):
        text = draw(6, alphabets(filled(length=6, **{minimum: 5})))
        assert sum(character in characters for character in text) >= 5


def test_no_two_alike() -> None:
    kinds = alphabets(filled(length=24))
    assert len({draw(24, kinds) for _ in range(50)}) == 50


def test_a_password_and_its_hash_are_secret(random_values: Provider) -> None:
    made = random_values.create(PASSWORD, {"length": 20, "minSpecial": 2, "overrideSpecial": "_-"})
    assert made.id == "none"
    assert isinstance(made.outputs["result"], Secret)
    assert isinstance(made.outputs["bcryptHash"], Secret)
    result = made.outputs["result"].value
    assert len(result) == 20
    assert sum(character in "_-" for character in result) >= 2
    assert bcrypt.checkpw(result.encode(), made.outputs["bcryptHash"].value.encode())
    assert made.outputs["numeric"] is made.outputs["number"] is True
    assert made.outputs["length"] == 20


def test_a_password_longer_than_bcrypt_takes(random_values: Provider) -> None:
    assert len(random_values.create(PASSWORD, {"length": 100}).outputs["result"].value) == 100


def test_bytes_are_secret_and_agree(random_values: Provider) -> None:
    outputs = random_values.create(BYTES, {"length": 16}).outputs
    data = base64.b64decode(outputs["base64"].value)
    assert (len(data), data.hex()) == (16, outputs["hex"].value)


def test_an_id_is_open_and_agrees(random_values: Provider) -> None:
    made = random_values.create(ID, {"byteLength": 4, "prefix": "p-"})
    number = int(made.outputs["hex"].removeprefix("p-"), 16)
    assert made.outputs["dec"] == f"p-{number}"
    assert made.outputs["b64Url"] == f"p-{made.id}"
    assert base64.b64decode(made.outputs["b64Std"].removeprefix("p-")) == number.to_bytes(4, "big")


def test_strings_and_uuids(random_values: Provider) -> None:
    made = random_values.create(STRING, {"length": 8})
    assert made.id == made.outputs["result"]
    assert len(random_values.create(UUID, {}).outputs["result"]) == 36


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"numeric": True}, [], id="a-default-spelled-out"),
        pytest.param({"length": 21}, ["length"], id="length"),
        pytest.param({"keepers": {"version": "2"}}, ["keepers"], id="keepers"),
        pytest.param({"special": False}, ["special"], id="special"),
        pytest.param({"numeric": False}, ["number", "numeric"], id="numeric"),
        pytest.param({"keepers": UNKNOWN}, ["keepers"], id="unknown-keepers"),
        pytest.param({"keepers": {"version": Secret("1")}}, [], id="secret-now"),
    ],
)
def test_every_change_replaces(random_values: Provider, changes: dict[str, Any], wanted: list[str]) -> None:
    program = {"length": 20, "keepers": {"version": "1"}}
    answer = random_values.create(PASSWORD, program).diff({**program, **changes})
    assert sorted(answer.replaces) == sorted(answer.detailedDiff) == wanted
    assert all(kind.kind == provider_pb2.PropertyDiff.UPDATE_REPLACE for kind in answer.detailedDiff.values())
    assert not answer.deleteBeforeReplace


def test_a_preview_draws_nothing(random_values: Provider) -> None:
    previewed = random_values.create(PASSWORD, {"length": 20}, preview=True)
    assert previewed.id == ""
    assert "result" not in previewed.outputs


def test_a_refresh_keeps_the_value(random_values: Provider) -> None:
    made = random_values.create(PASSWORD, {"length": 20})
    refreshed = made.refreshed()
    assert refreshed is not None
    assert refreshed.outputs == made.outputs


def test_keepers_that_are_secret_stay_secret(random_values: Provider) -> None:
    made = random_values.create(UUID, {"keepers": {"of": Secret("x")}})
    assert made.outputs["keepers"] == {"of": Secret("x")}


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        pytest.param({}, "('length', 'is required')", id="missing"),
        pytest.param({"length": 0}, "must be at least 1, not 0", id="zero"),
        pytest.param({"length": "20"}, "must be int, not str", id="text"),
        pytest.param({"length": 20.5}, "must be int, not float", id="fraction"),
        pytest.param(
            {"length": 4, "minUpper": 3, "minLower": 3}, "4 is less than the 6 characters", id="minimums"
        ),
        pytest.param({"length": 4, "upper": False, "minUpper": 1}, "switched off", id="contradiction"),
        pytest.param(
            {"length": 4, "upper": False, "lower": False, "numeric": False, "special": False},
            "no kind of character is allowed",
            id="nothing-allowed",
        ),
        pytest.param(
            {"length": 4, "size": 1}, "('size', 'is not an input; there are length", id="unknown-input"
        ),
        pytest.param({"length": 4, "keepers": "x"}, "must be a map", id="keepers"),
    ],
)
def test_bad_inputs_name_the_property(random_values: Provider, inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError) as failure:
        random_values.check(random_values.urn(PASSWORD), inputs)
    assert message in str(failure.value)


def test_unknown_inputs_are_not_judged(random_values: Provider) -> None:
    inputs = {"length": UNKNOWN, "minUpper": 3}
    assert random_values.check(random_values.urn(PASSWORD), inputs) == inputs


def test_other_types_are_refused_by_name(random_values: Provider) -> None:
    token = "random:index/randomShuffle:RandomShuffle"
    with pytest.raises(RefusedError, match=f"{token} is not among the types .*RandomPassword"):
        random_values.check(random_values.urn(token), {})


def test_an_import_is_refused(random_values: Provider) -> None:
    with pytest.raises(RefusedError, match="cannot import"):
        random_values.read(random_values.urn(PASSWORD), "none")
