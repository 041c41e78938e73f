"""The provider protocol's methods, each handed to the module that does the work."""

from __future__ import annotations

import os
from typing import Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from offline.providers.engine_log import EngineLog
from offline.providers.kubernetes import provider_config
from offline.providers.kubernetes.check import check
from offline.providers.kubernetes.cluster import Cluster
from offline.providers.kubernetes.configuration import read_configuration
from offline.providers.kubernetes.create import create
from offline.providers.kubernetes.delete import delete
from offline.providers.kubernetes.diff import diff
from offline.providers.kubernetes.read import read
from offline.providers.kubernetes.schema import schema
from offline.providers.kubernetes.update import update
from offline.providers.rpc_errors import ProviderError, answering

VERSION: Final = "4.34.2"


class KubernetesProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The provider `kubernetes` for the kinds in `kinds.SUPPORTED` and for custom resources."""

    def __init__(self, engine_address: str | None) -> None:
        self._log = EngineLog(engine_address)
        self._configured: Cluster | None = None

    @property
    def _cluster(self) -> Cluster:
        if self._configured is None:
            raise ProviderError("the provider was asked to work before it was configured")
        return self._configured

    @answering
    def Handshake(
        self, _request: provider_pb2.ProviderHandshakeRequest
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    @answering
    def Attach(self, request: plugin_pb2.PluginAttach) -> Empty:
        self._log = EngineLog(request.address)
        return Empty()

    @answering
    def GetPluginInfo(self, _request: Empty) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    @answering
    def GetSchema(self, _request: provider_pb2.GetSchemaRequest) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=schema(VERSION))

    @answering
    def GetMapping(self, _request: provider_pb2.GetMappingRequest) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    @answering
    def GetMappings(self, _request: provider_pb2.GetMappingsRequest) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    @answering
    def CheckConfig(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        return provider_config.check_config(request)

    @answering
    def DiffConfig(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        return provider_config.diff_config(request)

    @answering
    def Configure(self, request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        self._configured = Cluster(read_configuration(request, os.environ), os.environ, self._log)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answering
    def Check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        return check(self._cluster, request)

    @answering
    def Diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        return diff(self._cluster, request)

    @answering
    def Create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        return create(self._cluster, request)

    @answering
    def Read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        return read(self._cluster, request)

    @answering
    def Update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        return update(self._cluster, request)

    @answering
    def Delete(self, request: provider_pb2.DeleteRequest) -> Empty:
        delete(self._cluster, request)
        return Empty()

    @answering
    def Invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        raise ProviderError(
            f"{request.tok}: this stand-in provider has no functions; use the official provider"
        )

    @answering
    def Call(self, _request: provider_pb2.CallRequest) -> provider_pb2.CallResponse:
        raise NotImplementedError("the provider has no methods")

    @answering
    def Construct(self, request: provider_pb2.ConstructRequest) -> provider_pb2.ConstructResponse:
        raise ProviderError(
            f"{request.type}: this stand-in provider has no components; use the official provider"
        )

    @answering
    def Parameterize(self, _request: provider_pb2.ParameterizeRequest) -> provider_pb2.ParameterizeResponse:
        raise NotImplementedError("the provider takes no parameters")

    @answering
    def Cancel(self, _request: Empty) -> Empty:
        if self._configured is not None:
            self._configured.stop.set()
        return Empty()
