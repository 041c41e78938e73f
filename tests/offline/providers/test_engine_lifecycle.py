"""A small program from its first update to its end, through the real engine, with both stand-ins."""

import base64
from pathlib import Path

import pytest

from tests.offline.providers.engine import Engine
from tests.offline.providers.provider_process import Cluster

PROGRAM = Path(__file__).parent / "programs" / "shop"
ENCODED = base64.b64encode(b"fixed-and-hidden").decode()
HIDDEN = ("fixed-and-hidden", "token-and-hidden", ENCODED)


@pytest.fixture(scope="module")
def name(cluster: Cluster) -> str:
    return cluster.unique("shop")


@pytest.fixture(scope="module")
def shop(cluster: Cluster, name: str, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The program after its first update; the tests below follow each other on it."""
    engine = Engine(folder=tmp_path_factory.mktemp("shop"), program=PROGRAM)
    engine.configure(kubeconfig=cluster.kubeconfig, context=cluster.context, namespace=name)
    assert engine.preview() == {"create": 9}
    assert cluster.get("v1", "Namespace", name) is None
    assert engine.up() == {"create": 9}
    return engine


def test_everything_is_there_and_ready(shop: Engine, cluster: Cluster, name: str) -> None:
    web = cluster.get("apps/v1", "Deployment", f"{name}/web")
    assert web is not None
    assert web["status"]["availableReplicas"] == 2
    assert {item["id"] for item in shop.resources().values() if item["type"].startswith("kubernetes:")} > {
        name,
        f"{name}/web",
        f"{name}/greeting",
        f"{name}/edge",
    }


def test_the_state_holds_no_secret_in_clear(shop: Engine) -> None:
    shown = shop.must("stack", "export", "--show-secrets")
    password = shop.must("stack", "output", "password", "--show-secrets").strip()
    assert len(password) == 24
    state = shop.state()
    for text in (password, "token-and-hidden", ENCODED):
        assert text in shown
        assert text not in state
    assert "fixed-and-hidden" not in state


def test_a_second_update_changes_nothing(shop: Engine) -> None:
    assert shop.up() == {}
    assert shop.preview("--refresh") == {}


def test_an_invalid_object_is_refused_in_the_preview(shop: Engine, cluster: Cluster, name: str) -> None:
    before = cluster.get("apps/v1", "Deployment", f"{name}/web")
    shop.configure(replicas=-1)
    text = shop.must_fail("preview")
    assert "spec.replicas: Invalid value: -1: must be greater than or equal to 0" in text
    assert all(hidden not in text for hidden in HIDDEN)
    assert cluster.get("apps/v1", "Deployment", f"{name}/web") == before
    shop.configure(replicas=2)


def test_an_image_change_is_an_update_in_place(shop: Engine, cluster: Cluster, name: str) -> None:
    shop.configure(image="example.com/web:2")
    assert shop.preview() == {"update": 1}
    assert shop.up() == {"update": 1}
    web = cluster.get("apps/v1", "Deployment", f"{name}/web")
    assert web is not None
    assert web["spec"]["template"]["spec"]["containers"][0]["image"] == "example.com/web:2"


def test_drift_is_found_by_a_refresh_and_undone(shop: Engine, cluster: Cluster, name: str) -> None:
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "greeting", "namespace": name},
            "data": {"greeting": "drifted"},
        },
        manager="somebody",
    )
    assert shop.preview() == {}
    assert shop.refresh() == {"update": 1}
    assert shop.up() == {"replace": 1}
    greeting = cluster.get("v1", "ConfigMap", f"{name}/greeting")
    assert greeting is not None
    assert greeting["data"] == {"greeting": "hello"}


def test_a_deleted_object_comes_back_after_a_refresh(shop: Engine, cluster: Cluster, name: str) -> None:
    cluster.delete("v1", "ConfigMap", name, "greeting")
    assert shop.refresh() == {"delete": 1}
    assert shop.up() == {"create": 1}


def test_a_new_password_replaces_what_is_built_on_it(shop: Engine, cluster: Cluster, name: str) -> None:
    before = {item.get("id") for item in shop.resources().values()}
    shop.configure(password_version=2)
    assert shop.up() == {"replace": 2, "update": 1}
    after = {item.get("id") for item in shop.resources().values()}
    (old,) = before - after
    assert old is not None
    assert old.startswith(f"{name}/credentials-")
    assert cluster.get("v1", "Secret", old) is None


def test_a_replacement_of_a_named_object_deletes_it_first(shop: Engine) -> None:
    shop.configure(greeting="good evening")
    assert shop.up() == {"replace": 1}


def test_destroy_leaves_nothing(shop: Engine, cluster: Cluster, name: str) -> None:
    shop.must("destroy", "--yes", "--skip-preview")
    assert shop.resources() == {}
    assert cluster.get("v1", "Namespace", name) is None
