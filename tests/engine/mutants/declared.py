"""What the program declares, as the engine tells a pack of it, with one object changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto

from tests.policies.stack import UNKNOWN

from .live import Object, Place

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "kubernetes:core/v1:Secret"
State = Mapping[str, Any]


class Declared:
    """The resources of one stack, from `pulumi stack export --show-secrets`."""

    def __init__(self, export: Mapping[str, Any]) -> None:
        self._states: list[State] = [
            state for state in export["deployment"]["resources"] if state["type"] != "pulumi:pulumi:Stack"
        ]
        self._position = {
            where: number for number, state in enumerate(self._states) if (where := _place(state)) is not None
        }
        self._messages = {
            known: [_message(state, known) for state in self._states] for known in (True, False)
        }

    def inputs(self, where: Place) -> Object | None:
        """What the program says of an object; None where it is not the program's."""
        number = self._position.get(where)
        return _opened(self._states[number]["inputs"]) if number is not None else None

    def resources(self, where: Place, change: Callable[[Object], Object], known: bool) -> Sequence[Any]:
        """All resources, one of them changed; without `known`, what Secrets hold is not, as at the first preview.

        Raises:
            LookupError: the program declares no such object, or says something else there.
        """
        number = self._position[where]
        inputs = self.inputs(where)
        assert inputs is not None
        found = list(self._messages[known])
        found[number] = _message({**self._states[number], "inputs": change(inputs)}, known)
        return found

    def unchanged(self, known: bool) -> Sequence[Any]:
        return self._messages[known]


def _place(state: State) -> Place | None:
    if not state["type"].startswith("kubernetes:"):
        return None
    inputs = _opened(state["inputs"])
    metadata = inputs["metadata"]
    return inputs["kind"], metadata.get("namespace", ""), metadata["name"]


def _opened(value: Any) -> Any:
    """A property value with its secrets in the clear."""
    if isinstance(value, dict):
        if SIGNATURE in value:
            return _opened(json.loads(value["plaintext"]))
        return {key: _opened(item) for key, item in value.items()}
    return [_opened(item) for item in value] if isinstance(value, list) else value


def _message(state: State, known: bool) -> Any:
    sources: Mapping[str, Sequence[str]] = state.get("propertyDependencies") or {}
    properties = _opened(state.get("inputs") or {})
    if not known and state["type"] == SECRET:
        properties |= {key: UNKNOWN for key in ("data", "stringData") if key in properties}
    body = struct_pb2.Struct()
    json_format.ParseDict(properties, body)
    message = proto.AnalyzerResource(
        type=state["type"], properties=body, urn=state["urn"], name=state["urn"].rpartition("::")[2],
        parent=state.get("parent", ""), dependencies=state.get("dependencies") or (),
        options=proto.AnalyzerResourceOptions(protect=bool(state.get("protect"))),
    )  # fmt: skip
    for key, urns in sources.items():
        message.propertyDependencies[key].CopyFrom(proto.AnalyzerPropertyDependencies(urns=urns or ()))
    return message
