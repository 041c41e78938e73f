"""The annotation `pulumi.com/waitFor`: what a program wants to see before an object counts as ready."""

from __future__ import annotations

import json

from offline.providers.kubernetes.awaiting.json_path import find
from offline.providers.kubernetes.awaiting.readiness import Judge, Lookup, Readiness, lacking
from offline.providers.kubernetes.manifest import Manifest, condition, number_field


def wait_for_judge(text: str) -> Judge:
    """The judge of an annotation: `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Running`,
    `jsonpath={.status.phase}`, or a JSON list of such expressions, all of which must hold.

    Raises ValueError for anything else.
    """
    judges = [_judge(expression) for expression in _expressions(text)]
    if not judges:
        raise ValueError("pulumi.com/waitFor: at least one condition must be named")

    def judge(live: Manifest, lookup: Lookup) -> Readiness:
        return lacking(*(missing for single in judges for missing in single(live, lookup).missing))

    return judge


def _expressions(text: str) -> list[str]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return [text]
    return parsed if isinstance(parsed, list) and all(isinstance(item, str) for item in parsed) else [text]


def _judge(expression: str) -> Judge:
    form, _, rest = expression.partition("=")
    if form == "condition" and rest:
        return _condition_judge(rest)
    if form == "jsonpath" and rest:
        return _json_path_judge(rest)
    raise ValueError(f'pulumi.com/waitFor: expected a "jsonpath=" or "condition=" prefix, got {expression!r}')


def _condition_judge(rest: str) -> Judge:
    name, _, wanted = rest.partition("=")
    wanted = wanted or "True"

    def judge(live: Manifest, lookup: Lookup) -> Readiness:
        found = condition(live, name)
        current = str(found.get("status", "")).lower() == wanted.lower()
        generation = number_field(live, "metadata", "generation")
        if current and number_field(found, "observedGeneration", default=generation) >= generation:
            return lacking()
        if current:
            return lacking(f"condition {name} is {wanted}, but of an earlier generation of the object")
        if not found:
            return lacking(f"condition {name} is not there, {wanted} is waited for")
        detail = ": ".join(str(found[key]) for key in ("reason", "message") if found.get(key))
        return lacking(f"condition {name} is {found.get('status')}, not {wanted}" + (f" ({detail})" if detail else ""))

    return judge


def _json_path_judge(rest: str) -> Judge:
    path, brace, after = rest.rpartition("}")
    if brace:
        path, wanted = path + brace, after.removeprefix("=")
    else:
        path, _, wanted = rest.partition("=")
    find({}, path)

    def judge(live: Manifest, lookup: Lookup) -> Readiness:
        found = [_text(value) for value in find(live, path)]
        if found and (not wanted or wanted in found):
            return lacking()
        seen = f"is {', '.join(found)}" if found else "is not there"
        return lacking(f"{path} {seen}" + (f", {wanted} is waited for" if wanted else ""))

    return judge


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
