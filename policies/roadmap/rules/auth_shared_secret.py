"""Tokens are validated by public keys; no secret that signs or checks them is shared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.carriers import decoded_data, fingerprint
from policies.isolation.graph.index import MAKERS
from policies.isolation.resources import Resource

from ..rule import RoadmapRule, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "auth-shared-secret"
_TOKEN = re.compile(
    r"(jwt|token|session|signing)[_.-]?\w*?(secret|key)(?!\w*(file|path|ur[il])|[_.-]?id$)|^secret_key$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(r"public|jwks|\.pub$|\.crt$", re.IGNORECASE)
_PRIVATE = "PRIVATE KEY-----"


def check(stack: Stack, _: Mapping[str, Any]) -> Iterator[Finding]:
    """Who reads whose signing key, whose keys are equal, and who behind a public path has no public keys."""
    secrets = [item for item in stack.index.of_kind("Secret", *MAKERS) if _signs(item)]
    yield from _foreign_readers(stack, {item.key for item in secrets})
    yield from _equal(stack, secrets)
    yield from _without_keys(stack)


def _signs(secret: Resource) -> bool:
    if secret.labels.get("app.kubernetes.io/component") == "signing-key":
        return True
    if secret.body.get("type") == "kubernetes.io/tls":
        return False
    return any(_is_called_so(name) or _is_private(value) for name, value in decoded_data(secret).items())


def _is_called_so(name: str) -> bool:
    return _TOKEN.search(name) is not None and not _PUBLIC.search(name)


def _is_private(value: Any) -> bool:
    return isinstance(value, str) and _PRIVATE in value


def _foreign_readers(stack: Stack, secrets: set[str]) -> Iterator[Finding]:
    for reading in stack.readings:
        secret = reading.carrier.resource
        if secret is None or secret.key not in secrets:
            continue
        public = reading.key is not None and _PUBLIC.search(reading.key)
        ours, theirs = stack.owner_of(reading.workload.resource), stack.owner_of(secret)
        if ours != theirs and not public:
            yield violation(
                ID,
                reading.workload.resource,
                f"{reading.workload.resource.name} (owner {ours or 'nobody'}) → {secret.title} (owner "
                f"{theirs or 'nobody'}): a key that signs tokens stays with its owner; validate by JWKS",
                owners=(item for item in (ours, theirs) if item),
            )


def _equal(stack: Stack, secrets: Iterable[Resource]) -> Iterator[Finding]:
    """One token secret in two owners' hands: the same value where it is known, or made from the same resource."""
    holders: dict[str, dict[str, Resource]] = defaultdict(dict)
    for mark, holder in (*_kept(stack, secrets), *_given(stack)):
        owner = stack.owner_of(holder)
        if owner is not None:
            holders[mark].setdefault(owner, holder)
    for found in holders.values():
        if len(found) > 1:
            listed = ", ".join(f"{item.title} (owner {owner})" for owner, item in found.items())
            first = next(iter(found.values()))
            yield violation(
                ID, first, f"{listed} hold one and the same token secret; validate by JWKS", owners=found
            )


def _kept(stack: Stack, secrets: Iterable[Resource]) -> Iterator[tuple[str, Resource]]:
    """What tells a token secret from others, and the Secret that holds it."""
    for secret in secrets:
        for name, value in decoded_data(secret).items():
            if isinstance(value, str) and value and (_is_called_so(name) or _is_private(value)):
                yield fingerprint(value), secret
        for name, sources in secret.inputs_from.items():
            for source in sources if name != "metadata" else ():
                made_by = stack.index.by_key.get(source)
                if made_by is not None and made_by.group.startswith(("random:", "tls:")):
                    yield source, secret


def _given(stack: Stack) -> Iterator[tuple[str, Resource]]:
    """The same of the workloads that are told one."""
    for workload in stack.index.workloads.values():
        for variable in (item for group in stack.given(workload) for item in group):
            known = isinstance(variable.value, str) and variable.value and not variable.free_text
            if known and _is_called_so(variable.name):
                yield fingerprint(variable.value), workload.resource


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
