"""SQL that gives the roles of a store exactly what the topology says, and takes away whatever else they had.

It runs as the database's owner, with `psql`, and can run again and again. The statements are the same for every
store; only the rows in front of them differ, so that what was tried on one server holds on another. In one
transaction a role loses everything and gets what it shall have: nobody sees a moment in between.

What the topology asks for and the database does not have (yet) is told at the end: everything else is in place by
then, but an update that goes on would only move the failure into a workload.
"""

from collections.abc import Sequence

from components.rendering.grants_statements import (
    GRANT,
    REPORT,
    RETIRE,
    REVOKE,
    SCHEMAS,
    TABLES,
    WAIT_FOR_ROLES,
)
from components.rendering.rows import insert
from roadmap.topology import MaterializedView, Store

ROLE_WAIT_SECONDS = 120
"""The operator makes roles after it has called a cluster ready, and on its own time."""

EVERY_TABLE = "*"


def views_of(store: Store, views: Sequence[MaterializedView]) -> tuple[MaterializedView, ...]:
    """The views of one store."""
    return tuple(view for view in views if view.store == store.name)


def grants_sql(
    store: Store, views: Sequence[MaterializedView], *, wait_seconds: int = ROLE_WAIT_SECONDS
) -> str:
    """The whole script for one store; `wait_seconds` is how long a role that is not there yet is waited for."""
    users = [user for user in store.users if not user.owns_database]
    retired_views = [label.split(".", maxsplit=1) for label in store.retired_views]
    return "\n".join(
        [
            TABLES,
            insert("wanted_role", ((user.name, EVERY_TABLE in user.reads) for user in users)),
            insert(
                "wanted_table",
                (
                    (user.name, table, table in user.writes)
                    for user in users
                    for table in dict.fromkeys((*user.reads, *user.writes))
                    if table != EVERY_TABLE
                ),
            ),
            insert(
                "wanted_schema",
                dict.fromkeys((view.view_schema, view.owner, view.reader) for view in views_of(store, views)),
            ),
            insert("retired_role", ((name,) for name in store.retired_users)),
            insert("retired_view", (tuple(parts) for parts in retired_views)),
            WAIT_FOR_ROLES.replace("WAIT_SECONDS", str(wait_seconds)),
            SCHEMAS,
            REVOKE,
            GRANT,
            RETIRE,
            REPORT,
        ]
    )
