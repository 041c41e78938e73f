"""The list of survivors is well-formed, speaks of code that is there, and is held against what a run finds."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Any

import pytest
import yaml

from tests.mutation.__main__ import compared
from tests.mutation.suites import ROOT, SUITES, module_name
from tests.mutation.survivors import Survivor, faults, listed, read, survivor, to_paste

ENTRY: dict[str, Any] = {
    "module": "policies.isolation.sharing",
    "function": "shared",
    "why": "nothing asks for it any more",
    "changes": [{"was": "a", "becomes": "b"}],
}
ONE = Survivor("policies.isolation.sharing", "shared", "a", "b")


def functions(module: str) -> set[str]:
    """`name` and `Class.name` of everything that a module defines."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text())
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return found


def test_the_list_is_well_formed_and_explains_every_entry() -> None:
    assert faults(read()) == []


def test_every_entry_is_of_a_mutated_module_and_names_a_function_of_it() -> None:
    mutated = {module_name(file) for suite in SUITES for file in suite.module_files()}
    entries = [(entry["module"], entry["function"]) for entry in read()]
    assert [entry for entry in entries if entry[0] not in mutated] == []
    assert [entry for entry in entries if entry[1] not in functions(entry[0])] == []


def test_what_every_entry_changes_stands_in_the_module() -> None:
    """Line by line, since a change may be of several lines; a run says whether all of it is still so."""
    gone = []
    for item in listed(read()):
        lines = {
            line.strip() for line in (ROOT / f"{item.module.replace('.', '/')}.py").read_text().splitlines()
        }
        gone += [item for line in item.was.splitlines() if line.strip() not in lines]
    assert gone == []


def test_every_rule_of_both_packs_is_mutated() -> None:
    mutated = {file for suite in SUITES for file in suite.module_files()}
    rules = {file.relative_to(ROOT).as_posix() for file in ROOT.glob("policies/*/rules/[a-z]*.py")}
    assert rules
    assert rules - mutated == set()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"changes": [{"was": "a", "becomes": "", "times": 2}]}, None),
        ({"why": "equivalent"}, "`why` explains nothing"),
        ({"changes": [{"was": "a", "becomes": "a"}]}, "a changes nothing"),
        ({"changes": [{"was": "a"}]}, "a change has `was`, `becomes`"),
        ({"changes": []}, "a change has `was`, `becomes`"),
        ({"line": 3}, "has changes, function, line, module, why"),
    ],
)
def test_an_entry(changes: dict[str, Any], fault: str | None) -> None:
    found = faults([{**ENTRY, **changes}])
    assert [fault in sentence for sentence in found if fault] == [True] * bool(fault)
    assert bool(found) is bool(fault)


@pytest.mark.parametrize(
    ("mutant", "function"),
    [("a.b.x__c__mutmut_12", "_c"), ("a.b.x_c__mutmut_1", "c"), ("a.b.xǁCǁ_d__mutmut_1", "C._d")],
)
def test_a_survivor_is_told_by_what_it_changes(mutant: str, function: str) -> None:
    lines = [
        "--- a/b.py",
        "+++ a/b.py",
        "@@ -7,3 +7,3 @@",
        "     if x:",
        "-    f(",
        "-        -1)",
        "+    f(1)",
        "     y",
    ]
    difference = "\n".join(lines)
    assert survivor(mutant, difference) == Survivor("a.b", function, "f(\n    -1)", "f(1)")


@pytest.mark.parametrize(
    ("survived", "expected", "code", "said"),
    [
        ({ONE: 1}, {ONE: 1}, 0, ""),
        ({}, {}, 0, ""),
        ({ONE: 2}, {ONE: 1}, 1, "1 survivors are not in tests/mutation/survivors.yaml"),
        ({ONE: 1}, {ONE: 2}, 1, "1 survivors in tests/mutation/survivors.yaml are killed"),
        ({ONE: 1}, {}, 1, "was: a"),
    ],
    ids=["as listed", "none", "one more", "one less", "unlisted"],
)
def test_a_run_is_held_against_the_list(
    survived: dict[Survivor, int],
    expected: dict[Survivor, int],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert compared(Counter(survived), Counter(expected)) == code
    assert said in capsys.readouterr().out


def test_what_is_to_be_pasted_is_an_entry_but_for_the_reason() -> None:
    [entry] = yaml.safe_load(to_paste(Counter({ONE: 2})))
    assert entry == {**ENTRY, "why": "", "changes": [{"was": "a", "becomes": "b", "times": 2}]}
    assert listed([entry]) == Counter({ONE: 2})
