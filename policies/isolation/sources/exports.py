"""Resources from `pulumi stack export`: what a stack holds, secrets left closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..resources import UNKNOWN, Resource
from .files import Problem
from .properties import resource_from_properties

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks a secret, is none
_VERSION = 3


def is_export(content: Any) -> bool:
    """Whether a parsed JSON document is a stack export, of whatever version."""
    return isinstance(content, dict) and "deployment" in content and "kind" not in content


def resources_from_export(path: Path, content: Any) -> tuple[list[Resource], list[Problem]]:
    """The resources of one export; another version than 3 is refused."""
    if content.get("version") != _VERSION:
        message = f"a stack export of version {content.get('version')!r}; version {_VERSION} is understood"
        return [], [Problem(place=str(path), message=message)]
    deployment = content["deployment"]
    states = deployment.get("resources") if isinstance(deployment, dict) else None
    if states is not None and not isinstance(states, list):
        return [], [Problem(place=str(path), message="deployment.resources is not a list")]
    resources = []
    problems = []
    providers = {
        state["urn"]: state
        for state in states or []
        if isinstance(state, dict) and str(state.get("type")).startswith("pulumi:providers:")
    }
    for position, state in enumerate(states or []):
        urn, token = (state.get("urn"), state.get("type")) if isinstance(state, dict) else (None, None)
        if not isinstance(urn, str) or not isinstance(token, str):
            problems.append(Problem(place=f"{path}: resources[{position}]", message="has no urn or type"))
        elif not token.startswith("pulumi:") and not state.get("delete"):
            resources.append(_resource(state, urn, token, str(path), providers))
    return resources, problems


def _resource(
    state: dict[str, Any], urn: str, token: str, scope: str, providers: Mapping[str, dict[str, Any]]
) -> Resource:
    provider = providers.get(str(state.get("provider")).rpartition("::")[0], {})
    inputs, outputs = state.get("inputs") or {}, state.get("outputs") or {}
    body = {**_opened(inputs), **_opened(outputs)} if not token.startswith("kubernetes:") else _opened(inputs)
    metadata = _opened(outputs).get("metadata")
    if token.startswith("kubernetes:") and isinstance(metadata, dict):
        body = {**body, "metadata": {**metadata, **(body.get("metadata") or {})}}
        status = _opened(outputs).get("spec")
        if isinstance(status, dict) and isinstance(body.get("spec"), dict):
            body["spec"] = {
                **{key: status[key] for key in ("clusterIP", "volumeName") if key in status},
                **body["spec"],
            }
    found = resource_from_properties(
        token=token,
        urn=f"{scope}#{urn}",
        name=urn.rpartition("::")[2],
        body=body,
        parent=f"{scope}#{state['parent']}" if state.get("parent") else None,
        inputs_from={
            key: tuple(f"{scope}#{source}" for source in sources)
            for key, sources in (state.get("propertyDependencies") or {}).items()
            if isinstance(sources, list)
        },
        protected=None if state.get("external") else bool(state.get("protect")),
        scope=scope,
        provider=str(provider["urn"]).rpartition("::")[2] if provider else None,
        provider_properties=_opened(provider.get("inputs") or {}),
    )
    found.origin = urn
    return found


def _opened(value: Any) -> Any:
    """A property value with secrets as plain text where the export shows them, else `UNKNOWN`."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            try:
                return _opened(json.loads(value["plaintext"])) if "plaintext" in value else UNKNOWN
            except (TypeError, ValueError):
                return UNKNOWN
        return {key: _opened(item) for key, item in value.items()}
    return [_opened(item) for item in value] if isinstance(value, list) else value
