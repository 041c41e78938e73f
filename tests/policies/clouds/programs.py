"""Cloud programs, written once and judged as a preview and as an export see them.

A property takes another resource's output by `store["arn"]`, which is a mark inside the text. At a preview a text with
a mark is unknown, and the engine says which resources went into the property; in an export the text is all there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from policies.isolation.audit import audit
from policies.isolation.catalog.cloud import STORES
from policies.isolation.pack import policies
from policies.isolation.server import Servicer

from ..stack import OWNER, UNKNOWN, Answer, analyze, ask, resource, urn
from .outputs import KNOWN

BOTH = ("orders", "billing")
_MARK = re.compile(r"@@([^@|]+)\|([\w.]+)@@")


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One declared resource, of a cloud or of a cluster."""

    token: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    adopted: bool = False
    """Whether the program only reads it, by `.get()`: the engine then shows it to no policy."""

    def __getitem__(self, output: str) -> str:
        return f"@@{urn(self.token, self.name)}|{output}@@"


Program = Sequence[Cloud]


def cloud(token: str, name: str, owner: str | None = None, /, **properties: Any) -> Cloud:
    """A cloud resource, tagged with its owner where one is stated."""
    tags = {"tags": {OWNER: owner}} if owner else {}
    return Cloud(token=token, name=name, properties={**properties, **tags})


def adopted(token: str, name: str, **properties: Any) -> Cloud:
    """A cloud resource of somebody else's, looked up by the program."""
    return Cloud(token=token, name=name, properties=properties, adopted=True)


def pods(name: str, env: Mapping[str, str] | None = None, owner: str | None = None, **pod: Any) -> Cloud:
    """A Deployment on a cluster."""
    labels = {"app": name, **({OWNER: owner} if owner else {})}
    variables = [{"name": key, "value": value} for key, value in (env or {}).items()]
    container = {"name": "main", "image": "registry.example/app:1", "env": variables}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **pod}}
    return Cloud(
        token="kubernetes:apps/v1:Deployment",
        name=name,
        properties={
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "namespace": "shop", "labels": labels},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        },
    )


def objects(
    kind: str, name: str, version: str = "v1", metadata: Mapping[str, Any] | None = None, **body: Any
) -> Cloud:
    """Any other object of a cluster."""
    place = {
        "name": name,
        **({} if kind == "PersistentVolume" else {"namespace": "shop"}),
        **(metadata or {}),
    }
    group = version if "/" in version else f"core/{version}"
    return Cloud(
        token=f"kubernetes:{group}:{kind}",
        name=name,
        properties={"apiVersion": version, "kind": kind, "metadata": place, **body},
    )


def allow(*resources: str, action: Any = "*", effect: str = "Allow", **rest: Any) -> str:
    """A policy document of one statement."""
    return document({"Effect": effect, "Action": action, "Resource": list(resources), **rest})


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def function(
    name: str, owner: str | None = None, env: Mapping[str, str] | None = None, **properties: Any
) -> Cloud:
    """A function, and the variables that it is given."""
    given = {"environment": {"variables": dict(env)}} if env is not None else {}
    return cloud("aws:lambda/function:Function", name, owner, **given, **properties)


def role(
    name: str, owner: str | None = None, *, trusts: Mapping[str, Any] | None = None, **properties: Any
) -> Cloud:
    """A role that functions may act as, or whom it trusts."""
    trusted = trusts or {"Service": "lambda.amazonaws.com"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}
    return cloud("aws:iam/role:Role", name, owner, assumeRolePolicy=document(statement), **properties)


def acting(rights: Mapping[str, str], *, stated: bool = False, **properties: Any) -> list[Cloud]:
    """Both functions, each with a role of its own, and what each role may do."""
    roles = {name: role(name) for name in BOTH}
    return [
        *roles.values(),
        *(
            cloud("aws:iam/rolePolicy:RolePolicy", name, role=roles[name]["name"], policy=policy)
            for name, policy in rights.items()
        ),
        *(function(name, name if stated else None, role=roles[name]["arn"], **properties) for name in BOTH),
    ]


def let_in(roles: Mapping[str, Cloud], action: str, *resources: str) -> str:
    """A resource's own policy that lets both roles in."""
    principals = {"AWS": [item["arn"] for item in roles.values()]}
    return allow(*(resources or ("*",)), action=action, Principal=principals)


