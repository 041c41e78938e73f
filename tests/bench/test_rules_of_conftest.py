"""The twenty rules that conftest is given: each finds what it is about, and nothing in a sound object."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.judges import RULES
from offline.toolchain import binary, ensure

SOUND: dict[str, Any] = {
    "apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": {"name": "shop", "namespace": "team", "labels": {"app": "shop", "service-extraction/owner": "shop"}},
    "spec": {
        "selector": {"matchLabels": {"app": "shop"}},
        "template": {"metadata": {"labels": {"app": "shop"}},
                     "spec": {"containers": [{"name": "main", "image": "registry.example/shop:1"}]}},
    },
}  # fmt: skip


def with_container(**fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(SOUND)
    changed["spec"]["template"]["spec"]["containers"][0].update(fields)
    return changed


def with_pod(**fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(SOUND)
    changed["spec"]["template"]["spec"].update(fields)
    return changed


def with_metadata(**fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(SOUND)
    changed["metadata"].update(fields)
    return changed


def other(kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": SOUND["metadata"], "spec": spec}


SECURITY = "securityContext"
LIMITS = {"limits": {"memory": "64Mi"}, "requests": {"memory": "1Gi"}}
BAD: dict[str, dict[str, Any]] = {
    "has no tag": with_container(image="registry.example/shop"),
    "is whatever is latest": with_container(image="registry.example/shop:latest"),
    "main is privileged": with_container(securityContext={"privileged": True}),
    "may gain privileges": with_container(securityContext={"allowPrivilegeEscalation": True}),
    "adds capabilities": with_container(securityContext={"capabilities": {"add": ["NET_ADMIN"]}}),
    "main runs as root": with_container(securityContext={"runAsUser": 0}),
    "the pod runs as root": with_pod(securityContext={"runAsUser": 0}),
    "in the node's network": with_pod(hostNetwork=True),
    "sees the node's processes": with_pod(hostPID=True),
    "shares the node's memory": with_pod(hostIPC=True),
    "is a folder of the node": with_pod(volumes=[{"name": "root", "hostPath": {"path": "/"}}]),
    "takes port 80 of the node": with_container(ports=[{"containerPort": 80, "hostPort": 80}]),
    "is written out": with_container(env=[{"name": "DB_PASSWORD", "value": "x"}]),
    "limited below what it asks for": with_container(resources=LIMITS),
    "no label app": with_metadata(labels={"service-extraction/owner": "shop"}),
    "no owner": with_metadata(labels={"app": "shop"}),
    "namespace default": with_metadata(namespace="default"),
    "opens a port of every node": other("Service", type="NodePort"),
    "admits everybody": other("NetworkPolicy", ingress=[{"ports": [{"port": 80}]}]),
    "selector and template differ": {
        **SOUND,
        "spec": {**SOUND["spec"], "selector": {"matchLabels": {"app": "cart"}}},
    },
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What conftest says to each bad object, and to the sound one: one run for all."""
    ensure(("conftest",))
    folder: Path = tmp_path_factory.mktemp("objects")
    for number, item in enumerate((SOUND, *BAD.values())):
        (folder / f"{number:02}.yaml").write_text(yaml.safe_dump(item))
    done = subprocess.run(
        [binary("conftest"), "test", "--policy", RULES, "--output", "json", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    said = {Path(item["filename"]).name: item.get("failures", []) for item in json.loads(done.stdout)}
    return {
        name: [failure["msg"] for failure in said[f"{number:02}.yaml"]]
        for number, name in enumerate(("sound", *BAD))
    }


def test_there_are_twenty_and_each_is_tried() -> None:
    rules = re.findall(r"^deny contains ", (RULES / "rules.rego").read_text(), flags=re.MULTILINE)
    assert len(rules) == len(BAD) == 20


def test_a_sound_object_passes(judged: dict[str, list[str]]) -> None:
    assert judged["sound"] == []


@pytest.mark.parametrize("rule", BAD)
def test_each_finds_what_it_is_about_and_no_other_does(judged: dict[str, list[str]], rule: str) -> None:
    assert len(judged[rule]) == 1
    assert rule in judged[rule][0]
