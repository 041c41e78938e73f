"""docs/roadmap-coverage.md names only what exists, with the very words that stand there."""

import ast
import re
from functools import cache
from typing import Any

import pytest
import yaml

from roadmap import Catalog
from roadmap.principles import load_principles
from tests.roadmap.building import ROOT

DOCUMENT = ROOT / "docs" / "roadmap-coverage.md"
REFERENCE = re.compile(r"`((?:roadmap|tests|components|policies|docs)/[^`]+)`")
ROW = re.compile(r"\| (\d+) \| (.+) \| (.+) \| (.+) \|")


def _rows() -> list[tuple[int, str, str, str]]:
    rows = []
    for line in DOCUMENT.read_text().splitlines():
        if match := ROW.fullmatch(line):
            number, words, data, kept = match.groups()
            rows.append((int(number), words.replace("\\|", "|"), data, kept))
    return rows


@cache
def _yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


@cache
def _names(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in ast.walk(tree) if isinstance(node, defined)}
    names |= {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return frozenset(names)


def _value(reference: str) -> Any:
    """What a reference names; raises LookupError or OSError where there is nothing."""
    if "::" in reference:
        path, _, name = reference.partition("::")
        if name not in _names(path):
            raise LookupError(f"{path} has no {name}")
        return None
    path, _, key = reference.partition("#")
    value = _yaml(path)
    for part in filter(None, key.split(".")):
        if isinstance(value, list):
            value = value[int(part)]
        else:
            value = value[int(part)] if part.isdigit() and int(part) in value else value[part]
    return value


def _plain(text: str) -> str:
    """Words without the marks of a list, a table or an emphasis that spans the line."""
    return " ".join(text.replace("**", "").split())


def test_the_document_has_every_line_in_order() -> None:
    numbers = [number for number, *_ in _rows()]
    assert len(numbers) == 164
    assert numbers == sorted(set(numbers))
    assert (numbers[0], numbers[-1]) == (1, 254)


@pytest.mark.parametrize(
    ("number", "words", "data", "kept"), _rows(), ids=[f"line {row[0]}" for row in _rows()]
)
def test_a_line_lives_where_the_document_says(number: int, words: str, data: str, kept: str) -> None:
    references = REFERENCE.findall(data)
    assert references, "a line names where its words are data"
    for reference in (*references, *REFERENCE.findall(kept)):
        _value(reference)
    said = _value(references[0])
    if isinstance(said, str) and number > 1:
        # The tree of the AI module is drawn with file names alone.
        shown = said.rpartition("/")[2] if "code_paths" in references[0] else said
        assert _plain(shown) in _plain(words)
    assert REFERENCE.search(kept) or len(kept.split()) >= 4


def test_all_words_of_the_catalog_stand_in_the_document(catalog: Catalog) -> None:
    text = _plain(" ".join(words for _, words, _, _ in _rows()))
    principles = load_principles()
    said = [principles.readiness.rule, principles.readiness.otherwise, principles.purpose]
    said += [item.words for item in principles.principles]
    for mistake in principles.anti_patterns:
        said += [mistake.words, mistake.consequence, mistake.prevention]
    for criterion in principles.readiness.criteria:
        said += [criterion.name, criterion.measurement, criterion.threshold]
    for entry in catalog.domains:
        said += [item.words for item in entry.preconditions] + [item.words for item in entry.anti_patterns]
        said += [*entry.timeline, *(words for phase in entry.phases for words in phase.words)]
        said += [phase.title for phase in entry.phases if phase.words]
    assert [words for words in said if _plain(words) not in text] == []


@pytest.mark.parametrize(
    "reference",
    [
        "roadmap/catalog/ai.yaml#phases.9",
        "roadmap/nowhere.py::x",
        "roadmap/steps.py::nowhere",
        "roadmap/catalog/ai.yaml#nowhere",
    ],
)
def test_a_reference_to_nothing_is_noticed(reference: str) -> None:
    with pytest.raises((LookupError, OSError)):
        _value(reference)