def at_preview(program: Program) -> list[Any]:
    """The program before anything exists: what takes an output is unknown, and its sources are known."""
    made = []
    read = {urn(item.token, item.name): _outputs(item) for item in program if item.adopted}
    for item in program:
        if item.adopted:
            continue
        uses = {
            name: [
                SimpleNamespace(urn=source) for source in dict.fromkeys(source for source, _ in _marks(value))
            ]
            for name, value in item.properties.items()
            if _marks(value)
        }
        outputs = {name: UNKNOWN for name in _nested(_outputs(item)) if name not in item.properties}
        given = {name: _known(value, read) for name, value in item.properties.items()}
        properties = {**outputs, **{name: _unknown(value) for name, value in given.items()}}
        made.append(resource(item.token, item.name, properties, uses=uses, protect=True))
    return made


def as_export(program: Program, *, dependencies: bool) -> dict[str, Any]:
    """The stack once it exists; without dependencies it holds nothing but texts, as one that was imported does."""
    known = {urn(item.token, item.name): _outputs(item) for item in program}
    states = []
    for item in program:
        inputs = {name: _known(value, known) for name, value in item.properties.items()}
        sources = {name: [source for source, _ in _marks(value)] for name, value in item.properties.items()}
        states.append(
            {
                "urn": urn(item.token, item.name),
                "type": item.token,
                "custom": True,
                "protect": not item.adopted,
                "external": item.adopted,
                "inputs": inputs,
                "outputs": {**_nested(known[urn(item.token, item.name)]), **inputs},
                "propertyDependencies": {n: s for n, s in sources.items() if s} if dependencies else {},
            }
        )
    return {"version": 3, "deployment": {"resources": states}}


VIEWS = ("preview", "export", "export without dependencies", "exports of two stacks")


def judged(program: Program, view: str, folder: Path) -> list[Answer]:
    """What the pack says of a program, seen in one way."""
    if view == "preview" and any(item.adopted for item in program):
        return ask(
            Servicer(policies()), at_preview(program), None
        )  # the SDK's own hands on no more than is shown
    if view == "preview":
        return analyze(*at_preview(program))
    export = as_export(program, dependencies=view == "export")
    exports = split(export) if view == "exports of two stacks" else [export]
    for number, content in enumerate(exports):
        (folder / f"stack-{number}.json").write_text(json.dumps(content))
    found = audit([folder])
    assert not found.problems
    return [
        Answer(item.rule, item.message, item.level == "mandatory", item.resource) for item in found.findings
    ]


def split(export: dict[str, Any]) -> list[dict[str, Any]]:
    """An export as one of a stack that holds the stores, and one of a stack that holds all else."""
    states = export["deployment"]["resources"]
    parts = [[state for state in states if (state["type"] in STORES) is kept] for kept in (True, False)]
    return [{"version": 3, "deployment": {"resources": part}} for part in parts]


def _marks(value: Any) -> list[tuple[str, str]]:
    return [(source, output) for text in _texts(value) for source, output in _MARK.findall(text)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def _unknown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _unknown(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unknown(item) for item in value]
    return UNKNOWN if isinstance(value, str) and _MARK.search(value) else value


def _known(value: Any, outputs: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(item, outputs) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(item, outputs) for item in value]
    if not isinstance(value, str):
        return value
    return _MARK.sub(lambda match: outputs[match[1]][match[2]] if match[1] in outputs else match[0], value)


def _nested(outputs: Mapping[str, str]) -> dict[str, Any]:
    """Outputs as they lie in a state: `instances.0.endpoints.0` inside lists."""
    found: dict[str, Any] = {}
    for name, value in outputs.items():
        first, *rest = name.split(".")
        for step in reversed(rest):
            value = [value] if step.isdigit() else {step: value}  # type: ignore[assignment]
        found[first] = value
    return found


def _outputs(item: Cloud) -> dict[str, str]:
    known = {
        name: text.replace("{n}", item.name) for name, text in KNOWN.get(item.token, {"id": "{n}"}).items()
    }
    given = {
        name: value
        for name, value in item.properties.items()
        if isinstance(value, str) and not _MARK.search(value)
    }
    return {**known, **{name: given[name] for name in known if name in given}}
