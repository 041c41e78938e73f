"""What the engine does with a provider, for a test: start the process, speak the protocol, read what comes back."""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from offline.providers.kubernetes.api_client import APPLY_PATCH, ApiClient
from offline.providers.kubernetes.api_errors import ApiError
from offline.providers.kubernetes.configuration import Configuration
from offline.providers.kubernetes.kinds import ObjectType, type_of
from offline.providers.property_values import decode, encode

START_SECONDS = 20
# The details of an error travel as metadata. The engine's own limit is as high; this client's default is not.
METADATA_LIMITS = [("grpc.max_metadata_size", 16 << 20), ("grpc.absolute_max_metadata_size", 16 << 20)]
_numbers = itertools.count(1)


@dataclass
class Cluster:
    """The cluster as its administrator sees it, beside the provider."""

    kubeconfig: Path
    context: str
    server: str

    def __post_init__(self) -> None:
        self.api = ApiClient(Configuration(kubeconfig=str(self.kubeconfig), context=self.context), os.environ)

    def unique(self, prefix: str) -> str:
        """A name that no other test uses."""
        return f"{prefix}-{os.getpid()}-{next(_numbers)}"

    def create(self, manifest: dict[str, Any]) -> dict[str, Any]:
        path = self.api.path(type_of(manifest), manifest["metadata"].get("namespace", ""))
        created: dict[str, Any] = self.api.request("POST", path, manifest, fieldManager="administrator")
        return created

    def get(self, api_version: str, kind: str, identifier: str) -> dict[str, Any] | None:
        """The object of that id, or None."""
        namespace, _, name = identifier.rpartition("/")
        try:
            return self.api.get_by_name(ObjectType(api_version, kind), namespace, name)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def delete(self, api_version: str, kind: str, namespace: str, name: str) -> None:
        self.api.request("DELETE", self.api.path(ObjectType(api_version, kind), namespace, name))

    def apply(self, manifest: dict[str, Any], *, manager: str, subresource: str = "") -> None:
        """Server-side apply by somebody else, taking over what it sets."""
        metadata = manifest["metadata"]
        path = self.api.path(type_of(manifest), metadata.get("namespace", ""), metadata["name"])
        path += f"/{subresource}" if subresource else ""
        self.api.request("PATCH", path, manifest, content_type=APPLY_PATCH, fieldManager=manager, force=True)


class RefusedError(Exception):
    """The provider answered with an error."""

    def __init__(self, error: Any) -> None:
        self.text = str(error.details())
        super().__init__(self.text)
        self.partial: provider_pb2.ErrorResourceInitFailed | None = None
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                self.partial = provider_pb2.ErrorResourceInitFailed()
                assert status_pb2.Status.FromString(value).details[0].Unpack(self.partial)


@dataclass
class Resource:
    """A resource as the engine holds it."""

    provider: "Provider"
    urn: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    def checked(self, program: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs that a program's new arguments become."""
        return self.provider.check(self.urn, program, self.inputs)

    def diff(self, program: Mapping[str, Any], ignore: tuple[str, ...] = ()) -> provider_pb2.DiffResponse:
        answer: provider_pb2.DiffResponse = self.provider.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=self.id,
                urn=self.urn,
                olds=encode(self.outputs),
                news=encode(self.checked(program)),
                old_inputs=encode(self.inputs),
                ignoreChanges=ignore,
            ),
        )
        return answer

    def update(
        self,
        program: Mapping[str, Any],
        *,
        preview: bool = False,
        ignore: tuple[str, ...] = (),
        timeout: float = 0,
    ) -> "Resource":
        inputs = self.checked(program)
        answer = self.provider.call(
            "Update",
            provider_pb2.UpdateRequest(
                id=self.id,
                urn=self.urn,
                olds=encode(self.outputs),
                news=encode(inputs),
                old_inputs=encode(self.inputs),
                preview=preview,
                ignoreChanges=ignore,
                timeout=timeout,
            ),
        )
        return Resource(self.provider, self.urn, self.id, inputs, decode(answer.properties))

    def refreshed(self) -> "Resource | None":
        """The resource after a refresh, ready or not; None when its object is gone."""
        try:
            return self.provider.read(self.urn, self.id, self.outputs, self.inputs)
        except RefusedError as error:
            if error.partial is None:
                raise
            inputs, outputs = decode(error.partial.inputs), decode(error.partial.properties)
            return Resource(self.provider, self.urn, error.partial.id, inputs, outputs)

    def delete(self, timeout: float = 0) -> None:
        self.provider.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=self.id, urn=self.urn, properties=encode(self.outputs), timeout=timeout
            ),
        )


