"""What a release workflow says: when it runs, where it pushes, as whom, into which namespace, and what it waits for."""

from __future__ import annotations

from typing import Any

import pytest

from policies.roadmap.workflows import Workflow, workflows

from ..stack import UNKNOWN, kube
from .small import read

SOUND = """\
name: Release ai
on: {push: {paths: ["services/ai/**"]}}
concurrency: {group: release-ai}
jobs:
  release:
    steps:
      - run: docker buildx build --push --tag registry.example.com/pmt/ai:$GITHUB_SHA .
"""
PIPELINE = {"app.kubernetes.io/component": "pipeline"}


def carrier(text: Any = SOUND, name: str = "ai-workflow", file: str = "release.yaml", **rest: Any) -> Any:
    return kube("ConfigMap", name, owner="ai", data={file: text}, **rest)


def found(*objects: Any) -> list[Workflow]:
    return list(workflows(read(objects)))


def one(text: Any) -> Workflow:
    (only,) = found(carrier(text))
    return only


def running(script: str) -> Workflow:
    """The sound workflow with another line in its script."""
    return one(SOUND + "      - run: |\n" + "".join(f"          {line}\n" for line in script.split("\n")))


def replaced(old: str, new: str) -> Workflow:
    assert old in SOUND
    return one(SOUND.replace(old, new))


def test_a_sound_workflow() -> None:
    item = one(SOUND)
    assert (item.resource.name, item.owner, item.paths) == ("ai-workflow", "ai", ("services/ai/**",))
    assert (item.registries, item.groups) == (("registry.example.com/pmt/ai",), ("release-ai",))
    assert (item.logins, item.namespaces, item.faults) == ((), (), ())


@pytest.mark.parametrize(
    ("objects", "names"),
    [
        pytest.param([carrier(), carrier(name="notes", labels=PIPELINE)], ["ai-workflow", "notes"],
                     id="by name and by label"),
        pytest.param([carrier(name="workflow-notes"), carrier(labels={"app.kubernetes.io/component": "api"})],
                     ["ai-workflow"], id="after what is none"),
        pytest.param([carrier(file="release.yml")], ["ai-workflow"], id="the other ending"),
        pytest.param([carrier(file="README.md"), carrier(name="notes", file="image", labels=PIPELINE)], [],
                     id="other files"),
        pytest.param([kube("ConfigMap", "ai-workflow", owner="ai", data={"README.md": "x", "a.yml": "", "b.yml": ""})],
                     ["ai-workflow"] * 2, id="two beside another file"),
        pytest.param([kube("Secret", "ai-workflow", owner="ai", stringData={"release.yaml": SOUND})], [],
                     id="a Secret"),
        pytest.param([kube("ConfigMap", "ai-workflow", owner="ai", data=UNKNOWN)], [], id="content not known yet"),
    ],
)  # fmt: skip
def test_what_is_a_workflow(objects: list[Any], names: list[str]) -> None:
    assert [item.resource.name for item in found(*objects)] == names


def test_whose_a_workflow_is() -> None:
    stated = found(carrier(), kube("ConfigMap", "app-workflow", data={"a.yaml": SOUND}))
    assert [item.owner for item in stated] == ["ai", None]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(UNKNOWN, id="not known yet"),
        pytest.param("{", id="no YAML"),
        pytest.param("on: 2026-13-45", id="a date that no calendar has"),
        pytest.param("- push", id="a list"),
        pytest.param("", id="empty"),
    ],
)
def test_what_cannot_be_read_is_one_fault(text: str) -> None:
    assert one(text).faults == ("its workflow cannot be read",)


PATHS = 'paths: ["services/ai/**"]'
NO_FILTER = "it has no path filter, so every change triggers it"


