"""Where `analytics-refresh-interval` begins and ends: what refreshes, and how long a view may grow old."""

from __future__ import annotations

from typing import Any

import pytest

from ..stack import UNKNOWN, kube
from .small import Objects, move, told

EVERY_FIVE = "*/5 * * * *"
REFRESHES = {"app.kubernetes.io/component": "refresh"}


def job(name: str = "views", labels: dict[str, str] | None = REFRESHES, **spec: Any) -> Any:
    return kube("CronJob", name, labels=labels, spec={"schedule": EVERY_FIVE, **spec})


def line(text: str, name: str = "views") -> str:
    return f"CronJob {name}: CronJob {name} {text}"


OFTEN = ", not every few minutes of every hour"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param({}, [], id="every five minutes"),
        pytest.param({"schedule": "*/6 * * * *"},
                     [line("leaves 6 minutes between two refreshes, and 5 are tolerated")], id="every six minutes"),
        pytest.param({"schedule": "*/5 8-18 * * *"}, [line(f"refreshes on `*/5 8-18 * * *`{OFTEN}")], id="by day only"),
        pytest.param({"schedule": UNKNOWN},
                     [line(f"refreshes on a schedule that is not known yet{OFTEN}")], id="a schedule not known yet"),
        pytest.param({"schedule": None},
                     [line(f"refreshes on a schedule that is not known yet{OFTEN}")], id="no schedule"),
        pytest.param({"suspend": False}, [], id="said not to be suspended"),
        pytest.param({"suspend": True}, [line("is suspended, so its views only grow old")], id="suspended"),
        pytest.param({"suspend": UNKNOWN}, [line("may be suspended, so its views only grow old")],
                     id="whether it is suspended is not known yet"),
        pytest.param({"suspend": True, "schedule": "0 * * * *"}, [line("is suspended, so its views only grow old")],
                     id="suspended, whatever its schedule"),
    ],
)  # fmt: skip
def test_a_view_grows_no_older_than_five_minutes(spec: dict[str, Any], expected: list[str]) -> None:
    assert told("analytics-refresh-interval", [move(), job(**spec)]) == expected


HOURLY = "leaves 60 minutes between two refreshes, and 5 are tolerated"
NAMED = {"app.kubernetes.io/name": "analytics-refresh"}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param([job(schedule="0 * * * *")], [line(HOURLY)], id="by its role"),
        pytest.param([job(labels=NAMED, schedule="0 * * * *")], [line(HOURLY)], id="by its label"),
        pytest.param([job("analytics-refresh", None, schedule="0 * * * *")],
                     [line(HOURLY, "analytics-refresh")], id="by its name"),
        pytest.param([job("reports", None, schedule="0 * * * *")], [], id="something else"),
        pytest.param([job("reports", {"app.kubernetes.io/component": "worker"}, schedule="0 * * * *")], [],
                     id="another role"),
        pytest.param([job("analytics-api", {"app.kubernetes.io/name": "monolith-api"}, schedule="0 * * * *")], [],
                     id="the name of a workload that refreshes nothing"),
        pytest.param([job("reports", None, schedule="0 * * * *"), job(schedule="0 * * * *")],
                     [line(HOURLY)], id="one that refreshes after one that does not"),
        pytest.param([kube("Deployment", "analytics-refresh", spec={"schedule": "0 * * * *"})], [], id="no CronJob"),
    ],
)  # fmt: skip
def test_what_refreshes(objects: Objects, expected: list[str]) -> None:
    assert told("analytics-refresh-interval", [move(), *objects]) == expected
