"""The table of quantities holds on the API server that it was written for."""

from typing import Any

from tests.offline.providers.provider_process import Cluster
from tests.offline.providers.test_quantities import QUANTITIES


def test_the_api_server_writes_quantities_back_like_this(cluster: Cluster, namespace: str) -> None:
    positive = [(given, wanted) for given, wanted in QUANTITIES if not str(given).startswith("-")]
    hard = {f"example.com/number-{number}": given for number, (given, _) in enumerate(positive)}
    # Counted resources must be whole numbers; in a LimitRange they need not be.
    limits: dict[str, Any] = {"type": "Container", "max": hard}
    made = cluster.create(
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "all", "namespace": namespace},
            "spec": {"limits": [limits]},
        }
    )
    stored = made["spec"]["limits"][0]["max"]
    assert [stored[key] for key in hard] == [wanted for _, wanted in positive]
