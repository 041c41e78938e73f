"""Which database each user of an operator's store is made for, as its custom resource says."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ..resources import dig, mapping, sequence, text


def databases_by_user(body: Any) -> dict[str, str | None]:
    """Every user that a custom resource declares, with its database; None where it may use several, or none is named.

    Operators say so in one of three ways: a list of databases with each user (Crunchy, Percona), an owner with each
    database (Zalando), or the databases of each user's roles and the one it logs in to (MongoDB).
    """
    found: dict[str, set[str]] = defaultdict(set)
    users = dig(body, "spec", "users")
    for declared in mapping(users):
        found[str(declared)] = set()
    for user in sequence(users):
        name = text(dig(user, "name"))
        if name:
            named = [text(item) for item in sequence(dig(user, "databases"))]
            named += [text(dig(role, "db")) for role in sequence(dig(user, "roles"))]
            own = text(dig(user, "db"))
            if not any(named) and own != "admin":
                named = [own]
            found[name] |= {database for database in named if database}
    for database, owner in mapping(dig(body, "spec", "databases")).items():
        if (holder := text(owner)) is not None:
            found[holder].add(str(database))
    return {user: next(iter(databases)) if len(databases) == 1 else None for user, databases in found.items()}
