"""Audit files: read them, build one graph over all of them, ask every rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .exemptions import Exemption
from .findings import MANDATORY, Finding
from .graph.graph import Graph, Settings
from .judgement import judge
from .resources import Resource
from .sources.exports import is_export, resources_from_export
from .sources.manifests import Problem, manifest_files, resources_from_manifests


@dataclass(slots=True, kw_only=True)
class Audit:
    """What an audit found, and what it could not read."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    resources: int = 0

    @property
    def exit_code(self) -> int:
        """2 for bad input, 1 for mandatory findings, else 0."""
        if self.problems:
            return 2
        return 1 if any(finding.level == MANDATORY for finding in self.findings) else 0


def read(paths: Iterable[Path]) -> tuple[list[Resource], list[Problem]]:
    """Resources of every path; what cannot be read is named, the rest still counts."""
    resources: list[Resource] = []
    problems: list[Problem] = []
    for path in paths:
        if not path.exists():
            problems.append(Problem(place=str(path), message="no such file or folder"))
            continue
        files = manifest_files(path)
        if not files:
            problems.append(Problem(place=str(path), message="holds no .yaml, .yml or .json file"))
        for file in files:
            found, wrong = _read_file(file)
            resources += found
            problems += wrong
        if path.is_file() and not resources and not problems:
            problems.append(
                Problem(place=str(path), message="holds neither Kubernetes objects nor a stack export")
            )
    return resources, problems


def _read_file(file: Path) -> tuple[list[Resource], list[Problem]]:
    if file.suffix == ".json":
        try:
            content = json.loads(file.read_text())
        except (OSError, UnicodeDecodeError) as error:
            return [], [Problem(place=str(file), message=f"cannot be read: {type(error).__name__}")]
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            return [], [Problem(place=f"{file}:{line}", message="not valid JSON")]
        if is_export(content):
            return resources_from_export(file, content)
    return resources_from_manifests(file)


def audit(
    paths: Iterable[Path],
    *,
    settings: Settings | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    exemptions: Iterable[Exemption] = (),
) -> Audit:
    """Audit every path together, so that sharing across stacks shows."""
    resources, problems = read(paths)
    return Audit(
        findings=judge(Graph(resources, settings), config, exemptions=exemptions),
        problems=problems,
        resources=len(resources),
    )
