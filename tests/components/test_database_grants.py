"""The Job that grants what a store's roles may do: when there is one, as whom it runs, and when it runs again."""

from typing import Any

import pytest

from components.kubernetes.database_grants import DatabaseGrants, DatabaseGrantsArgs
from components.rendering.grants import grants_sql
from components.rendering.postgres import cluster_spec
from roadmap.topology import Environment, MaterializedView, Store, StoreKind, StoreUser
from tests.components.postgres_roles import IMAGE, STORE, VIEW, before, one, registered, server
from tests.components.program import PASSWORD, Registered

ALONE = STORE.model_copy(update={"users": STORE.users[:1], "retired_users": (), "retired_views": ()})
ELSEWHERE = VIEW.model_copy(update={"store": "other-postgres"})


def granted(
    store: Store = STORE, views: tuple[MaterializedView, ...] = (VIEW,), image: str = IMAGE
) -> tuple[Registered, ...]:
    def build() -> None:
        DatabaseGrants(
            "grants",
            DatabaseGrantsArgs(
                store=store,
                views=views,
                namespace=store.namespace,
                image=image,
                server=server(store),
                environment=Environment.PRODUCTION,
                after=[before()],
            ),
        )

    return registered(build)


def container(job: Registered) -> dict[str, Any]:
    (found,) = job.spec["template"]["spec"]["containers"]
    return dict(found)


@pytest.mark.parametrize(
    ("store", "needed"),
    [
        pytest.param(ALONE, False, id="only the owner"),
        pytest.param(ALONE.model_copy(update={"users": STORE.users}), True, id="another role"),
        pytest.param(ALONE.model_copy(update={"retired_users": ("gone",)}), True, id="a retired role"),
        pytest.param(STORE.model_copy(update={"kind": StoreKind.CLICKHOUSE}), False, id="no Postgres"),
    ],
)
def test_a_store_needs_grants_when_a_role_beside_its_owner_has_or_had_something(
    store: Store, needed: bool
) -> None:
    assert store.needs_grants is needed


def test_it_runs_as_the_databases_owner_with_the_password_in_no_argument() -> None:
    resources = granted()
    pod = container(one(resources, "Job"))
    variables = {entry["name"]: entry for entry in pod["env"]}
    assert variables["PGPASSWORD"]["valueFrom"]["secretKeyRef"] == {
        "name": "shop-postgres-shop",
        "key": "password",
    }
    assert variables["DATABASE_URL"]["value"] == (
        "postgresql://shop@shop-postgres-rw.test-shop.svc:5432/shop?sslmode=require"
    )
    assert pod["command"][0] == "psql"
    assert "--set=ON_ERROR_STOP=1" in pod["command"]
    assert PASSWORD not in str([resource.inputs for resource in resources if resource.kind == "Job"])


def test_the_script_is_mounted_where_psql_reads_it() -> None:
    resources = granted()
    script, job = one(resources, "ConfigMap"), one(resources, "Job")
    (mount,) = (mount for mount in container(job)["volumeMounts"] if mount["name"] == "script")
    (volume,) = (volume for volume in job.spec["template"]["spec"]["volumes"] if volume["name"] == "script")
    (file,) = script.inputs["data"]
    assert f"--file={mount['mountPath']}/{file}" in container(job)["command"]
    assert volume["configMap"]["name"] == script.object_name
    assert script.inputs["data"][file] == grants_sql(STORE, (VIEW,))


def test_it_comes_after_the_cluster_and_what_it_was_told_to_wait_for() -> None:
    resources = granted()
    job = one(resources, "Job")
    assert one(resources, "Cluster").urn in job.dependencies
    assert any(urn.endswith("::before") for urn in job.dependencies)


def test_its_pods_carry_the_name_to_which_the_network_opens_the_primary() -> None:
    job = one(granted(), "Job")
    assert job.spec["template"]["metadata"]["labels"] == {
        "app.kubernetes.io/name": "shop-postgres-grants",
        "app.kubernetes.io/component": "grants",
        "app.kubernetes.io/part-of": "pmt",
        "app.kubernetes.io/managed-by": "pulumi",
        "service-extraction/owner": "shop",
    }


@pytest.mark.parametrize(
    ("store", "views", "image", "again"),
    [
        pytest.param(STORE, (VIEW,), IMAGE, False, id="nothing"),
        pytest.param(STORE.model_copy(update={"storage_gib": 2}), (VIEW,), IMAGE, False, id="a larger store"),
        pytest.param(STORE, (VIEW, ELSEWHERE), IMAGE, False, id="a view of another store"),
        pytest.param(STORE, (VIEW,), f"{IMAGE}-1", True, id="the image"),
        pytest.param(STORE, (), IMAGE, True, id="one view less"),
        pytest.param(STORE.model_copy(update={"retired_users": ()}), (VIEW,), IMAGE, True, id="not retired"),
        pytest.param(
            STORE.model_copy(update={"users": (*STORE.users, StoreUser(name="more"))}),
            (VIEW,),
            IMAGE,
            True,
            id="one role more",
        ),
    ],
)
def test_it_runs_again_when_what_is_granted_has_changed(
    store: Store, views: tuple[MaterializedView, ...], image: str, again: bool
) -> None:
    first, second = one(granted(), "Job"), one(granted(store, views, image), "Job")
    assert (first.object_name != second.object_name) is again
    assert second.object_name.startswith("shop-postgres-grants-")


def test_a_job_that_failed_is_tried_again_by_the_next_update_though_nothing_in_it_changed() -> None:
    assert one(granted(), "Job").metadata["annotations"] == {"pulumi.com/replaceUnready": "true"}


def test_the_operator_makes_the_roles_and_drops_the_retired_ones() -> None:
    spec: Any = cluster_spec(
        STORE,
        image=IMAGE,
        storage_class=None,
        secret_names={user.name: f"secret-of-{user.name}" for user in STORE.users},
        pod_labels={},
    )
    assert spec["managed"]["roles"] == [
        {
            "name": name,
            "ensure": "present",
            "login": True,
            "passwordSecret": {"name": f"secret-of-{name}"},
        }
        for name in ("reporter", "refresher")
    ] + [{"name": "gone", "ensure": "absent"}]


def test_a_store_of_its_owner_alone_has_no_managed_roles() -> None:
    spec = cluster_spec(ALONE, image=IMAGE, storage_class=None, secret_names={"shop": "s"}, pod_labels={})
    assert "managed" not in spec


def test_values_are_rows_and_never_part_of_a_statement() -> None:
    odd = STORE.model_copy(update={"retired_users": ("it's; DROP TABLE orders --",)})
    assert "INSERT INTO retired_role VALUES\n  ('it''s; DROP TABLE orders --');" in grants_sql(odd, ())
