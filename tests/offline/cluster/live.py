"""A handle on a running embedded cluster, for tests: create from YAML, read, wait for a state."""

from __future__ import annotations

import http.client
import json
import ssl
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from offline.cluster import ClusterInfo
from offline.cluster.api import Answer, Server
from offline.cluster.layout import Layout

PLURALS = {
    "Ingress": "ingresses",
    "GatewayClass": "gatewayclasses",
    "PodDisruptionBudget": "poddisruptionbudgets",
}
CLUSTER_SCOPED = {"Namespace", "GatewayClass", "TokenReview", "SubjectAccessReview"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The API server of one embedded cluster, called as its administrator."""

    info: ClusterInfo
    server: Server

    @classmethod
    def of(cls, info: ClusterInfo) -> Live:
        layout = Layout.of(info.root)
        port = int(info.server.rpartition(":")[2])
        return cls(info=info, server=Server.at(port, certificates=layout.certificates, client="admin"))

    def namespace(self, name: str, *, pod_security: str | None = None) -> str:
        """Make a namespace and wait for the ServiceAccount that its pods need."""
        labels = {"pod-security.kubernetes.io/enforce": pod_security} if pod_security else {}
        self.create(
            f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, labels: {json.dumps(labels)}}}}}"
        )
        self.wait(f"/api/v1/namespaces/{name}/serviceaccounts/default", lambda _: True)
        return name

    def create(self, text: str, namespace: str | None = None, *, expect: int = 201) -> list[dict[str, Any]]:
        """Create every object of a YAML text; each must be answered with `expect`."""
        created = []
        for body in yaml.safe_load_all(textwrap.dedent(text)):
            answer = self.server.request("POST", path_of(body, namespace), json.dumps(body).encode())
            assert answer.status == expect, f"{body['kind']}: {answer.status} {answer.message}"
            created.append(answer.json)
        return created

    def get(self, path: str) -> Answer:
        return self.server.request("GET", path)

    def as_bearer(self, token: str | None, path: str) -> int:
        """Status of a GET by whoever holds this token; without one, by nobody in particular."""
        tls = ssl.create_default_context(cafile=Layout.of(self.info.root).certificates / "ca.crt")
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.port, timeout=10, context=tls)
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        status = connection.getresponse().status
        connection.close()
        return status

    def patch(self, path: str, change: dict[str, Any]) -> None:
        body = json.dumps(change).encode()
        answer = self.server.request("PATCH", path, body, content="application/merge-patch+json")
        assert answer.status == 200, answer.message

    def delete(self, path: str) -> None:
        answer = self.server.request("DELETE", path)
        assert answer.status in (200, 202), answer.message

    def wait(self, path: str, state: Callable[[dict[str, Any]], Any], seconds: float = 20) -> dict[str, Any]:
        """The object once it is in this state; fails with the object as it is otherwise."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.get(path)
            if answer.status == 200 and state(answer.json):
                found: dict[str, Any] = answer.json
                return found
            assert time.monotonic() < deadline, (
                f"{path} after {seconds} s: {answer.status} {answer.body.decode()[:4000]}"
            )
            time.sleep(0.05)

    def wait_gone(self, path: str, seconds: float = 20) -> None:
        """Return once the object is gone."""
        began = time.monotonic()
        while (answer := self.get(path)).status != 404:
            assert time.monotonic() - began < seconds, f"{path} is still there: {answer.body.decode()[:4000]}"
            time.sleep(0.05)


def path_of(body: dict[str, Any], namespace: str | None) -> str:
    """The collection an object belongs to."""
    group, kind = body["apiVersion"], body["kind"]
    plural = PLURALS.get(kind, kind.lower() + "s")
    base = f"/api/{group}" if "/" not in group else f"/apis/{group}"
    return f"{base}/{plural}" if kind in CLUSTER_SCOPED else f"{base}/namespaces/{namespace}/{plural}"


def condition(body: dict[str, Any], kind: str) -> dict[str, Any]:
    """The condition of this type, empty if there is none."""
    found = (one for one in body.get("status", {}).get("conditions", []) if one["type"] == kind)
    return next(found, {})
