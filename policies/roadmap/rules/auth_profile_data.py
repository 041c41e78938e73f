"""No profile data in the identity product's database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policies.isolation.findings import MANDATORY, Finding
from policies.isolation.graph.carriers import decoded_data
from policies.isolation.resources import UNKNOWN, dig, mapping, sequence, text
from roadmap.anti_patterns import repository_name
from roadmap.vocabulary import MONOLITH

from ..rule import RoadmapRule, texts_of, violation

if TYPE_CHECKING:
    from ..stack import Stack

ID = "auth-profile-data"
DOMAIN = "auth"
ATTRIBUTES = ("username", "email", "role")
"""By what one logs in, and what a token says."""
_FEDERATION = "UserStorageProvider"
_REALM_FILE = re.compile(r"^realm|realm\.json$")
_ROLE = re.compile(rf"\W*{DOMAIN}_")
"""A role of auth, also at the beginning of a row that is more than constants."""


def check(stack: Stack, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Attributes of the realm, federation with the monolith's users, and tables that a data move takes along."""
    allowed = set(texts_of(config, "attributes", ATTRIBUTES))
    unstated = [
        item
        for item in stack.serving(DOMAIN)
        if any(repository_name(image) == "keycloak" for image in item.images)
    ]
    for resource in stack.owned(DOMAIN, "ConfigMap", "Secret"):
        for name, value in decoded_data(resource).items():
            if _REALM_FILE.search(name) and value is UNKNOWN:
                yield violation(ID, resource, f"{resource.title} holds a realm that is not known yet")
                unstated = []
            for document in _realms(value):
                if "userProfile" in document:
                    unstated = []
                for reason in _of_realm(document, allowed):
                    yield violation(ID, resource, f"{resource.title} ({name}): {reason}")
    for item in unstated[:1]:
        yield violation(
            ID,
            item.resource,
            "nothing says which attributes the realm keeps; by default names are among them",
        )
    for use in stack.uses:
        owner = use.store.stated_owner
        foreign = owner is not None and owner.name == MONOLITH
        of_auth = stack.owner_of(use.workload.resource) == DOMAIN and not stack.is_backfill(use.workload)
        if foreign and of_auth and use.store.kind == "database":
            yield violation(ID, use.workload.resource, f"{use.workload.resource.name} uses {use.store.title}")
    tables = stack.catalog.domain(DOMAIN).tables
    for script in stack.scripts:
        for row in script.rows("wanted_table"):
            role, table = (*row, None)[:2]
            if _ROLE.match(str(role)) and table not in tables:
                what = f"table {table}" if table else "a table that is not known"
                yield violation(ID, script.resource, f"{script.resource.title}: {role} may read {what}")


def _realms(value: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, str):
        return
    try:
        document = json.loads(value)
    except ValueError:
        return
    for item in document if isinstance(document, list) else [document]:
        if isinstance(item, Mapping) and "realm" in item:
            yield item


def _of_realm(realm: Mapping[str, Any], allowed: set[str]) -> Iterator[str]:
    names = [text(dig(item, "name")) for item in sequence(dig(realm, "userProfile", "attributes"))]
    for name in names:
        if name not in allowed:
            yield f"attribute {name} belongs to a profile"
    if text(dig(realm, "userProfile", "unmanagedAttributePolicy")) not in (None, "DISABLED"):
        yield "users may have attributes that nothing names"
    if sequence(realm.get("users")):
        yield "it holds users"
    for kind, providers in mapping(realm.get("components")).items():
        if providers and kind.endswith(_FEDERATION):
            yield "it federates users from another store"


RULE = RoadmapRule(
    id=ID,
    section="3. Auth Module Extraction, Anti-Patterns",
    cause="The identity product's database holds profile data.",
    explanation="Names, avatars and settings change for other reasons than passwords do. In the issuer's database "
    "every change of a profile becomes a change of the login, and everybody who shows a name has to ask the issuer.",
    remedy="Keep login attributes only; profiles stay with the product and follow by events.",
    level=MANDATORY,
    check=check,
    config={"attributes": {"type": "array", "items": {"type": "string"}, "default": list(ATTRIBUTES)}},
)
