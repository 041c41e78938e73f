"""Run a deployment to its end without an engine, and hand back plain records of what it registered.

The monitor answers like an engine whose providers echo their inputs. A resource type that is not in `ANSWERS`, an
invoke or a read fails the program: nothing is registered that no test expects. The program is run inside the SDK's own
loop until nothing is outstanding, so an exception in an Output cannot be missed.
"""

import asyncio
import base64
import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import mocks, proto
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from components import ClusterAccess, ExtractionRoadmap, deploy
from roadmap.registered_move import RegisteredMove
from roadmap.topology import Topology

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # the engine's mark of a secret value
PASSWORD = "generated-"
"""Every password that the fake provider generates begins so, which makes one that leaks easy to find."""

COMPONENTS = (
    "extraction:application:ApplicationService",
    "extraction:application:ApplicationWorkload",
    "extraction:application:QueueScaling",
    "extraction:application:SigningKey",
    "extraction:edge:EdgeProxy",
    "extraction:edge:PublicEdge",
    "extraction:isolation:IsolatedNamespace",
    "extraction:kubernetes:BackfillJob",
    "extraction:kubernetes:ClickHouse",
    "extraction:kubernetes:DatabaseGrants",
    "extraction:kubernetes:DefinitionsImport",
    "extraction:kubernetes:IdentityAdministrator",
    "extraction:kubernetes:IdentityRealmImport",
    "extraction:kubernetes:MaterializedViews",
    "extraction:kubernetes:Postgres",
    "extraction:kubernetes:RabbitMQ",
    "extraction:kubernetes:Redis",
    "extraction:kubernetes:ReleasePipeline",
    "extraction:roadmap:CompletedUpdate",
    "extraction:roadmap:ExtractionRoadmap",
    "extraction:roadmap:OwnedService",
)
KUBERNETES = (
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:batch/v1:Job",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    "kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant",
    "kubernetes:keda.sh/v1alpha1:ScaledObject",
    "kubernetes:keda.sh/v1alpha1:TriggerAuthentication",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
)


def _password(name: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"result": _secret(f"{PASSWORD}{digest}"[: int(inputs["length"])])}


