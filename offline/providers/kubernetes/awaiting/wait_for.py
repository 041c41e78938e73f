"""The annotation `pulumi.com/waitFor`: what a program wants to see before an object counts as ready."""

from __future__ import annotations

import json
from collections.abc import Callable

from offline.providers.kubernetes.awaiting.json_path import find
from offline.providers.kubernetes.awaiting.readiness import Judge, Readiness, by_itself, lacking
from offline.providers.kubernetes.manifest import Manifest, condition, number_field

Verdict = Callable[[Manifest], Readiness]


def wait_for_judge(text: str) -> Judge:
    """The judge of an annotation: `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Running`,
    `jsonpath={.status.phase}`, or a JSON list of such expressions, all of which must hold.

    Raises ValueError for anything else.
    """
    verdicts = [_verdict(expression) for expression in _expressions(text)]
    if not verdicts:
        raise ValueError("pulumi.com/waitFor: at least one condition must be named")

    def verdict(live: Manifest) -> Readiness:
        return lacking(*(missing for single in verdicts for missing in single(live).missing))

    return by_itself(verdict)


def _expressions(text: str) -> list[str]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return [text]
    return parsed if isinstance(parsed, list) and all(isinstance(item, str) for item in parsed) else [text]


def _verdict(expression: str) -> Verdict:
    form, _, rest = expression.partition("=")
    if form == "condition" and rest:
        return _condition_verdict(rest)
    if form == "jsonpath" and rest:
        return _json_path_verdict(rest)
    raise ValueError(f'pulumi.com/waitFor: expected a "jsonpath=" or "condition=" prefix, got {expression!r}')


def _condition_verdict(rest: str) -> Verdict:
    name, _, wanted = rest.partition("=")
    wanted = wanted or "True"

    def verdict(live: Manifest) -> Readiness:
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
        return lacking(
            f"condition {name} is {found.get('status')}, not {wanted}" + (f" ({detail})" if detail else "")
        )

    return verdict


def _json_path_verdict(rest: str) -> Verdict:
    path, brace, after = rest.rpartition("}")
    if brace:
        path, wanted = path + brace, after.removeprefix("=")
    else:
        path, _, wanted = rest.partition("=")
    find({}, path)

    def verdict(live: Manifest) -> Readiness:
        found = [_text(value) for value in find(live, path)]
        if found and (not wanted or wanted in found):
            return lacking()
        seen = f"is {', '.join(found)}" if found else "is not there"
        return lacking(f"{path} {seen}" + (f", {wanted} is waited for" if wanted else ""))

    return verdict


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
