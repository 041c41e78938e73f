"""A stack as the engine shows it to a policy pack: protocol messages, through the policy SDK's own servicer.

Tests build resources with `resource(...)` or with the Kubernetes shorthands, name what went into each
property, and ask `analyze(...)` what the pack answers. Unknown and secret values are encoded as the engine
encodes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE

from policies.isolation.configuration import SETTINGS
from policies.isolation.pack import policies
from policies.isolation.server import Servicer

UNKNOWN = UNKNOWN_STRING_VALUE
UNKNOWN_OBJECT = UNKNOWN_OBJECT_VALUE
OWNER = "service-extraction/owner"

_TOKENS = {
    "Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1",
    "Secret": "core/v1", "ConfigMap": "core/v1", "Service": "core/v1", "Namespace": "core/v1", "Pod": "core/v1",
    "PersistentVolumeClaim": "core/v1", "PersistentVolume": "core/v1", "ServiceAccount": "core/v1",
    "Cluster": "postgresql.cnpg.io/v1", "Pooler": "postgresql.cnpg.io/v1", "Database": "postgresql.cnpg.io/v1",
    "RabbitmqCluster": "rabbitmq.com/v1beta1", "NetworkPolicy": "networking.k8s.io/v1",
    "Role": "rbac.authorization.k8s.io/v1", "RoleBinding": "rbac.authorization.k8s.io/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1", "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "Endpoints": "core/v1",
    "Component": "dapr.io/v1alpha1",
    "ReplicaSet": "apps/v1", "SealedSecret": "bitnami.com/v1alpha1", "Certificate": "cert-manager.io/v1",
}  # fmt: skip


def secret(value: Any) -> dict[str, Any]:
    """A value marked secret, as it travels between engine and pack."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::project::{token}::{name}"


def resource(
    token: str,
    name: str,
    properties: Mapping[str, Any] | None = None,
    *,
    uses: Mapping[str, Sequence[Any]] | None = None,
    parent: Any = None,
    protect: bool = False,
) -> Any:
    """One resource; `uses` names the resources whose outputs went into each property."""
    body = struct_pb2.Struct()
    json_format.ParseDict(dict(properties or {}), body)
    message = proto.AnalyzerResource(type=token, properties=body, urn=urn(token, name), name=name)
    message.options.CopyFrom(proto.AnalyzerResourceOptions(protect=protect))
    if parent is not None:
        message.parent = parent.urn
    for key, sources in (uses or {}).items():
        message.propertyDependencies[key].CopyFrom(
            proto.AnalyzerPropertyDependencies(urns=[source.urn for source in sources])
        )
        message.dependencies.extend(source.urn for source in sources)
    return message


def kube(
    kind: str,
    name: str,
    *,
    namespace: str | None = "default",
    owner: str | None = None,
    labels: Mapping[str, str] | None = None,
    uses: Mapping[str, Sequence[Any]] | None = None,
    parent: Any = None,
    protect: bool = False,
    **body: Any,
) -> Any:
    """A Kubernetes object."""
    version = _TOKENS[kind]
    found = dict(labels or {})
    if owner is not None:
        found[OWNER] = owner
    metadata: dict[str, Any] = {"name": name, "labels": found}
    if namespace is not None:
        metadata["namespace"] = namespace
    properties = {"apiVersion": version.removeprefix("core/"), "kind": kind, "metadata": metadata, **body}
    unique = name if namespace in {None, "default"} else f"{namespace}-{name}"
    return resource(
        f"kubernetes:{version}:{kind}", unique, properties, uses=uses, parent=parent, protect=protect
    )


def deployment(
    name: str,
    *,
    kind: str = "Deployment",
    env: Sequence[Mapping[str, Any]] = (),
    env_from: Sequence[Mapping[str, Any]] = (),
    image: str = "registry.example/app:1",
    labels: Mapping[str, str] | None = None,
    container: Mapping[str, Any] | None = None,
    pod: Mapping[str, Any] | None = None,
    ports: Sequence[int] = (),
    **rest: Any,
) -> Any:
    """A workload with one container."""
    found = {"app": name, **(labels or {})}
    only: dict[str, Any] = {"name": "main", "image": image, "env": list(env), "envFrom": list(env_from)}
    if ports:
        only["ports"] = [{"containerPort": port} for port in ports]
    only |= dict(container or {})
    template: dict[str, Any] = {"metadata": {"labels": found}, "spec": {"containers": [only], **(pod or {})}}
    spec: dict[str, Any] = {"selector": {"matchLabels": found}, "template": template}
    if kind in {"Job", "CronJob"}:
        template["spec"].setdefault("restartPolicy", "Never")
        del spec["selector"]  # the controller makes one of its own
    if kind == "CronJob":
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
    return kube(kind, name, labels=found, spec=spec, **rest)


def service(name: str, selects: str, port: int, **rest: Any) -> Any:
    return kube("Service", name, spec={"selector": {"app": selects}, "ports": [{"port": port}]}, **rest)


def value(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "value": text}


def from_secret(name: str, secret_name: str, key: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret_name, "key": key}}}


def from_config(name: str, config_name: str, key: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"configMapKeyRef": {"name": config_name, "key": key}}}


@dataclass(frozen=True, slots=True)
class Answer:
    """One diagnostic of the pack."""

    policy: str
    message: str
    mandatory: bool
    urn: str


def analyze(*resources: Any, config: Mapping[str, Mapping[str, Any]] | None = None) -> list[Answer]:
    """What the pack says of a stack, through the policy SDK's servicer and through the pack's own, which must agree."""
    # The SDK's servicer cannot carry a statement from one policy to the others; the pack's own does.
    stated = {k: v for item in (config or {}).values() for k, v in item.items() if k in SETTINGS}
    config = {policy.name: {**stated, **(config or {}).get(policy.name, {})} for policy in policies()}
    own, sdk = ask(Servicer(policies()), resources, config), ask(_sdk_servicer(), resources, config)
    # Nor does it hear what is wrong with a configuration beside the rules.
    assert [item for item in own if "policy configuration: isolation-advice" not in item.message] == sdk
    return sdk


def _sdk_servicer() -> Any:
    return _PolicyAnalyzerServicer(
        "isolation", "0.0.1", policies(), EnforcementLevel.MANDATORY, None, None, None, None, None, None, None
    )


def ask(servicer: Any, resources: Any, config: Mapping[str, Mapping[str, Any]] | None) -> list[Answer]:
    """What one servicer says of a stack."""
    request = proto.ConfigureAnalyzerRequest()
    info = {item.name: item.enforcementLevel for item in servicer.GetAnalyzerInfo(None, None).policies}
    for name, values in (config or {}).items():
        request.policyConfig[name].enforcementLevel = info.get(name, proto.ADVISORY)
        json_format.ParseDict(dict(values), request.policyConfig[name].properties)
    servicer.Configure(request, None)
    response = servicer.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), None)
    return [
        Answer(item.policyName, item.message, item.enforcementLevel == proto.MANDATORY, item.urn)
        for item in response.diagnostics
    ]


def refusals(*resources: Any, **options: Any) -> list[Answer]:
    """Only what stops the update."""
    return [answer for answer in analyze(*resources, **options) if answer.mandatory]
