"""The Stage files: readable by kwok, and about kinds that the cluster knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline.cluster.components import stage_files
from offline.toolchain import crds

BUILT_IN = {
    ("v1", "Node"),
    ("v1", "Pod"),
    ("v1", "PersistentVolume"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Service"),
    ("apps/v1", "StatefulSet"),
    ("networking.k8s.io/v1", "Ingress"),
}


def stages() -> list[tuple[Path, dict[str, Any]]]:
    return [(path, stage) for path in stage_files() for stage in yaml.safe_load_all(path.read_text())]


def ids(entry: tuple[Path, dict[str, Any]]) -> str:
    return str(entry[1]["metadata"]["name"])


ALL = stages()


def test_there_are_stages_and_each_has_a_name_of_its_own() -> None:
    names = [stage["metadata"]["name"] for _, stage in ALL]
    assert len(names) > 15
    assert len(names) == len(set(names))


@pytest.mark.parametrize("entry", ALL, ids=ids)
def test_a_stage_has_the_fields_of_its_api_and_no_other(entry: tuple[Path, dict[str, Any]]) -> None:
    _, stage = entry
    assert (stage["apiVersion"], stage["kind"]) == ("kwok.x-k8s.io/v1alpha1", "Stage")
    spec = stage["spec"]
    assert set(spec) <= {"resourceRef", "selector", "delay", "steps"}
    assert set(spec["resourceRef"]) == {"apiGroup", "kind"}, (
        "kwok needs `apiGroup: v1` written for the core group"
    )
    for step in spec["steps"]:
        (action,) = step
        assert action in {"patch", "apply", "event", "delete"}
        if action == "patch":
            assert set(step["patch"]) <= {"root", "subresource", "type", "template"}
        if action == "apply":
            assert set(step["apply"]) <= {"subresource", "type", "template"}
    for expression in spec["selector"]["matchExpressions"]:
        assert set(expression) == {"jq"}, "CEL over lists makes kwok end"
        assert set(expression["jq"]) <= {"key", "operator", "values"}


@pytest.mark.parametrize("entry", ALL, ids=ids)
def test_the_actions_of_a_template_are_closed(entry: tuple[Path, dict[str, Any]]) -> None:
    for step in entry[1]["spec"]["steps"]:
        (body,) = step.values()
        text = body["template"] if isinstance(body, dict) and "template" in body else ""
        words = [action.split()[0] for action in re.findall(r"\{\{ (.*?) \}\}", text)]
        assert len(words) == text.count("{{"), "each action is written {{ with spaces }}"
        assert sum(word in {"if", "range", "with"} for word in words) == words.count("end")


@pytest.mark.parametrize("entry", ALL, ids=ids)
def test_the_kind_is_one_the_cluster_knows(entry: tuple[Path, dict[str, Any]]) -> None:
    """A stage for a kind that is not there makes kwok end."""
    reference = entry[1]["spec"]["resourceRef"]
    if (reference["apiGroup"], reference["kind"]) in BUILT_IN:
        return
    group, version = reference["apiGroup"].split("/")
    names = [f"{group}_{reference['kind'].lower()}{ending}.yaml" for ending in ("s", "es")]
    (file,) = [path for path in crds().iterdir() if path.name in names]
    definition = yaml.load(file.read_text(), yaml.CSafeLoader)
    assert definition["spec"]["names"]["kind"] == reference["kind"]
    assert version in [one["name"] for one in definition["spec"]["versions"] if one["served"]]
