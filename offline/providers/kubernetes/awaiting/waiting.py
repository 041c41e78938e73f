"""The wait itself: look, judge, say what is missing, look again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from offline.providers.kubernetes.api_errors import ApiError, ApiUnreachableError
from offline.providers.kubernetes.awaiting.causes import causes_of
from offline.providers.kubernetes.awaiting.readiness import Judge, Lookup, Readiness, lacking
from offline.providers.kubernetes.kinds import type_of
from offline.providers.kubernetes.manifest import Manifest, field, name_of, resource_id

SHORTEST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.5
# Causes change slowly and cost three lists, so they are looked up for the status line now and then.
CAUSES_EVERY_SECONDS: Final = 5.0


class NotReadyError(Exception):
    """The object exists and did not become ready in time; carries it as last seen, and the reasons."""

    def __init__(self, summary: str, live: Manifest, reasons: list[str]) -> None:
        super().__init__(summary)
        self.live = live
        self.reasons = reasons


class Reader(Lookup, Protocol):
    """A lookup that can also read the object again."""

    def get(self, manifest: Manifest) -> Manifest:
        """The live object; raises ApiError."""
        ...


def _pauses() -> Iterator[float]:
    pause = SHORTEST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.6, LONGEST_PAUSE)


def wait_until_ready(
    live: Manifest,
    judge: Judge,
    reader: Reader,
    *,
    seconds: float,
    stop: threading.Event,
    status: Callable[[str], None],
) -> Manifest:
    """The object once the judge calls it ready. Raises NotReadyError at the timeout, when hopeless, or when stopped."""
    started = time.monotonic()
    causes: list[str] = []
    asked = started
    for pause in _pauses():
        verdict = _verdict(live, judge, reader)
        if verdict.ready:
            status("")
            return live
        waited = time.monotonic() - started
        if verdict.hopeless or waited >= seconds or stop.is_set():
            reasons = [*verdict.missing, *causes_of(live, reader)]
            raise NotReadyError(
                _summary(live, verdict.hopeless, stop.is_set(), seconds), live, list(dict.fromkeys(reasons))
            )
        if time.monotonic() - asked >= CAUSES_EVERY_SECONDS:
            causes, asked = causes_of(live, reader), time.monotonic()
        status("; ".join([*verdict.missing, *causes[:1]]))
        stop.wait(min(pause, max(seconds - waited, 0.01)))
        live = _read_again(live, reader)
    raise AssertionError("the pauses never end")


def _verdict(live: Manifest, judge: Judge, reader: Reader) -> Readiness:
    try:
        return judge(live, reader)
    except (ApiError, ApiUnreachableError) as error:
        return lacking(str(error))


def _read_again(live: Manifest, reader: Reader) -> Manifest:
    """The object as it is now; as last seen when the API server is not able to say.

    The object exists, so an error here must not become one of its creation: the state would lose it.
    """
    try:
        return reader.get(live)
    except ApiUnreachableError:
        return live
    except ApiError as error:
        if error.code == 404:
            summary = f"{_title(live)} was deleted while it was waited for"
            raise NotReadyError(summary, live, [str(error)]) from error
        return live


def _summary(live: Manifest, hopeless: bool, stopped: bool, seconds: float) -> str:
    if hopeless:
        return f"{_title(live)} failed"
    if stopped:
        return f"the wait for {_title(live)} was cancelled"
    return f"{_title(live)} is not ready after {seconds:g} seconds"


def _title(live: Manifest) -> str:
    return f"{type_of(live)} {resource_id(live)}"


def wait_until_gone(
    live: Manifest, reader: Reader, *, seconds: float, stop: threading.Event, status: Callable[[str], None]
) -> None:
    """Returns once the object of this uid is gone. Raises NotReadyError at the timeout or when stopped."""
    started = time.monotonic()
    uid = field(live, "metadata", "uid")
    for pause in _pauses():
        try:
            current = reader.get(live)
        except ApiError as error:
            if error.code != 404:
                raise
            break
        if field(current, "metadata", "uid") != uid:
            break
        live = current
        waited = time.monotonic() - started
        if waited >= seconds or stop.is_set():
            summary = f"{_title(live)} still exists after {seconds:g} seconds"
            raise NotReadyError(
                summary if not stop.is_set() else f"the wait for {_title(live)} was cancelled",
                live,
                _holders(live),
            )
        status(f"waiting until {name_of(live)} is gone")
        stop.wait(min(pause, max(seconds - waited, 0.01)))
    status("")


def _holders(live: Manifest) -> list[str]:
    finalizers = [
        *field(live, "metadata", "finalizers", default=[]),
        *field(live, "spec", "finalizers", default=[]),
    ]
    held = [f"its finalizers hold it: {', '.join(finalizers)}"] if finalizers else []
    conditions = field(live, "status", "conditions", default=[]) if live.get("kind") == "Namespace" else []
    return held + [str(item.get("message")) for item in conditions if item.get("status") == "True"]
