"""Serve the pack to the engine, decoding a stack once for all policies.

The SDK decodes every resource again for each policy and wraps it in proxies that raise on unknown values.
With ten policies and a large stack that is where all the time goes. Everything but the analysis of a stack
stays the SDK's.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from collections.abc import Mapping
from concurrent import futures
from functools import partial
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import _is_unknown

from .configuration import combined, misunderstood, unusable_exemptions
from .graph.graph import Graph, Settings
from .pack import RulePolicy, policies
from .packs import ISOLATION, Pack
from .resources import UNKNOWN, Resource
from .sources.properties import resource_from_properties

_LARGEST_MESSAGE = 1024 * 1024 * 400


class Servicer(_PolicyAnalyzerServicer):
    """The SDK's analyzer, except that a stack is decoded once and made into one graph for each pack of rules."""

    def __init__(self, assembled: list[Policy], name: str = ISOLATION.name) -> None:
        unset = (None,) * 7  # texts about a pack that a registry would show
        super().__init__(name, "0.0.1", assembled, EnforcementLevel.MANDATORY, *unset)
        self._assembled = assembled
        self._given: dict[str, dict[str, Any]] = {}
        self.configured = threading.Event()
        """Set once the engine has asked all that it asks before it starts the program."""

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Keep what the SDK keeps, and what it has no policy for."""
        self._given = {
            name: json_format.MessageToDict(item.properties) for name, item in request.policyConfig.items()
        }
        self.configured.set()
        return super().Configure(request, context)  # type: ignore[no-untyped-call]

    def Analyze(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Nothing: no policy here judges a resource by itself. The SDK would decode it to find that out."""
        return proto.AnalyzeResponse()

    def Remediate(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Nothing: no policy here changes a resource."""
        return proto.RemediateResponse()

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Every policy's violations of a stack."""
        self._configure_runtime_settings()  # type: ignore[no-untyped-call]
        collecting = gc.isenabled()
        gc.disable()  # a large stack is a million small objects, none of them garbage until this is over
        try:
            return self._analyze(request)
        finally:
            if collecting:
                gc.enable()

    def _analyze(self, request: Any) -> Any:
        response = proto.AnalyzeResponse()
        graphs: dict[tuple[object, str], Graph] = {}
        decoded: list[Resource] = []

        def graph_of(pack: Pack, settings: Settings) -> Graph:
            if not decoded:
                decoded.extend(resource_of(item) for item in request.resources)
            key = pack.read, repr(settings)  # packs that read a stack alike ask one graph
            if key not in graphs:
                graphs[key] = pack.graph(decoded, settings)
            return graphs[key]

        for policy in self._assembled:
            level = self._get_enforcement_level(policy)
            if level == EnforcementLevel.DISABLED or not isinstance(policy, RulePolicy):
                continue
            if level == EnforcementLevel.REMEDIATE:
                level = EnforcementLevel.MANDATORY
            report = self._create_report_violation(
                response, policy.name, policy.description, level, policy.severity
            )
            policy.judge(partial(graph_of, policy.pack), self._configured(policy), report)
        unusable = (found for pack in self._packs for found in unusable_exemptions(self._given, pack))
        for name, problem in (*misunderstood(self._given, self._packs), *unusable):
            report = self._create_report_violation(
                response,
                name,
                "The policy configuration is not understood.",
                EnforcementLevel.MANDATORY,
                None,
            )
            report(f"policy configuration: {problem}", None)
        return response

    def _configured(self, policy: RulePolicy) -> dict[str, Any]:
        """Who owns what and what is exempt is one statement about a project, whichever policy it was written under."""
        of_pack = [
            item.name for item in self._assembled if isinstance(item, RulePolicy) and item.pack is policy.pack
        ]
        others = [self._given.get(name, {}) for name in of_pack if name != policy.name]
        return combined(self._given.get(policy.name, {}), others, [rule.id for rule in policy.pack.rules])

    @property
    def _packs(self) -> list[Pack]:
        found = {
            policy.pack.name: policy.pack for policy in self._assembled if isinstance(policy, RulePolicy)
        }
        return list(found.values())


def resource_of(item: Any) -> Resource:
    """A resource from the engine's message, secrets opened and unknown values marked."""
    return resource_from_properties(
        token=item.type,
        urn=item.urn,
        name=item.name,
        body={key: _value(value) for key, value in item.properties.fields.items()},
        parent=item.parent or item.options.parent or None,
        inputs_from={key: tuple(sources.urns) for key, sources in item.propertyDependencies.items()},
        protected=item.options.protect,
        scope="stack",
        provider=item.provider.name or None,
        provider_properties=_provider_properties(item),
    )


def _provider_properties(item: Any) -> dict[str, Any]:
    """What a cloud resource's provider is configured with; a cluster's says nothing that a rule asks for."""
    if item.type.startswith("kubernetes:"):
        return {}
    return {key: _value(value) for key, value in item.provider.properties.fields.items()}


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        found: str = value.string_value
        return UNKNOWN if len(found) == 36 and _is_unknown(found) else found
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SPECIAL_SIG_KEY in fields:
            signed: Mapping[str, Any] = fields
            if signed[SPECIAL_SIG_KEY].string_value == SPECIAL_SECRET_SIG:
                return _value(signed["value"]) if "value" in signed else UNKNOWN
            return UNKNOWN  # an asset or archive: nothing in it is ours to judge
        return {key: _value(fields[key]) for key in fields}  # `items()` of a message's map is twice as dear
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "number_value":
        return value.number_value
    return value.bool_value if kind == "bool_value" else None


def serve(*packs: Pack, name: str) -> None:
    """Run as one policy pack with the rules of all `packs`: print the port, then answer until the engine ends us.

    The engine starts the program when the pack has told what it is and was configured. What the rules need beside a
    stack is read after that, so that a preview waits for it as little as it can.
    """
    assembled = [policy for pack in packs for policy in policies(pack)]
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE)],
    )
    servicer = Servicer(assembled, name)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        sys.stdout.buffer.write(f"{port}\n".encode())
        sys.stdout.flush()
        servicer.configured.wait()
        for pack in packs:
            with contextlib.suppress(Exception):  # what cannot be read is a violation once the engine asks
                pack.prepare()
        threading.Event().wait()
    except KeyboardInterrupt:
        # How the engine ends a pack, and then waits for its end. Nothing is left to save or to tell anybody, and taking
        # server and interpreter down in good order takes as long as judging a stack.
        os._exit(0)
