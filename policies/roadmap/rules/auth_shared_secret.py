"""Tokens are validated by public keys; no secret that signs or checks them is shared."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.carriers import Carrier, data_of
from policies.isolation.graph.given import Variable
from policies.isolation.graph.workloads import Workload
from policies.isolation.resources import Resource

from ..rule import RoadmapRule, violation
from ..stack import Stack

ID = "auth-shared-secret"
_TOKEN = re.compile(
    r"(jwt|token|session|signing)[_.-]?\w*?(secret|key)(?!\w*(file|path|url))|^secret_key$", re.IGNORECASE
)
_PUBLIC = re.compile(r"public|jwks|\.pub$|\.crt$", re.IGNORECASE)
_PRIVATE = "PRIVATE KEY-----"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Who reads whose signing key, whose keys are equal, and who behind a public path has no public keys."""
    secrets = {item.key: item for item in stack.index.of_kind("Secret") if _signs(item)}
    yield from _foreign_readers(stack, secrets)
    yield from _equal(stack)
    yield from _without_keys(stack)


def _signs(secret: Resource) -> bool:
    if secret.labels.get("app.kubernetes.io/component") == "signing-key":
        return True
    carrier = Carrier(kind="Secret", namespace="", name=secret.name, resource=secret)
    if secret.body.get("type") == "kubernetes.io/tls":
        return False
    return any(
        bool(_TOKEN.search(name)) or (isinstance(value, str) and _PRIVATE in value)
        for name, value in data_of(carrier)
    )


def _foreign_readers(stack: Stack, secrets: Mapping[str, Resource]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for reading in stack.readings:
        secret = reading.carrier.resource
        if secret is None or secret.key not in secrets or _PUBLIC.search(reading.key or ""):
            continue
        ours, theirs = stack.owner_of(reading.workload.resource), stack.owner_of(secret)
        if ours != theirs and (reading.workload.key, secret.key) not in seen:
            seen.add((reading.workload.key, secret.key))
            yield violation(
                ID,
                reading.workload.resource,
                f"{reading.workload.resource.name} (owner {ours or 'nobody'}) → {secret.title} (owner "
                f"{theirs or 'nobody'}): a key that signs tokens stays with its owner; validate by JWKS",
                owners=(item for item in (ours, theirs) if item),
            )


def _equal(stack: Stack) -> Iterator[Finding]:
    """One token secret in two owners' hands: by value where it is known, else by what it was made from."""
    holders: dict[str, dict[str, Resource]] = defaultdict(dict)
    for secret in stack.index.of_kind("Secret"):
        owner = stack.owner_of(secret)
        if owner is None or not _signs(secret):
            continue
        carrier = Carrier(kind="Secret", namespace="", name=secret.name, resource=secret)
        for name, value in data_of(carrier):
            if isinstance(value, str) and value and (_TOKEN.search(name) or _PRIVATE in value):
                holders[hashlib.sha256(value.encode()).hexdigest()].setdefault(owner, secret)
        for sources in secret.inputs_from.values():
            for source in sources:
                made_by = stack.index.by_key.get(source)
                if made_by is not None and made_by.group.startswith(("random:", "tls:")):
                    holders[source].setdefault(owner, secret)
    for workload in stack.index.workloads.values():
        owner = stack.owner_of(workload.resource)
        for variable in _plain(stack, workload) if owner else ():
            assert isinstance(variable.value, str)
            holders[hashlib.sha256(variable.value.encode()).hexdigest()].setdefault(
                str(owner), workload.resource
            )
    told: set[tuple[str, ...]] = set()
    for found in holders.values():
        names = tuple(sorted(item.key for item in found.values()))
        if len(found) > 1 and names not in told:
            told.add(names)
            listed = ", ".join(f"{item.title} (owner {owner})" for owner, item in found.items())
            first = next(iter(found.values()))
            yield violation(
                ID, first, f"{listed} hold one and the same token secret; validate by JWKS", owners=found
            )


def _plain(stack: Stack, workload: Workload) -> Iterator[Variable]:
    for group in stack.given(workload):
        for variable in group:
            known = isinstance(variable.value, str) and variable.value and not variable.free_text
            if known and _TOKEN.search(variable.name) and not _PUBLIC.search(variable.name):
                yield variable


def _without_keys(stack: Stack) -> Iterator[Finding]:
    """A service behind a public path that is told no public keys checks tokens by a secret, or not at all."""
    routed = {answer.owner for answer in stack.answers if answer.owner}
    for entry in stack.catalog.domains:
        domain = entry.domain
        if domain not in routed or entry.last.traffic == "issuers" or not stack.at_service(domain):
            continue
        given = (v for item in stack.serving(domain) for group in stack.given(item) for v in group)
        if not any(
            "JWKS" in variable.name.upper() and variable.value not in (None, "") for variable in given
        ):
            yield violation(
                ID,
                stack.root,
                f"{domain} answers public requests, and nothing of it knows where the issuer's public keys are (JWKS)",
                owners=(domain,),
            )


RULE = RoadmapRule(
    id=ID,
    section="3. Auth Module Extraction, Extraction Path",
    cause="A secret that signs or checks tokens is shared.",
    explanation="Whoever can check a token with a secret can also make one. With public keys every service validates "
    "on its own, and only the issuer can sign.",
    remedy="Keep the signing key with its one owner; give everybody else the address of the public keys.",
    level=MANDATORY,
    check=check,
)
