"""Settings inside one value: a JSON object in a variable, and the system properties that a Java program is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..addresses.settings import settings_in
from .given import Variable

_PROPERTY = re.compile(r"(?:^|[\s\"'])-D([A-Za-z][\w.-]*)=(\"[^\"]*\"|'[^']*'|\S+)")


def within(variable: Variable) -> Iterator[Variable]:
    """Each setting inside a variable's value as a variable of its own; in JSON, the variable's name goes in front."""
    value = variable.value.strip() if isinstance(variable.value, str) else ""
    if value.startswith("{") and value.endswith("}") and '"' in value:
        for name, setting in settings_in("value.json", value):
            yield replace(variable, name=f"{variable.name}.{name}", value=setting, free_text=False)
    elif "-D" in value:
        for name, setting in _PROPERTY.findall(value):
            yield replace(variable, name=name, value=setting.strip("\"'"), free_text=False)
