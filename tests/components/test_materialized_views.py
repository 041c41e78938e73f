"""Materialized views: made by the update that changes them, refreshed on the catalog's schedule by the same script."""

from typing import Any

import pulumi
import pytest

from components.connections import Connections
from components.kubernetes.materialized_views import MaterializedViews, MaterializedViewsArgs
from components.rendering.views import STATEMENT_SECONDS, refreshed_by, views_sql
from roadmap.topology import (
    Environment,
    MaterializedView,
    Resources,
    Scaling,
    StoreUse,
    Workload,
    WorkloadRole,
)
from tests.components.postgres_roles import IMAGE, VIEW, before, one, registered, server
from tests.components.program import PASSWORD, Registered

SECOND = VIEW.model_copy(update={"name": "returns"})
OF_ANOTHER_ROLE = VIEW.model_copy(update={"name": "foreign", "owner": "somebody"})
OF_ANOTHER_STORE = VIEW.model_copy(update={"name": "foreign", "store": "other-postgres"})
WORKLOAD = Workload(
    name="sales-refresh",
    role=WorkloadRole.REFRESH,
    command=("psql",),
    scaling=Scaling(minimum=1, maximum=1),
    resources=Resources(cpu_request="100m", memory_request="128Mi", memory_limit="256Mi"),
    stores=(StoreUse(store="shop-postgres", user="refresher", variable="REFRESH_DATABASE_URL"),),
    schedule="*/5 * * * *",
)


def made(
    views: tuple[MaterializedView, ...] = (VIEW, SECOND), workload: Workload = WORKLOAD
) -> tuple[Registered, ...]:
    def build() -> None:
        class NoBroker:
            """Nothing here speaks to the broker."""

        MaterializedViews(
            "views",
            MaterializedViewsArgs(
                owner="shop",
                workload=workload,
                views=views,
                namespace="test-shop",
                image=IMAGE,
                service_account=pulumi.Output.from_input("shop"),
                connections=Connections(stores={"shop-postgres": server()}, broker=NoBroker()),  # type: ignore[arg-type]
                environment=Environment.PRODUCTION,
                after=[before()],
            ),
        )

    return registered(build)


def template(resource: Registered) -> dict[str, Any]:
    assert resource.pod_template is not None
    return dict(resource.pod_template)


def test_the_schedule_is_the_catalogs_and_runs_never_overlap() -> None:
    schedule = one(made(), "CronJob")
    assert schedule.object_name == "sales-refresh"
    assert schedule.spec["schedule"] == "*/5 * * * *"
    assert schedule.spec["concurrencyPolicy"] == "Forbid"


def test_update_and_schedule_run_the_same_pod() -> None:
    resources = made()
    assert template(one(resources, "Job")) == template(one(resources, "CronJob"))


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_it_runs_as_the_views_owner_on_the_primary(kind: str) -> None:
    resources = made()
    pod = template(one(resources, kind))["spec"]
    (container,) = pod["containers"]
    variables = {entry["name"]: entry for entry in container["env"]}
    assert variables["PGPASSWORD"]["valueFrom"]["secretKeyRef"]["name"] == "shop-postgres-refresher"
    assert variables["DATABASE_URL"]["value"].startswith("postgresql://refresher@shop-postgres-rw.test-shop")
    assert pod["serviceAccountName"] == "shop"
    assert pod["securityContext"]["runAsUser"] == 26
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["resources"]["limits"] == {"memory": "256Mi"}
    assert PASSWORD not in str(pod)


def test_its_pods_carry_the_workloads_name() -> None:
    labels = template(one(made(), "CronJob"))["metadata"]["labels"]
    assert labels["app.kubernetes.io/name"] == "sales-refresh"
    assert labels["app.kubernetes.io/component"] == "refresh"
    assert labels["service-extraction/owner"] == "shop"


def test_the_script_holds_the_views_of_this_role_and_store_only() -> None:
    script = one(made((VIEW, OF_ANOTHER_ROLE, SECOND, OF_ANOTHER_STORE)), "ConfigMap")
    assert list(script.inputs["data"].values()) == [views_sql((VIEW, SECOND))]


def test_the_views_are_made_after_the_grants_and_before_the_schedule() -> None:
    resources = made()
    job = one(resources, "Job")
    assert any(urn.endswith("::before") for urn in job.dependencies)
    assert job.urn in one(resources, "CronJob").dependencies


CHANGES: dict[str, dict[str, object]] = {
    "query": {"query": "SELECT 1 AS day"},
    "unique columns": {"unique_columns": ("orders",)},
    "reader": {"reader": "somebody"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_definition_is_another_job(change: dict[str, object]) -> None:
    jobs = [
        one(made(), "Job"),
        one(made(), "Job"),
        one(made((VIEW.model_copy(update=change), SECOND)), "Job"),
    ]
    names = [job.object_name for job in jobs]
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("sales-refresh-definitions-")


def test_one_slow_view_leaves_time_for_the_others() -> None:
    deadlines = {
        one(made(views), "Job").spec["activeDeadlineSeconds"] // len(views)
        for views in ((VIEW,), (VIEW, SECOND))
    }
    assert min(deadlines) > STATEMENT_SECONDS
    assert STATEMENT_SECONDS < 5 * 60
    assert f"SET statement_timeout = '{STATEMENT_SECONDS}s';" in views_sql((VIEW,))


@pytest.mark.parametrize(
    ("views", "workload", "message"),
    [
        pytest.param((), WORKLOAD, "0 of its stores have materialized views of its role", id="no view"),
        pytest.param((OF_ANOTHER_ROLE,), WORKLOAD, "0 of its stores", id="only of another role"),
        pytest.param(
            (VIEW, OF_ANOTHER_STORE),
            WORKLOAD.model_copy(
                update={
                    "stores": (
                        *WORKLOAD.stores,
                        StoreUse(store="other-postgres", user="refresher", variable="X"),
                    )
                }
            ),
            "2 of its stores",
            id="two stores",
        ),
    ],
)
def test_a_refresh_without_one_set_of_views_is_refused(
    views: tuple[MaterializedView, ...], workload: Workload, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        refreshed_by(workload, views)


def test_a_refresh_without_a_schedule_is_refused() -> None:
    with pytest.raises(Exception, match=r"workload sales-refresh \(shop\): a refresh has a schedule"):
        made(workload=WORKLOAD.model_copy(update={"schedule": None}))


def test_views_of_two_owners_do_not_come_into_one_script() -> None:
    with pytest.raises(ValueError, match="one owner's views in one store"):
        views_sql((VIEW, OF_ANOTHER_ROLE))