def _bytes(name: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    digest = hashlib.sha512(name.encode()).digest()[: int(inputs["length"])]
    return {"base64": _secret(base64.b64encode(digest).decode())}


def _nothing(_name: str, _inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


ANSWERS: Mapping[str, Callable[[str, Mapping[str, Any]], Mapping[str, Any]]] = {
    "pulumi:providers:kubernetes": _nothing,
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomBytes:RandomBytes": _bytes,
    **dict.fromkeys((*COMPONENTS, *KUBERNETES), _nothing),
}
"""What the providers add to the inputs, by type token; the tokens themselves are part of every stack's state."""


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the engine was told of it."""

    token: str
    name: str
    urn: str
    parent: str
    inputs: Mapping[str, Any]
    """In the clear; `secret_paths` says which of them were marked secret."""
    secret_paths: tuple[str, ...]
    protect: bool
    ignore_changes: tuple[str, ...]
    dependencies: frozenset[str]
    property_dependencies: Mapping[str, frozenset[str]]
    provider: str

    @property
    def kind(self) -> str:
        return self.token.rsplit(":", maxsplit=1)[-1]

    @property
    def is_object(self) -> bool:
        """True for what becomes an object of the API server."""
        return self.token.startswith("kubernetes:")

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        metadata: Mapping[str, Any] = self.inputs.get("metadata", {})
        return metadata

    @property
    def object_name(self) -> str:
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str | None:
        return self.metadata.get("namespace")

    @property
    def spec(self) -> Any:
        return self.inputs["spec"]

    @property
    def id(self) -> str:
        """Readable in a test's id: kind, namespace and name of the object."""
        return f"{self.kind}/{self.namespace}/{self.object_name}" if self.is_object else self.name

    @property
    def pod_template(self) -> Mapping[str, Any] | None:
        """The template of its pods, of whatever kind makes them."""
        if self.kind == "CronJob":
            template: Mapping[str, Any] = self.spec["jobTemplate"]["spec"]["template"]
            return template
        if self.kind in ("Deployment", "StatefulSet", "Job"):
            return dict(self.spec["template"])
        return None


@dataclass(frozen=True, kw_only=True)
class Program:
    """Everything a program registered, in the order in which the monitor saw it."""

    resources: tuple[Registered, ...]
    root: ExtractionRoadmap
    settled: bool

    def of(self, kind: str) -> tuple[Registered, ...]:
        """Objects of one kind; never none, so that no test can pass by finding nothing."""
        found = tuple(resource for resource in self.resources if resource.kind == kind)
        assert found, f"nothing of kind {kind} was registered"
        return found

    def one(self, kind: str, name: str) -> Registered:
        found = [resource for resource in self.of(kind) if resource.object_name == name]
        assert len(found) == 1, [resource.id for resource in self.of(kind)]
        return found[0]

    def by_urn(self, urn: str) -> Registered:
        return next(resource for resource in self.resources if resource.urn == urn)

    @property
    def objects(self) -> tuple[Registered, ...]:
        return tuple(resource for resource in self.resources if resource.is_object)

    @property
    def with_pods(self) -> tuple[Registered, ...]:
        return tuple(resource for resource in self.resources if resource.pod_template is not None)


class Unexpected(mocks.Mocks):
    """What the SDK would ask if the monitor did not answer first: nothing ever reaches it."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"nobody expected the call {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise AssertionError(f"nobody expected {args.typ} {args.name}")


class RecordingMonitor(mocks.MockMonitor):
    """Records each registration with its options, which the SDK's own mocks leave out."""

    def __init__(self) -> None:
        super().__init__(Unexpected())
        self.recorded: list[Registered] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        raise AssertionError(f"nobody expected the call {request.tok}")

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        raise AssertionError(f"nobody expected {request.type} {request.name} to be read")

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return proto.resource_pb2.RegisterResourceResponse(urn=urn)
        if request.type not in ANSWERS:
            raise AssertionError(f"nobody expected a {request.type} called {request.name}")
        if any(earlier.urn == urn for earlier in self.recorded):
            raise AssertionError(f"{urn} is registered twice")
        wire = json_format.MessageToDict(request.object)
        secret_paths: list[str] = []
        inputs = _reveal(wire, "", secret_paths)
        self.recorded.append(
            Registered(
                token=request.type,
                name=request.name,
                urn=urn,
                parent=request.parent,
                inputs=inputs,
                secret_paths=tuple(secret_paths),
                protect=request.protect,
                ignore_changes=tuple(request.ignoreChanges),
                dependencies=frozenset(request.dependencies),
                property_dependencies={
                    key: frozenset(value.urns) for key, value in request.propertyDependencies.items()
                },
                provider=request.provider,
            )
        )
        state = struct_pb2.Struct()
        json_format.ParseDict({**wire, **ANSWERS[request.type](request.name, inputs)}, state)
        return proto.resource_pb2.RegisterResourceResponse(urn=urn, id=f"id-of-{request.name}", object=state)


def first_deployment(topology: Topology) -> RegisteredMove:
    """The move to a topology in which no domain has left."""
    return RegisteredMove(
        stack=topology.stack,
        environment=topology.environment,
        next_phases={placement.domain: placement.phase for placement in topology.domains},
        next_placements=topology.domains,
        judged_on=datetime.date(2026, 11, 1),
    )


def run(
    topology: Topology,
    *,
    application_secrets: Mapping[str, str] | None = None,
    released_images: Mapping[str, str] | None = None,
    move: RegisteredMove | None = None,
) -> Program:
    """Deploy a topology under the recording monitor and wait for the last of it."""
    monitor = RecordingMonitor()
    mocks.set_mocks(Unexpected(), project="service-extraction", stack=topology.stack, monitor=monitor)
    outcome: dict[str, Any] = {}

    async def program() -> None:
        root = deploy(
            topology,
            cluster=ClusterAccess(kubeconfig="kubeconfig", context="embedded"),
            application_secrets={
                name: pulumi.Output.secret(value) for name, value in (application_secrets or {}).items()
            },
            move=move or first_deployment(topology),
            released_images=released_images or {},
        )
        outcome["root"] = root
        outcome["settled"] = await root.settled.future()

    loop = asyncio.get_event_loop()
    # The first failure is raised below; the many that follow from it would only hide it.
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        _sync_await(run_pulumi_func(lambda: _sync_await(program())))
    finally:
        # What a failed program leaves behind must not go on in the next one.
        if leftovers := asyncio.all_tasks(loop):
            loop.run_until_complete(asyncio.wait(leftovers, timeout=5))
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
    return Program(resources=tuple(monitor.recorded), root=outcome["root"], settled=outcome["settled"])


def _secret(value: str) -> Mapping[str, str]:
    return {SIGNATURE: SECRET, "value": value}


def _reveal(value: Any, path: str, secret_paths: list[str]) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            secret_paths.append(path)
            return _reveal(value["value"], path, [])
        return {
            key: _reveal(item, f"{path}.{key}" if path else key, secret_paths) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_reveal(item, f"{path}[{index}]", secret_paths) for index, item in enumerate(value)]
    return value
