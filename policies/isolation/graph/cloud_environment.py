"""What a cloud gives its workloads: variables, commands, and a machine's first script."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..resources import UNKNOWN, Resource, mapping, sequence, text
from .given import Variable

_BY_NAME = frozenset(
    {
        "variables",
        "environmentVariables",
        "runtimeEnvironmentVariables",
        "defaultArguments",
        "nonOverridableArguments",
    }
)
"""Properties that hold variables by name."""
_LISTS = frozenset({"environment", "env", "envs", "appSettings", "environmentVariables"})
"""Properties that hold a list of names with values."""
_COMMANDS = frozenset({"command", "commands", "args", "entryPoint"})
_SCRIPTS = frozenset({"userData", "userDataBase64"})


def cloud_variables(resource: Resource) -> Iterator[list[Variable]]:
    """The variables of each container or function; definitions may be JSON in one text."""
    pending: list[Any] = [resource.body]
    while pending:
        holder = pending.pop(0)
        if isinstance(holder, (list, tuple)):
            pending += holder
        elif isinstance(holder, Mapping):
            found = list(_given(holder))
            if found:
                yield found
            pending += [
                _parsed(value) for key, value in holder.items() if key not in {"tags", "tagsAll", "labels"}
            ]


def _given(holder: Mapping[str, Any]) -> Iterator[Variable]:
    for key, value in holder.items():
        if key in _BY_NAME and isinstance(value, Mapping):
            for name, given in value.items():
                yield _variable(str(name), given)
        if key in _LISTS:
            for item in sequence(value):
                name = text(mapping(item).get("name"))
                if name is not None and mapping(item).get("value") is not None:
                    yield _variable(name, mapping(item).get("value"))
        if key in _COMMANDS:
            for argument in (value,) if isinstance(value, str) else sequence(value):
                yield Variable(name="", value=text(argument), steps=("command",), free_text=True)
        if key in _SCRIPTS and isinstance(value, str):
            yield Variable(name=key, value=_script(value), steps=("user data",), free_text=True)


def _variable(name: str, value: Any) -> Variable:
    return Variable(name=name, value=value if value is UNKNOWN else text(value), steps=(f"env {name}",))


def _script(value: str) -> str:
    """A machine's first script, which most APIs take in base64."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return value


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value