@dataclass
class Provider:
    """A provider's process and the stub to call it with."""

    package: str
    process: subprocess.Popen[str]
    stub: provider_pb2_grpc.ResourceProviderStub = field(repr=False)

    @classmethod
    @contextmanager
    def started(cls, package: str, root: Path) -> Iterator["Provider"]:
        """The provider from the start of its process to its end by the engine's interrupt."""
        process = subprocess.Popen(
            [sys.executable, "-m", f"offline.providers.{package}"],
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        )
        killer = threading.Timer(START_SECONDS, process.kill)
        killer.start()
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            killer.cancel()
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=METADATA_LIMITS) as channel:
                yield cls(package, process, provider_pb2_grpc.ResourceProviderStub(channel))
        finally:
            killer.cancel()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)
            process.stdout.close()

    def call(self, method: str, request: Any) -> Any:
        """The answer of one method; RefusedError for an error."""
        try:
            return getattr(self.stub, method)(request, timeout=120)
        except grpc.RpcError as error:
            raise RefusedError(error) from None

    def configure(self, **variables: str) -> None:
        self.call(
            "Configure",
            provider_pb2.ConfigureRequest(
                variables={f"{self.package}:config:{key}": value for key, value in variables.items()},
                acceptSecrets=True,
            ),
        )

    def urn(self, token: str, name: str = "it") -> str:
        """The URN of a resource of this type; a Kubernetes type may be written `apps/v1:Deployment`."""
        full = token if token.startswith(self.package + ":") else f"{self.package}:{token}"
        return f"urn:pulumi:test::test::{full}::{name}"

    def check(
        self, urn: str, program: Mapping[str, Any], old: Mapping[str, Any] | None = None, **options: Any
    ) -> dict[str, Any]:
        """The checked inputs; AssertionError with the failures when there are some."""
        request = provider_pb2.CheckRequest(
            urn=urn, news=encode(dict(program)), olds=encode(dict(old or {})), randomSeed=b"seed", **options
        )
        answer = self.call("Check", request)
        assert not answer.failures, [(failure.property, failure.reason) for failure in answer.failures]
        return decode(answer.inputs)

    def create(
        self,
        token: str,
        program: Mapping[str, Any],
        *,
        preview: bool = False,
        name: str = "it",
        timeout: float = 0,
    ) -> Resource:
        urn = self.urn(token, name)
        inputs = self.check(urn, program)
        answer = self.call(
            "Create",
            provider_pb2.CreateRequest(urn=urn, properties=encode(inputs), preview=preview, timeout=timeout),
        )
        return Resource(self, urn, answer.id, inputs, decode(answer.properties))

    def read(
        self,
        urn: str,
        identifier: str,
        outputs: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Resource | None:
        request = provider_pb2.ReadRequest(
            id=identifier, urn=urn, properties=encode(dict(outputs or {})), inputs=encode(dict(inputs or {}))
        )
        answer = self.call("Read", request)
        if not answer.id:
            return None
        return Resource(self, urn, answer.id, decode(answer.inputs), decode(answer.properties))

    def cancel(self) -> None:
        self.call("Cancel", Empty())


def struct(**properties: Any) -> Struct:
    """Properties as they travel."""
    return encode(properties)
