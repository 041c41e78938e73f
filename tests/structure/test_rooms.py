"""The house is laid as DESIGN draws it: names, sizes and who may know of whom."""

import ast
import re
import subprocess

import pytest

from tests.structure.conftest import ROOT, Module

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
LONGEST_FILE = 300
"""Lines. A longer file has two jobs; STYLE asks components to stay under 200."""


def test_no_module_has_a_vague_name(product: tuple[Module, ...]) -> None:
    words = {
        module.path: set(module.path.removesuffix(".py").replace("/", "_").split("_")) for module in product
    }
    vague = [path for path, named in words.items() if VAGUE & named]
    assert vague == []


def test_no_file_does_two_jobs(product: tuple[Module, ...]) -> None:
    long = {module.path: lines for module in product if (lines := module.text.count("\n")) > LONGEST_FILE}
    assert long == {}


def test_every_module_says_what_it_is_for(product: tuple[Module, ...]) -> None:
    silent = [module.path for module in product if module.text.strip() and not ast.get_docstring(module.tree)]
    assert silent == []


@pytest.mark.parametrize("room", ["components", "roadmap", "policies"])
def test_no_room_above_knows_of_the_stand_in_engine(room: str) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", room],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    assert tracked
    knowing = [name for name in tracked if "offline" in (ROOT / name).read_text(errors="replace").lower()]
    assert knowing == []


def test_argument_classes_are_frozen_keyword_only_and_documented(product: tuple[Module, ...]) -> None:
    loose = []
    for module in product:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Args"):
                decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
                if "frozen=True" not in decorators or "kw_only=True" not in decorators:
                    loose.append(f"{module.path}: {node.name} is not frozen and keyword-only")
                if not ast.get_docstring(node):
                    loose.append(f"{module.path}: {node.name} has no docstring")
    assert loose == []


def test_the_readme_shows_the_two_commands_on_its_first_screen() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:40])
    assert re.search(r"^ *make up\b", first_screen, re.MULTILINE)
    assert re.search(r"^ *make test\b", first_screen, re.MULTILINE)


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z][a-z-]*):.*?## ", makefile, re.MULTILINE))
    assert targets
    assert targets - explained == set()
