"""A provider process of our own against an embedded cluster of our own, both shared by the tests of this folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline import cluster as embedded
from tests.offline.providers.provider_process import Cluster, Provider

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An embedded cluster that ends with the tests."""
    root = tmp_path_factory.mktemp("cluster")
    try:
        info = embedded.up(root, lambda _line: None)
        yield Cluster(kubeconfig=info.kubeconfig, context=info.context, server=info.server)
    finally:
        embedded.down(root, lambda _line: None)
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def kubernetes(cluster: Cluster) -> Iterator[Provider]:
    """The stand-in `kubernetes`, started as the engine starts it and configured for the cluster."""
    with Provider.started("kubernetes", ROOT) as provider:
        provider.configure(kubeconfig=str(cluster.kubeconfig), context=cluster.context)
        yield provider


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Provider]:
    """A second `kubernetes`, for tests that configure it their own way."""
    with Provider.started("kubernetes", ROOT) as provider:
        yield provider


@pytest.fixture(scope="session")
def random_values() -> Iterator[Provider]:
    """The stand-in `random`."""
    with Provider.started("random", ROOT) as provider:
        provider.configure()
        yield provider


@pytest.fixture
def namespace(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    """A namespace of this test alone; nobody waits for its end."""
    name = cluster.unique("test")
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    cluster.delete("v1", "Namespace", "", name)
