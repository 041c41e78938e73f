"""IAM policy documents: which declared resources one opens, and whom a resource's own policy lets in.

Only actions that reach data count: who may stop a database or list tables does not share what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..catalog.cloud_rights import DATA_ACTIONS
from ..resources import Resource, mapping, strings, text
from .arns import Arns, Named, arn_of

_WRITING = frozenset({"s3:putobject", "s3:deleteobject"})
"""What makes a bucket of somebody else's more than a published data set."""


def statements(value: Any) -> Iterator[Mapping[str, Any]]:
    """The statements of every policy document inside a value, which may be text or nested."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.lstrip()[:1] == "{" else None
        except ValueError:
            return
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from statements(item)
    elif isinstance(value, Mapping):
        found = value.get("Statement")
        if found is not None:
            for item in found if isinstance(found, (list, tuple)) else (found,):
                yield mapping(item)
        elif value.get("policy") is not None:
            yield from statements(value["policy"])


def opened(value: Any, arns: Arns, tags: Mapping[str, Resource]) -> list[Named]:
    """Resources whose data an identity's policy opens; `tags` are all resources, for conditions on their tags."""
    allowed: dict[tuple[str, str], tuple[Named, set[str]]] = {}
    denied: dict[tuple[str, str], set[str]] = {}
    for statement in statements(value):
        refused = statement.get("Effect") == "Deny"
        if refused and statement.get("Condition"):
            continue
        for named in _resources(statement, arns):
            actions = _actions(statement, named.service)
            if not actions or not _fits(statement, tags.get(named.key)):
                continue
            place = (named.key, named.service)
            if refused:
                denied.setdefault(place, set()).update(actions)
            else:
                first, so_far = allowed.setdefault(place, (named, set()))
                so_far |= actions
                if first.wide and not named.wide:
                    allowed[place] = (named, so_far)
    return [named for place, (named, actions) in allowed.items() if actions - denied.get(place, set())]


def admitted(value: Any, service: str, arns: Arns) -> set[str]:
    """Identities that a resource's own policy lets at its data."""
    found: set[str] = set()
    refused: set[str] = set()
    for statement in statements(value):
        if not _actions(statement, service):
            continue
        if statement.get("Effect") != "Deny":
            found |= set(_principals(statement, arns))
        elif not statement.get("Condition"):
            refused |= set(_principals(statement, arns))
    return found - refused


def _principals(statement: Mapping[str, Any], arns: Arns) -> Iterator[str]:
    given = [statement.get("Principal")]
    for condition in mapping(statement.get("Condition")).values():
        given += [item for key, item in mapping(condition).items() if key.lower() == "aws:principalarn"]
    for value in strings(given):
        arn = arn_of(value)
        if arn is not None and arn.service == "sts":  # a session of a role
            value = f"arn:aws:iam::{arn.account}:role/{arn.resource.split('/')[1]}"
        yield from (named.key for named in arns.named(value) if named.service == "iam")


def _resources(statement: Mapping[str, Any], arns: Arns) -> list[Named]:
    excepted = statement.get("NotResource")
    if excepted is not None:
        out = {named.key for value in strings(excepted) for named in arns.named(value)}
        return [named for named in arns.of_services(_services(statement)) if named.key not in out]
    return [
        named
        for value in strings(statement.get("Resource"))
        for named in (arns.of_services(_services(statement)) if value == "*" else arns.named(value))
    ]


def _services(statement: Mapping[str, Any]) -> list[str]:
    """Services whose data a statement's actions reach."""
    return [service for service in DATA_ACTIONS if _actions(statement, service)]


def written_only(value: Any) -> Iterator[str]:
    """ARNs whose data the statements of an identity's policy allow to reach; of a bucket only to change."""
    for statement in statements(value):
        for arn in strings(statement.get("Resource")) if statement.get("Effect") != "Deny" else ():
            parts = arn_of(arn)
            actions = _actions(statement, parts.service) if parts is not None else set()
            if parts is not None and (actions & _WRITING if parts.service == "s3" else actions):
                yield arn


def _actions(statement: Mapping[str, Any], service: str) -> set[str]:
    """The data actions of a service that a statement speaks of."""
    excepted = statement.get("NotAction")
    patterns = [
        value.lower() for value in strings(excepted if excepted is not None else statement.get("Action"))
    ]
    spoken = {
        action
        for action in DATA_ACTIONS.get(service, ())
        if any(fnmatchcase(action, pattern) for pattern in patterns)
    }
    return set(DATA_ACTIONS.get(service, ())) - spoken if excepted is not None else spoken


def _fits(statement: Mapping[str, Any], resource: Resource | None) -> bool:
    """Whether a resource's tags meet a statement's conditions on them; a tag like the caller's own is nobody else's."""
    for operator, condition in mapping(statement.get("Condition")).items():
        for key, wanted in mapping(condition).items():
            tag = key.partition("/")[2] if "resourcetag/" in key.lower() else ""
            if not tag or "not" in operator.lower():
                continue
            value = text(mapping(resource.body.get("tags")).get(tag)) if resource is not None else None
            if value is None or not any(fnmatchcase(value, item) for item in strings(wanted)):
                return False
    return True
