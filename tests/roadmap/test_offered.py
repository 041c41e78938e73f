"""What the package offers is there by name, though nothing of it is loaded before it is asked for."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import roadmap


@pytest.mark.parametrize("name", roadmap.__all__)
def test_a_name_that_is_offered(name: str) -> None:
    assert not isinstance(getattr(roadmap, name), ModuleType)
    assert name in dir(roadmap)


def test_a_name_that_is_not() -> None:
    with pytest.raises(AttributeError, match="module 'roadmap' has no attribute 'resolved'"):
        roadmap.resolved  # noqa: B018 - the look-up is what is tested


@pytest.mark.parametrize("module", ["vocabulary", "anti_patterns", "transition"])
def test_what_rules_go_by_loads_without_the_models(module: str) -> None:
    code = f"import sys, roadmap.{module}; print('pydantic' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert loaded.stdout.strip() == "False"
