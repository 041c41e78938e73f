"""The wait itself, with a clock that is short and a cluster made of lists."""

import threading
from typing import Any

import pytest

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError
from offline.providers.kubernetes.awaiting.causes import MOST, causes_of
from offline.providers.kubernetes.awaiting.readiness import Readiness, failed, lacking
from offline.providers.kubernetes.awaiting.waiting import NotReadyError, wait_until_gone, wait_until_ready
from tests.offline.providers.lookups import FakeLookup

LIVE: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop", "uid": "d"},
}


class Reader(FakeLookup):
    """Gives one object after the other; after the last a 404."""

    def __init__(self, *looks: dict[str, Any] | Exception | None, **objects: list[dict[str, Any]]) -> None:
        super().__init__(**objects)
        self._looks = list(looks)

    def get(self, manifest: dict[str, Any]) -> dict[str, Any]:
        look = self._looks.pop(0) if self._looks else None
        if isinstance(look, Exception):
            raise look
        if look is None:
            raise ApiError(404, {"reason": "NotFound", "message": "gone"})
        return look


def wait(reader: Reader, judge: Any, seconds: float = 0.2, stop: threading.Event | None = None) -> list[str]:
    said: list[str] = []
    wait_until_ready(LIVE, judge, reader, seconds=seconds, stop=stop or threading.Event(), status=said.append)
    return said


def judge(*verdicts: Readiness) -> Any:
    left = list(verdicts)
    return lambda live, lookup: left.pop(0) if len(left) > 1 else left[0]


def test_it_looks_again_until_nothing_is_missing_and_says_what_is() -> None:
    assert wait(Reader(LIVE, LIVE, LIVE), judge(lacking("a", "b"), lacking("b"), lacking())) == [
        "a; b",
        "b",
        "",
    ]


@pytest.mark.parametrize(
    "trouble",
    [ApiUnreachableError("refused"), ApiError(500, {"message": "etcd"})],
    ids=["unreachable", "internal"],
)
def test_an_api_server_in_trouble_is_asked_again(trouble: Exception) -> None:
    assert wait(Reader(trouble, trouble, LIVE), judge(lacking("a"), lacking("b"), lacking())) == [
        "a",
        "b",
        "",
    ]


def test_a_judge_that_cannot_look_around_is_asked_again() -> None:
    verdicts: list[Any] = [ApiError(500, {"message": "etcd is away"}), lacking()]

    def troubled(live: Any, lookup: Any) -> Readiness:
        verdict = verdicts.pop(0)
        if isinstance(verdict, Exception):
            raise verdict
        return verdict  # type: ignore[no-any-return]

    assert wait(Reader(LIVE, LIVE), troubled) == ["etcd is away", ""]


def family(*events: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        "ReplicaSet": [{"metadata": {"name": "web-1", "uid": "r", "ownerReferences": [{"uid": "d"}]}}],
        "Pod": [
            {
                "metadata": {"name": "web-1-x", "uid": "p", "ownerReferences": [{"uid": "r"}]},
                "status": {
                    "conditions": [
                        {
                            "type": "PodScheduled",
                            "status": "False",
                            "reason": "Unschedulable",
                            "message": "no node",
                        }
                    ]
                },
            },
            {"metadata": {"name": "stranger", "uid": "s"}, "status": {"phase": "Failed"}},
        ],
        "Event": list(events),
    }


def event(kind: str, name: str, uid: str, message: str, event_type: str = "Warning") -> dict[str, Any]:
    return {
        "type": event_type,
        "reason": "FailedCreate",
        "message": message,
        "involvedObject": {"kind": kind, "name": name, "uid": uid},
    }


def test_a_timeout_says_what_is_missing_and_why() -> None:
    reader = Reader(*[LIVE] * 99, **family(event("ReplicaSet", "web-1", "r", "violates PodSecurity")))
    with pytest.raises(
        NotReadyError, match=r"apps/v1/Deployment shop/web is not ready after 0\.2 seconds"
    ) as error:
        wait(reader, judge(lacking("0 of 1 replicas available")))
    assert error.value.reasons == [
        "0 of 1 replicas available",
        "pod web-1-x: [Unschedulable] no node",
        "ReplicaSet web-1: [FailedCreate] violates PodSecurity",
    ]
    assert error.value.live is LIVE


def test_causes_come_from_the_objects_own_family_once_each_and_not_without_end() -> None:
    strangers = event("Pod", "stranger", "s", "not ours")
    normal = event("ReplicaSet", "web-1", "r", "all well", "Normal")
    twice = [event("ReplicaSet", "web-1", "r", "same")] * 2
    many = [event("ReplicaSet", "web-1", "r", f"number {number}") for number in range(20)]
    found = causes_of(LIVE, FakeLookup(**family(strangers, normal, *twice, *many)))
    assert len(found) == MOST
    assert len(set(found)) == MOST
    assert not [text for text in found if "stranger" in text or "all well" in text]


def test_a_hopeless_object_is_not_waited_for() -> None:
    with pytest.raises(NotReadyError, match="failed"):
        wait(Reader(), judge(failed("[BackoffLimitExceeded]")), seconds=60)


def test_a_cancelled_wait_ends_and_says_so() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(NotReadyError, match="cancelled"):
        wait(Reader(LIVE), judge(lacking("a")), seconds=60, stop=stop)


def test_an_object_that_vanishes_is_not_waited_for() -> None:
    with pytest.raises(NotReadyError, match="was deleted while it was waited for"):
        wait(Reader(), judge(lacking("a")), seconds=60)


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param((LIVE, LIVE, None), id="gone"),
        pytest.param(
            (LIVE, {**LIVE, "metadata": {**LIVE["metadata"], "uid": "other"}}), id="another-of-the-name"
        ),
    ],
)
def test_a_deletion_ends_with_the_object(looks: tuple[dict[str, Any] | None, ...]) -> None:
    reader = Reader(*looks)
    wait_until_gone(LIVE, reader, seconds=60, stop=threading.Event(), status=lambda _text: None)


def test_a_deletion_that_hangs_names_the_finalizers() -> None:
    held = {**LIVE, "metadata": {**LIVE["metadata"], "finalizers": ["example.com/keep"]}}
    with pytest.raises(NotReadyError, match="still exists after") as error:
        wait_until_gone(
            LIVE, Reader(*[held] * 99), seconds=0.2, stop=threading.Event(), status=lambda _text: None
        )
    assert error.value.reasons == ["its finalizers hold it: example.com/keep"]
