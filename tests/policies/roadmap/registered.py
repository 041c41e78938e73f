"""What a program registered under mocks, as the engine would show it to a policy pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto

from tests.components.program import Registered

ROOT = "extraction:roadmap:ExtractionRoadmap"


def as_resources(
    registered: Iterable[Registered], root_inputs: Mapping[str, Any] | None = None
) -> list[Any]:
    """Protocol messages of recorded resources; `root_inputs` are added to those of the root component."""
    return [_resource(item, root_inputs or {}) for item in registered]


def _resource(item: Registered, root_inputs: Mapping[str, Any]) -> Any:
    body = struct_pb2.Struct()
    inputs = {**item.inputs, **root_inputs} if item.token == ROOT else item.inputs
    json_format.ParseDict(dict(inputs), body)
    message = proto.AnalyzerResource(
        type=item.token, properties=body, urn=item.urn, name=item.name, parent=item.parent
    )
    message.options.CopyFrom(proto.AnalyzerResourceOptions(protect=item.protect, parent=item.parent))
    for key, sources in item.property_dependencies.items():
        message.propertyDependencies[key].CopyFrom(proto.AnalyzerPropertyDependencies(urns=sorted(sources)))
    return message