@pytest.mark.parametrize(
    ("trigger", "paths", "faults"),
    [
        pytest.param("on: {push: {paths: [a/**, b/**]}}", ("a/**", "b/**"), (), id="two paths"),
        pytest.param("'on': {push: {paths: [a/**]}}", ("a/**",), (), id="a quoted key"),
        pytest.param("on: {push: {paths: a/**}}", ("a/**",), (), id="a path without brackets"),
        pytest.param("on: {push: {paths: [a/**, '!a/docs/**', b/**]}}", ("a/**", "b/**"), (), id="one taken out"),
        pytest.param("on: {push: {paths: ['!docs/**']}}", (), (NO_FILTER,), id="nothing but one taken out"),
        pytest.param("on: {push: {paths: ['', {}]}}", (), (NO_FILTER,), id="what is no path"),
        pytest.param("on: {push: {branches: [main]}}", (), (NO_FILTER,), id="branches"),
        pytest.param("on: {pull_request: {paths: [a/**]}}", (), (NO_FILTER,), id="another event's paths"),
        pytest.param("on: push", (), (NO_FILTER,), id="an event alone"),
        pytest.param("env: {}", (), (NO_FILTER,), id="no trigger"),
        pytest.param("on: [push, workflow_call]", (),
                     (NO_FILTER, "`workflow_call` ties it to another pipeline"), id="called, in a list"),
        pytest.param("on: repository_dispatch", (),
                     (NO_FILTER, "`repository_dispatch` ties it to another pipeline"), id="dispatched"),
        pytest.param("on: my_workflow_call", (), (NO_FILTER,), id="an event with a longer name"),
        pytest.param("on: {push: {paths: [a/**]}, workflow_run: {workflows: [x]}, workflow_dispatch: {}}", ("a/**",),
                     ("`workflow_run` ties it to another pipeline",), id="after another workflow"),
    ],
)  # fmt: skip
def test_when_it_runs(trigger: str, paths: tuple[str, ...], faults: tuple[str, ...]) -> None:
    item = replaced('on: {push: {paths: ["services/ai/**"]}}', trigger)
    assert (item.paths, item.faults) == (paths, faults)


PUSHES_NOWHERE = "nothing says which registry it pushes to"


@pytest.mark.parametrize(
    ("said", "registries", "faults"),
    [
        pytest.param("--tag registry.example.com/pmt/ai", ("registry.example.com/pmt/ai",), (), id="without a tag"),
        pytest.param("--tag=registry.example.com/ai:1", ("registry.example.com/ai",), (), id="an equals sign"),
        pytest.param("-t 'registry.example.com/ai:1'", ("registry.example.com/ai",), (), id="short, quoted"),
        pytest.param('--tag "localhost:5000/ai:1"', ("localhost:5000/ai",), (), id="a port, quoted"),
        pytest.param("-t a.example.com/ai:1 -t b.example.com/ai:1 -t a.example.com/ai:2",
                     ("a.example.com/ai", "b.example.com/ai"), (), id="several"),
        pytest.param("--tag $REPOSITORY:1", (), (PUSHES_NOWHERE,), id="a variable"),
        pytest.param("--tag example.com/ai; (x -t example.com/b)", ("example.com/ai", "example.com/b"), (),
                     id="before the next command"),
        pytest.param("--tags x --import-t y", (), (PUSHES_NOWHERE,), id="other options"),
    ],
)  # fmt: skip
def test_where_it_pushes(said: str, registries: tuple[str, ...], faults: tuple[str, ...]) -> None:
    item = one(SOUND.replace("--tag registry.example.com/pmt/ai:$GITHUB_SHA", said))
    assert (item.registries, item.faults) == (registries, faults)


@pytest.mark.parametrize(
    ("script", "logins"),
    [
        pytest.param("docker login example.com --username ai-deployer --password-stdin", ("ai-deployer",), id="long"),
        pytest.param("docker login example.com -u 'ai-deployer'", ("ai-deployer",), id="short, quoted"),
        pytest.param("docker login a --username x\nhelm registry login b --username=y\ndocker login c -u x", ("x", "y"),
                     id="several"),
        pytest.param("docker login example.com; python -u release.py", (), id="another command's option"),
        pytest.param("docker login --username ai; (docker login a -u web)|cat", ("ai", "web"), id="before the next"),
        pytest.param("sort -u files", (), id="no login"),
    ],
)  # fmt: skip
def test_as_whom_it_logs_in(script: str, logins: tuple[str, ...]) -> None:
    assert running(script).logins == logins


