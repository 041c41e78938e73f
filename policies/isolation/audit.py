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
from .sources.files import STDIN, SUFFIXES, Problem, files_at, name_of, text_of
from .sources.manifests import resources_from_manifests


@dataclass(slots=True, kw_only=True)
class Audit:
    """What an audit found, and what it could not read."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was read, and is not all there is to it."""
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
    seen: set[Path] = set()
    for path in paths:
        found, wrong = _read_path(path, seen)
        resources += found
        problems += wrong
    return resources, problems


def _read_path(path: Path, seen: set[Path]) -> tuple[list[Resource], list[Problem]]:
    """Resources of one path, but of each file only once: two paths may hold it."""
    if path != STDIN and not path.exists():
        return [], [Problem(place=str(path), message="no such file or folder")]
    files = files_at(path)
    if not files:
        return [], [
            Problem(place=str(path), message=f"holds no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file")
        ]
    resources: list[Resource] = []
    problems: list[Problem] = []
    told = False
    for file in files:
        if file.resolve() in seen:
            told = True
            continue
        seen.add(file.resolve())
        read_something = _read_file(file, resources, problems)
        told = told or read_something
    if not told:
        message = "holds neither Kubernetes objects nor a stack export"
        problems.append(Problem(place=name_of(path), message=message))
    return resources, problems


def _read_file(file: Path, resources: list[Resource], problems: list[Problem]) -> bool:
    """Add what a file holds, or what is wrong with it; whether there was any of it. An empty stack is something."""
    content = text_of(file)
    if isinstance(content, Problem):
        problems.append(content)
        return True
    parsed: Any = None
    if file.suffix == ".json" or content.lstrip().startswith("{"):
        try:
            parsed = json.loads(content)
        except (ValueError, RecursionError) as error:
            if file.suffix == ".json":
                line = getattr(error, "lineno", 1)
                problems.append(Problem(place=f"{file}:{line}", message="not valid JSON"))
                return True
    export = is_export(parsed)
    found, wrong = (
        resources_from_export(Path(name_of(file)), parsed)
        if export
        else resources_from_manifests(name_of(file), content)
    )
    resources += found
    problems += wrong
    return bool(export or found or wrong)


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
        notes=[
            f"{item.origin}: what this kustomization changes is not in the files: kustomize build FOLDER | ... audit -"
            for item in resources
            if (item.kind, item.group) == ("Kustomization", "kustomize.config.k8s.io")
        ],
        resources=len(resources),
    )
