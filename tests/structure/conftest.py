"""What the structure tests look at: the project's own Python files, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One source file of the project."""

    path: str
    """Relative to the project root, with forward slashes."""
    text: str
    tree: ast.Module

    def classes_derived_from(self, base: str) -> Iterator[ast.ClassDef]:
        """Classes one of whose bases is written `base` or `something.base`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and any(_last_name(written) == base for written in node.bases):
                yield node


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rsplit(".", maxsplit=1)[-1]


def read_modules(*rooms: str) -> tuple[Module, ...]:
    """Parse every Python file below the named folders, in path order."""
    files = sorted(file for room in rooms for file in (ROOT / room).rglob("*.py"))
    return tuple(
        Module(path=file.relative_to(ROOT).as_posix(), text=(text := file.read_text()), tree=ast.parse(text))
        for file in files
    )


@pytest.fixture(scope="session")
def components() -> tuple[Module, ...]:
    """The component modules; never empty, so that no structure test can pass by finding nothing."""
    modules = read_modules("components")
    assert modules
    return modules


@pytest.fixture(scope="session")
def product() -> tuple[Module, ...]:
    """All modules that ship: every room but the tests."""
    modules = read_modules("roadmap", "components", "policies", "offline")
    assert modules
    return modules
