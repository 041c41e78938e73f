"""A policy configuration: what it states for all policies at once, and what in it nobody understands.

The engine looks at the values it has a schema of, and passes over a policy or a key that does not exist. A misspelt
one would weaken the pack unseen, so it is refused here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from .exemptions import parse_exemptions
from .graph.graph import Settings
from .graph.owners import DEFAULT_OWNER_KEYS
from .packs import Pack
from .resources import mapping, sequence

SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ownerKeys": {"type": "array", "items": {"type": "string"}},
    "namespaceOwners": {"type": "object", "additionalProperties": {"type": "string"}},
    "hostOwners": {"type": "object", "additionalProperties": {"type": "string"}},
    "exemptions": {"type": "array", "items": {"type": "object"}},
}
"""What every policy understands. Without defaults: the engine would write them into each policy, and a statement
that was made under another one could not be told from them."""

ALL: Final = "all"
"""Stands for every policy of a pack, and takes nothing but a level: an engine accepts no more."""

_TYPES: Final[Mapping[str, type]] = {"array": list, "object": dict, "string": str}


def read_configuration(path: Path, packs: Sequence[Pack]) -> tuple[dict[str, Any], list[str]]:
    """What a file for `--policy-pack-config` says by policy, and a sentence for each thing in it that is unusable."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}, [f"{path}: cannot be read"]
    except ValueError as error:
        return {}, [f"{path}:{getattr(error, 'lineno', 1)}: not valid JSON"]
    if not isinstance(content, dict):
        return {}, [f"{path}: not a mapping from rules to their configuration"]
    values = {policy: values_of(said) for policy, said in content.items()}
    return content, [f"{path}: {problem}" for _, problem in misunderstood(values, packs)]


def values_of(said: Any) -> dict[str, Any]:
    """One policy's configuration without its level."""
    return {key: value for key, value in mapping(said).items() if key != "enforcementLevel"}


def settings_of(config: Mapping[str, Any]) -> Settings:
    """The pack's settings from one policy's configuration."""
    return Settings(
        owner_keys=tuple(sequence(config.get("ownerKeys"))) or DEFAULT_OWNER_KEYS,
        namespace_owners=dict(mapping(config.get("namespaceOwners"))),
        host_owners=dict(mapping(config.get("hostOwners"))),
    )


def combined(
    own: Mapping[str, Any], others: Iterable[Mapping[str, Any]], rules: Sequence[str]
) -> dict[str, Any]:
    """One policy's configuration, with what others state; its own comes first. Exemptions of others are parsed, and
    only the usable ones taken: what is wrong with the rest is told where it is written."""
    found = {key: value for key, value in own.items() if value is not None}
    for other in others:
        for key in ("namespaceOwners", "hostOwners"):
            if mapping(other.get(key)):
                found[key] = {**other[key], **mapping(found.get(key))}
        _extend(found, "ownerKeys", sequence(other.get("ownerKeys")))
    known = set(parse_exemptions(own.get("exemptions"), "", rules)[0])
    for other in others:
        usable = parse_exemptions(other.get("exemptions"), "", rules)[0]
        _extend(found, "exemptions", [item for item in usable if item not in known])
    return found


def _extend(found: dict[str, Any], key: str, items: Iterable[Any]) -> None:
    more = [item for item in items if item not in sequence(found.get(key))]
    if more:
        found[key] = [*sequence(found.get(key)), *more]


def misunderstood(
    config: Mapping[str, Mapping[str, Any]], packs: Iterable[Pack]
) -> Iterator[tuple[str, str]]:
    """Policy and sentence, for each policy, key and value of a configuration that nothing knows."""
    schemas = _schemas(packs)
    for policy, values in config.items():
        schema = schemas.get(policy)
        if schema is None:
            rules = sorted(rule.id for pack in packs for rule in pack.rules)
            yield policy, f"{policy}: no such rule; there are {', '.join(rules)}"
            continue
        for key, value in values.items():
            if policy == ALL:
                yield policy, f"{ALL}: takes only a level; write {key} under a rule"
            elif key not in schema:
                yield policy, f"{policy}: unknown key {key}; known are {', '.join(schema)}"
            elif not isinstance(value, _TYPES.get(schema[key]["type"], object)):
                yield policy, f"{policy}: {key} is no {schema[key]['type']}"
            elif value not in schema[key].get("enum", [value]):
                yield policy, f"{policy}: no {key} {value!r}; there are {', '.join(schema[key]['enum'])}"


def unusable_exemptions(config: Mapping[str, Mapping[str, Any]], pack: Pack) -> Iterator[tuple[str, str]]:
    """Policy and sentence, for each unusable exemption under the advice. Rules tell of their own."""
    items = mapping(config.get(pack.advice)).get("exemptions")
    for problem in parse_exemptions(items, pack.advice, [rule.id for rule in pack.rules])[1]:
        yield pack.advice, problem


def _schemas(packs: Iterable[Pack]) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    """The keys of each policy and their schemas."""
    found: dict[str, Mapping[str, Mapping[str, Any]]] = {ALL: {}}
    for pack in packs:
        found[pack.advice] = SETTINGS
        found |= {rule.id: {**SETTINGS, **rule.config} for rule in pack.rules}
    return found
