"""The backfill's Job: between which ends it goes, as whom, what is written on it, and when it runs again."""

import datetime
from typing import Any

import pytest

from components.kubernetes.backfill import BackfillJob, BackfillJobArgs
from components.rendering import backfill as rendering
from roadmap.topology import Backfill, Environment, StoreUser
from tests.components.postgres_roles import STORE, before, one, registered, server
from tests.components.program import PASSWORD, Registered

IMAGE = "ghcr.io/cloudnative-pg/postgresql:17.5"
MOVE = Backfill(
    domain="notifications",
    direction="forward",
    job="notifications-backfill",
    namespace="test-notifications",
    tables=("notifications", "notification_preferences"),
    monolith_store="monolith-postgres",
    monolith_user="notifications_backfill",
    service_store="notifications-postgres",
    service_user="notifications",
    expires=datetime.date(2026, 12, 1),
    owner="Ada Example",
    reason="tables move with their domain",
)
REVERSE = MOVE.model_copy(update={"direction": "reverse"})
MONOLITH = STORE.model_copy(
    update={
        "name": MOVE.monolith_store,
        "owner": "monolith",
        "namespace": "test-monolith",
        "database": "pmt",
        "users": (
            StoreUser(name="monolith", owns_database=True),
            StoreUser(name=MOVE.monolith_user, reads=MOVE.tables),
        ),
    }
)
SERVICE = STORE.model_copy(
    update={
        "name": MOVE.service_store,
        "owner": "notifications",
        "namespace": MOVE.namespace,
        "database": "notifications",
        "users": (StoreUser(name="notifications", owns_database=True),),
    }
)
AT_MONOLITH = (
    "postgresql://notifications_backfill@monolith-postgres-rw.test-monolith.svc:5432/pmt?sslmode=require"
)
AT_SERVICE = "postgresql://notifications@notifications-postgres-rw.test-notifications.svc:5432/notifications?sslmode=require"
CARRIED, OWN = "notifications-backfill-notifications-backfill", "notifications-postgres-notifications"


def opened(move: Backfill = MOVE, image: str = IMAGE) -> tuple[Registered, ...]:
    def build() -> None:
        BackfillJob(
            move.job,
            BackfillJobArgs(
                backfill=move,
                namespace=move.namespace,
                image=image,
                monolith=server(MONOLITH),
                service=server(SERVICE),
                environment=Environment.PRODUCTION,
                after=[before()],
            ),
        )

    return registered(build)


@pytest.fixture(scope="module")
def resources() -> tuple[Registered, ...]:
    return opened()


@pytest.fixture(scope="module")
def job(resources: tuple[Registered, ...]) -> Registered:
    return one(resources, "Job")


def container(job: Registered) -> dict[str, Any]:
    (found,) = job.spec["template"]["spec"]["containers"]
    return dict(found)


def content(job: Registered) -> str:
    annotations: dict[str, str] = job.spec["template"]["metadata"]["annotations"]
    return annotations["service-extraction/settings"]


@pytest.mark.parametrize(
    ("move", "source", "target"),
    [
        pytest.param(MOVE, (AT_MONOLITH, CARRIED), (AT_SERVICE, OWN), id="forward"),
        pytest.param(REVERSE, (AT_SERVICE, OWN), (AT_MONOLITH, CARRIED), id="reverse"),
    ],
)
def test_it_reaches_both_primaries_and_the_password_is_in_no_argument(
    move: Backfill, source: tuple[str, str], target: tuple[str, str]
) -> None:
    pod = container(one(opened(move), "Job"))
    found = {entry["name"]: entry.get("value") or entry["valueFrom"]["secretKeyRef"] for entry in pod["env"]}
    assert found == {
        "SOURCE_URL": source[0],
        "SOURCE_PASSWORD": {"name": source[1], "key": "password"},
        "TARGET_URL": target[0],
        "TARGET_PASSWORD": {"name": target[1], "key": "password"},
    }
    assert pod["command"] == ["bash", "/etc/backfill/backfill.sh"]
    assert pod["image"] == IMAGE


