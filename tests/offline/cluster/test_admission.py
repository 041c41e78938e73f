"""What the API server refuses: privileged pods where Pod Security is enforced, and identities without a right."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from offline.cluster import ports
from offline.cluster.api import Server
from offline.cluster.layout import Layout
from tests.offline.cluster.live import Live

SAFE: dict[str, Any] = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}

DEPLOYER = """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: deployer}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: deployer}
    rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: deployer}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
    subjects: [{kind: ServiceAccount, name: deployer}]
"""


@pytest.mark.parametrize(
    ("security", "expect"),
    [
        (SAFE, 201),
        ({**SAFE, "privileged": True, "allowPrivilegeEscalation": True}, 403),
        ({**SAFE, "runAsNonRoot": False}, 403),
        ({**SAFE, "capabilities": {}}, 403),
        ({**SAFE, "seccompProfile": {"type": "Unconfined"}}, 403),
    ],
    ids=["restricted", "privileged", "root", "capabilities kept", "no seccomp profile"],
)
def test_pod_security_restricted_is_enforced(live: Live, security: dict[str, Any], expect: int) -> None:
    namespace = "restricted"
    if live.get(f"/api/v1/namespaces/{namespace}").status == 404:
        live.namespace(namespace, pod_security="restricted")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "pod-"},
        "spec": {"containers": [{"name": "main", "image": "example/app:1", "securityContext": security}]},
    }
    live.create(json.dumps(pod), namespace, expect=expect)


def test_a_token_of_a_service_account_gives_its_rights_and_no_other(live: Live) -> None:
    namespace, other = live.namespace("deployer-own"), live.namespace("deployer-other")
    live.create(DEPLOYER.replace("name: deployer}]", f"name: deployer, namespace: {namespace}}}]"), namespace)
    answer = live.server.request(
        "POST",
        f"/api/v1/namespaces/{namespace}/serviceaccounts/deployer/token",
        json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}).encode(),
    )
    token = answer.json["status"]["token"]
    (review,) = live.create(
        json.dumps(
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        )
    )
    user = f"system:serviceaccount:{namespace}:deployer"
    assert review["status"]["authenticated"]
    assert review["status"]["user"]["username"] == user

    def allowed(verb: str, resource: str, where: str) -> bool:
        group = "apps" if resource == "deployments" else ""
        attributes = {"namespace": where, "verb": verb, "group": group, "resource": resource}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": attributes},
        }
        (answered,) = live.create(json.dumps(body))
        return bool(answered["status"]["allowed"])

    assert allowed("patch", "deployments", namespace)
    assert not allowed("delete", "deployments", namespace)
    assert not allowed("get", "secrets", namespace)
    assert not allowed("patch", "deployments", other)


def test_the_service_account_token_is_accepted_and_rbac_refuses_the_rest(live: Live) -> None:
    namespace = live.namespace("token-user")
    live.create(DEPLOYER.replace("name: deployer}]", f"name: deployer, namespace: {namespace}}}]"), namespace)
    token = live.server.request(
        "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/deployer/token", b"{}"
    ).json["status"]["token"]
    assert live.as_bearer(token, f"/apis/apps/v1/namespaces/{namespace}/deployments/none") == 404
    assert live.as_bearer(token, f"/api/v1/namespaces/{namespace}/secrets") == 403
    assert live.as_bearer("made-up", f"/apis/apps/v1/namespaces/{namespace}/deployments/none") == 401
    assert live.as_bearer(None, "/api/v1/namespaces") == 403


def test_the_administrators_certificate_opens_no_connection_to_etcd(live: Live) -> None:
    layout = Layout.of(live.info.root)
    kept = ports.read(layout.ports)
    assert kept
    administrator, api_server = (
        Server.at(kept["etcd"], certificates=layout.certificates, client=client, authority="etcd-ca")
        for client in ("admin", "etcd-client")
    )
    assert api_server.healthy("/readyz")
    with pytest.raises(ssl.SSLError):
        administrator.request("GET", "/readyz")


def listening(pid: int) -> Iterator[str]:
    """Addresses this process listens on, in hexadecimal as the kernel writes them."""
    sockets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                yield fields[1].partition(":")[0]


def test_every_process_listens_on_loopback_only(live: Live) -> None:
    for name, pid in live.info.pids.items():
        assert pid
        addresses = list(listening(pid))
        assert addresses, f"{name} listens nowhere"
        assert set(addresses) == {"0100007F"}, f"{name} listens on {addresses}"
