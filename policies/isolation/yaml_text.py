"""YAML by the fastest loader there is that makes plain data only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's safe loader, or Python's own where PyYAML was built without libyaml."""


def read_document(text: str) -> Any:
    """The one document in `text`; raises yaml.YAMLError."""
    return yaml.load(text, LOADER)  # noqa: S506 - both are safe loaders


def read_documents(text: str) -> Iterator[Any]:
    """The documents in `text`, one at a time; raises yaml.YAMLError at the first that cannot be read."""
    yield from yaml.load_all(text, LOADER)