@pytest.mark.parametrize(
    ("script", "namespaces"),
    [
        pytest.param("kubectl --namespace ai rollout status x", ("ai",), id="long"),
        pytest.param("$DEPLOY --namespace='ai' x", ("ai",), id="long, of whatever command"),
        pytest.param('kubectl -n "ai" apply -f x', ("ai",), id="short, quoted"),
        pytest.param("$KUBECTL apply -n ai -f x", ("ai",), id="short, after a variable"),
        pytest.param("helm upgrade ai chart \\\n  -n ai", ("ai",), id="short, on the next line"),
        pytest.param("kubectl -n ai get x\nkubectl -n web get x\nkubectl -n ai get y", ("ai", "web"), id="several"),
        pytest.param("kubectl -n ai; (kubectl get x --namespace web)&", ("ai", "web"), id="before the next command"),
        pytest.param("echo -n secret | docker login\nkubectl get pods | head -n 1", (), id="other commands' -n"),
        pytest.param("kubectl get pods\nhead -n 1 x", (), id="the next command's -n"),
    ],
)  # fmt: skip
def test_where_it_deploys(script: str, namespaces: tuple[str, ...]) -> None:
    assert running(script).namespaces == namespaces


LOCKS = ("it runs Pulumi and so waits for the stack's lock",)


@pytest.mark.parametrize(
    ("script", "faults"),
    [
        pytest.param("pulumi up --yes", LOCKS, id="up"),
        pytest.param("pulumi --cwd infrastructure -s prod refresh", LOCKS, id="behind options"),
        pytest.param("pulumi  destroy", LOCKS, id="two spaces"),
        pytest.param("pulumi version", (), id="what takes no lock"),
        pytest.param("echo pulumi is not asked to update", (), id="the two words apart"),
        pytest.param("pulumi upgrade-notes", (), id="a longer word"),
    ],
)
def test_whether_it_runs_pulumi(script: str, faults: tuple[str, ...]) -> None:
    assert running(script).faults == faults


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        pytest.param("      - run", "      - uses: pulumi/actions@v6\n      - run", LOCKS, id="Pulumi as an action"),
        pytest.param("      - run", "      - uses: actions/checkout@v4\n      - run", (), id="another action"),
        pytest.param("jobs:\n", "jobs:\n  a: {uses: x.yaml}\n  b: {}\n  c: {uses: y.yaml}\n",
                     ("job a is a workflow that others run too", "job c is a workflow that others run too"),
                     id="jobs that are others' workflows"),
        pytest.param("jobs:", "work:", (PUSHES_NOWHERE,), id="no jobs"),
    ],
)  # fmt: skip
def test_what_its_jobs_are(old: str, new: str, faults: tuple[str, ...]) -> None:
    assert replaced(old, new).faults == faults


OWN = "${{ github.workflow }}-${{github.workflow}}-${{ github.ref }}"


@pytest.mark.parametrize(
    ("old", "new", "groups"),
    [
        pytest.param("{group: release-ai}", "release-ai", ("release-ai",), id="a group alone"),
        pytest.param("{group: release-ai}", "{cancel-in-progress: true}", (), id="no group"),
        pytest.param("concurrency: {group: release-ai}\n", "", (), id="none"),
        pytest.param("  release:\n", "  release:\n    concurrency: deploy\n", ("release-ai", "deploy"),
                     id="a job's"),
        pytest.param("release-ai", f"'{OWN}'", ("Release ai-Release ai-${{ github.ref }}",), id="its own name"),
        pytest.param("name: Release ai\non", f"concurrency: '{OWN}'\non",
                     ("release-ai",), id="a key twice"),
    ],
)  # fmt: skip
def test_for_whom_it_waits(old: str, new: str, groups: tuple[str, ...]) -> None:
    assert replaced(old, new).groups == groups


def test_a_workflow_without_a_name_waits_for_none_of_another_carrier() -> None:
    text = "concurrency: '${{ github.workflow }}'"
    assert one(text).groups == ("ConfigMap ai-workflow",)
