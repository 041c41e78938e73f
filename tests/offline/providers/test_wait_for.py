"""The annotation `pulumi.com/waitFor` and the JSONPath in it."""

from typing import Any

import pytest

from offline.providers.kubernetes.awaiting.json_path import find
from offline.providers.kubernetes.awaiting.wait_for import wait_for_judge
from tests.offline.providers.lookups import NOTHING

LIVE = {
    "metadata": {"generation": 3, "annotations": {"a.b/c": "x"}},
    "status": {
        "phase": "Running",
        "ready": 2,
        "on": True,
        "items": [{"name": "a", "value": 1}, {"name": "b", "value": 2}],
        "conditions": [
            {"type": "Ready", "status": "True"},
            {"type": "Degraded", "status": "False", "reason": "Fine", "message": "nothing wrong"},
            {"type": "Stale", "status": "True", "observedGeneration": 2},
        ],
    },
}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param("condition=Ready", (), id="condition"),
        pytest.param("condition=Ready=True", (), id="condition-with-status"),
        pytest.param("condition=Degraded=false", (), id="any-case"),
        pytest.param(
            "condition=Degraded",
            ("condition Degraded is False, not True (Fine: nothing wrong)",),
            id="not-so",
        ),
        pytest.param(
            "condition=Programmed", ("condition Programmed is not there, True is waited for",), id="absent"
        ),
        pytest.param(
            "condition=Stale",
            ("condition Stale is True, but of an earlier generation of the object",),
            id="stale",
        ),
        pytest.param("jsonpath={.status.phase}=Running", (), id="path-with-value"),
        pytest.param("jsonpath=.status.phase=Running", (), id="without-braces"),
        pytest.param("jsonpath={.status.phase}", (), id="path-exists"),
        pytest.param("jsonpath={.status.ready}=2", (), id="number"),
        pytest.param("jsonpath={.status.on}=true", (), id="boolean"),
        pytest.param(
            "jsonpath={.status.phase}=Ready",
            ("{.status.phase} is Running, Ready is waited for",),
            id="other-value",
        ),
        pytest.param("jsonpath={.status.url}", ("{.status.url} is not there",), id="path-absent"),
        pytest.param('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', (), id="filter"),
        pytest.param('["condition=Ready", "jsonpath={.status.phase}=Running"]', (), id="all-of-several"),
        pytest.param(
            '["condition=Ready", "jsonpath={.status.url}"]',
            ("{.status.url} is not there",),
            id="one-of-several-missing",
        ),
    ],
)
def test_expressions(text: str, missing: tuple[str, ...]) -> None:
    assert wait_for_judge(text)(LIVE, NOTHING).missing == missing


@pytest.mark.parametrize("text", ["Ready", "condition=", "jsonpath=", "[]", '["Ready"]', "jsonpath={.a[}"])
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"pulumi\.com/waitFor|JSONPath"):
        wait_for_judge(text)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("{.status.items[0].value}", [1]),
        ("{.status.items[-1].value}", [2]),
        ("{.status.items[*].value}", [1, 2]),
        ("{.status.items[9].value}", []),
        ("{.metadata.annotations['a.b/c']}", ["x"]),
        (r"{.metadata.annotations.a\.b/c}", ["x"]),
        ("status.phase", ["Running"]),
        ("{$.status.phase}", ["Running"]),
        ('{.status.items[?(@.name=="b")].value}', [2]),
        ("{.status.phase.deeper}", []),
        ("{.status.phase[0]}", []),
    ],
)
def test_paths(path: str, wanted: list[Any]) -> None:
    assert find(LIVE, path) == wanted