def test_the_monoliths_credential_is_carried_for_this_move_only(resources: tuple[Registered, ...]) -> None:
    (carried,) = (r for r in resources if r.kind == "Secret" and r.object_name == CARRIED)
    assert carried.namespace == MOVE.namespace
    assert carried.metadata["labels"]["service-extraction/owner"] == "notifications"
    assert carried.inputs["stringData"]["username"] == MOVE.monolith_user
    assert carried.inputs["stringData"]["password"].startswith(PASSWORD)
    assert carried.secret_paths
    assert not carried.protect
    passwords = [r for r in resources if r.token.endswith("RandomPassword")]
    assert len(passwords) == 3, "the move has no password of its own"


def test_who_answers_for_it_is_written_on_the_job(job: Registered) -> None:
    assert job.metadata["annotations"] == {
        "service-extraction/exemption-owner": "Ada Example",
        "service-extraction/exemption-reason": "tables move with their domain",
        "service-extraction/exemption-expires": "2026-12-01",
        "service-extraction/exemption-direction": "forward",
    }


def test_its_pods_are_those_that_the_network_paths_admit(job: Registered) -> None:
    template = job.spec["template"]
    for labels in (job.metadata["labels"], template["metadata"]["labels"]):
        assert labels["app.kubernetes.io/name"] == MOVE.job
        assert labels["app.kubernetes.io/component"] == "backfill"
        assert labels["service-extraction/owner"] == "notifications"
    assert (job.namespace, job.object_name) == (MOVE.namespace, MOVE.job)


def test_it_is_restricted_holds_no_token_and_writes_nowhere(
    resources: tuple[Registered, ...], job: Registered
) -> None:
    pod = job.spec["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    account = next(r for r in resources if r.kind == "ServiceAccount" and r.object_name == MOVE.job)
    assert pod["serviceAccountName"] == account.object_name
    assert account.inputs["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsUser"] == 26
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container(job)["securityContext"]["readOnlyRootFilesystem"] is True
    volumes = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
    assert volumes == {"tmp"}, "rows stream, so nothing is spooled"


def test_it_waits_and_is_kept(job: Registered) -> None:
    assert any(urn.endswith("::before") for urn in job.dependencies)
    assert "ttlSecondsAfterFinished" not in job.spec
    assert job.spec["backoffLimit"] == 2
    assert job.spec["activeDeadlineSeconds"] >= 3600


CHANGES: tuple[tuple[str, dict[str, Any], str, bool], ...] = (
    ("nothing", {}, IMAGE, False),
    ("a later day", {"expires": datetime.date(2027, 1, 1)}, IMAGE, False),
    ("another to answer for it", {"owner": "Grace Example", "reason": "not done yet"}, IMAGE, False),
    ("the other direction", {"direction": "reverse"}, IMAGE, True),
    ("one table less", {"tables": ("notifications",)}, IMAGE, True),
    ("another image", {}, "ghcr.io/cloudnative-pg/postgresql:17.6", True),
)


@pytest.mark.parametrize(
    ("changes", "image", "again"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_it_runs_again_for_other_content_and_for_nothing_else(
    job: Registered, changes: dict[str, Any], image: str, again: bool
) -> None:
    after = one(opened(MOVE.model_copy(update=changes), image), "Job")
    assert (content(after) != content(job)) is again
    assert after.object_name == job.object_name
    assert (after.spec == job.spec) is not again


def test_the_script_in_the_pod_is_the_rendered_one(resources: tuple[Registered, ...]) -> None:
    assert one(resources, "ConfigMap").inputs["data"] == {
        "backfill.sh": rendering.shell_script(MOVE),
        "transfer.sql": rendering.transfer_sql(
            MOVE.tables, source="monolith-postgres", target="notifications-postgres"
        ),
    }


def test_a_url_that_holds_its_password_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="without \\$\\(SOURCE_PASSWORD\\)"):
        rendering.without_password("postgresql://user:hidden@host/database", "SOURCE_PASSWORD")


def test_a_table_that_is_no_plain_name_is_refused() -> None:
    with pytest.raises(ValueError, match="letters, digits and `_` only"):
        rendering.transfer_sql(['x"; DROP TABLE y; --'], source="a", target="b")


def test_settings_are_the_same_on_both_sides() -> None:
    text = rendering.transfer_sql(["notifications"], source="a", target="b")
    for name, value in rendering.SETTINGS.items():
        assert text.count(f"SET {name} = '{value}';") == 2
