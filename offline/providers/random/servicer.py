"""The provider protocol's methods for random values: create draws, nothing else ever changes the value."""

from __future__ import annotations

import json
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from offline.providers.property_values import Properties, contains_secret, decode, encode, without_secrets
from offline.providers.random.checks import failures
from offline.providers.random.resources import TYPES, ResourceType, with_defaults
from offline.providers.resource_names import type_token
from offline.providers.rpc_errors import ProviderError, answering

VERSION: Final = "4.21.4"


def _type(urn: str) -> ResourceType:
    token = type_token(urn)
    if token not in TYPES:
        known = ", ".join(name.rpartition(":")[2] for name in TYPES)
        raise ProviderError(
            f"{token} is not among the types of this stand-in provider, which takes {known}. Use the official random "
            "provider for other types"
        )
    return TYPES[token]


class RandomProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The provider `random` for the types in `resources.TYPES`."""

    @answering
    def Handshake(
        self, _request: provider_pb2.ProviderHandshakeRequest
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    @answering
    def Attach(self, _request: plugin_pb2.PluginAttach) -> Empty:
        return Empty()

    @answering
    def GetPluginInfo(self, _request: Empty) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    @answering
    def GetSchema(self, _request: provider_pb2.GetSchemaRequest) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "random", "version": VERSION}))

    @answering
    def GetMapping(self, _request: provider_pb2.GetMappingRequest) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    @answering
    def GetMappings(self, _request: provider_pb2.GetMappingsRequest) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    @answering
    def CheckConfig(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    @answering
    def DiffConfig(self, _request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    @answering
    def Configure(self, _request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @answering
    def Check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        inputs = without_secrets(decode(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures(_type(request.urn), inputs))

    @answering
    def Diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        resource_type = _type(request.urn)
        old = without_secrets(decode(request.olds))
        new = with_defaults(resource_type, without_secrets(decode(request.news)))
        changed = _changed([*resource_type.types, "keepers"], old, new)
        kind = provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.UPDATE_REPLACE)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=changed,
            diffs=changed,
            detailedDiff=dict.fromkeys(changed, kind),
            hasDetailedDiff=True,
        )

    @answering
    def Create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        resource_type = _type(request.urn)
        given = decode(request.properties)
        inputs = with_defaults(resource_type, without_secrets(given))
        outputs: Properties = {key: value for key, value in inputs.items() if key != "__defaults"}
        outputs |= {key: value for key, value in given.items() if contains_secret(value)}
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(outputs))
        try:
            drawn = resource_type.draw(inputs)
        except ValueError as error:
            raise ProviderError(f"{request.urn}: {error}") from error
        outputs |= drawn.outputs
        if resource_type.schema_version:
            outputs["__meta"] = json.dumps({"schema_version": str(resource_type.schema_version)})
        return provider_pb2.CreateResponse(id=drawn.id, properties=encode(outputs))

    @answering
    def Read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        if not request.properties.fields:
            raise ProviderError(f"{request.id}: this stand-in provider cannot import random values")
        # The state is the only place where the value lives, so it is what it is.
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    @answering
    def Update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        return provider_pb2.UpdateResponse(properties=request.olds)

    @answering
    def Delete(self, _request: provider_pb2.DeleteRequest) -> Empty:
        return Empty()

    @answering
    def Invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        raise ProviderError(f"{request.tok}: this stand-in provider has no functions")

    @answering
    def Call(self, _request: provider_pb2.CallRequest) -> provider_pb2.CallResponse:
        raise NotImplementedError("the provider has no methods")

    @answering
    def Parameterize(self, _request: provider_pb2.ParameterizeRequest) -> provider_pb2.ParameterizeResponse:
        raise NotImplementedError("the provider takes no parameters")

    @answering
    def Cancel(self, _request: Empty) -> Empty:
        return Empty()


def _changed(names: list[str], old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [name for name in names if old.get(name) != new.get(name)]
