"""What is mutated, and by which tests the mutants have to be killed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Modules of one pack and the tests of that pack that are fast enough to be run for each mutant."""

    name: str
    modules: tuple[str, ...]
    """Patterns of files, relative to the project's root."""
    tests: tuple[str, ...]
    """Patterns of test files."""
    slow: tuple[str, ...] = ()
    """Test files, or tests in them, that are left out: they start a process or judge whole years."""

    def module_files(self) -> list[str]:
        return [file for file in _matching(self.modules) if not file.endswith("__init__.py")]

    def test_files(self) -> list[str]:
        return [file for file in _matching(self.tests) if file not in self.slow]

    def deselected(self) -> list[str]:
        return [test for test in self.slow if "::" in test]


def _matching(patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        found = sorted(file.relative_to(ROOT).as_posix() for file in ROOT.glob(pattern))
        assert found, f"{pattern}: no such file"
        yield from found


def module_name(file: str) -> str:
    """`policies.isolation.sharing` for `policies/isolation/sharing.py`."""
    return file.removesuffix(".py").replace("/", ".")


_TESTS, _OF_ROADMAP = "tests/policies", "tests/policies/roadmap"
SUITES = (
    Suite(
        name="isolation",
        modules=(
            "policies/isolation/rules/*.py",
            *(
                f"policies/isolation/{name}.py"
                for name in ("findings", "sharing", "judgement", "levels", "exemptions", "accounts")
            ),
        ),
        tests=tuple(
            f"{_TESTS}/test_{name}.py"
            for name in (
                "rules",
                "rule_edges",
                "sharing_edges",
                "exemption_edges",
                "judgement",
                "identity_edges",
                "findings_in_full",
                "messages",
                "shared_database",
                "stated_owners",
                "rights",
                "handed_to_many",
                "accounts",
                "verify",
                "audit",
            )
        ),
        slow=tuple(
            f"{_TESTS}/test_audit.py::{name}"
            for name in (
                "test_the_folder_runs_as_a_script_from_anywhere",
                "test_it_runs_as_a_module",
                "test_the_audit_needs_no_pulumi",
            )
        ),
    ),
    Suite(
        name="roadmap",
        modules=(
            "policies/roadmap/rules/*.py",
            *(
                f"policies/roadmap/{name}.py"
                for name in (
                    "network",
                    "routes",
                    "haproxy",
                    "sql",
                    "workflows",
                    "cyclonedx",
                    "images",
                    "calls",
                )
            ),
        ),
        tests=(f"{_OF_ROADMAP}/test_edges_*.py", f"{_OF_ROADMAP}/test_reading.py"),
    ),
)
