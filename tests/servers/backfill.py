"""Two real Postgres databases with roles as in production, and the script that the Job runs between them."""

import datetime
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.rendering import backfill as rendering
from components.rendering.grants import grants_sql
from roadmap.topology import Backfill, Store, StoreKind, StoreUser
from tests.servers.postgres import PostgresServer, programs

MONOLITH, SERVICE, MOVER = "backfill_monolith", "backfill_service", "notifications_backfill"
TABLES = ("notification_channels", "notifications", "notification_marks")
SCHEMA = """
CREATE TYPE importance AS ENUM ('low', 'high');
CREATE TABLE notification_channels (
  id serial PRIMARY KEY,
  name text NOT NULL UNIQUE,
  parent_id integer REFERENCES notification_channels
);
CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel_id integer NOT NULL REFERENCES notification_channels,
  "Body" text,
  cost numeric,
  rate double precision,
  sent_at timestamptz,
  waited interval,
  payload jsonb,
  raw bytea,
  tags text[],
  kind importance,
  price money,
  words integer GENERATED ALWAYS AS (length("Body")) STORED
);
CREATE TABLE notification_marks (notification_id bigint REFERENCES notifications DEFERRABLE, mark text);
CREATE INDEX channel_parents ON notification_channels (parent_id);
CREATE INDEX notification_channel ON notifications (channel_id, id);
CREATE INDEX marked ON notification_marks (notification_id);
"""
ROWS = r"""
INSERT INTO notification_channels (id, name, parent_id) VALUES (7, 'child', 9), (9, 'parent', NULL);
INSERT INTO notifications (channel_id, "Body", cost, rate, sent_at, waited, payload, raw, tags, kind, price) VALUES
  (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (7, '', 0.10, 0.1, '2026-02-21 12:00:00.123456+02', '1 mon -2 days 03:04:05.6', '{"b": [1, 2.50], "a": null}',
   '\x00ff5c0a', '{}', 'low', 12.34),
  (9, E'line\nline\ttab\\back \\. \\N "quoted" ''single'' :name %1$s é 日本 🙂', 12345678901234567890.123456789,
   'NaN', 'infinity', '-1 year', '"\\u00e9\\n"', '\x', ARRAY[NULL, 'a,b', '{x}', E'\n', '"'], 'high', -5),
  (9, E'\\.', 1.100, 1e-300, '0044-03-15 00:00:00+00 BC', '0', '[]', '\x5c2e', ARRAY['\.'], 'low', 0),
  (9, E'\r\n', 'NaN', '-0', '1999-12-31 23:59:59+14', '1 us', '0', '\x0d', '{{a,b},{c,d}}', 'high', NULL);
INSERT INTO notification_marks VALUES (2, 'twice'), (2, 'twice'), (NULL, NULL);
"""
EVERYTHING = """
SELECT 'channel', id::text, (c.*)::text FROM notification_channels AS c
UNION ALL SELECT 'notification', id::text, (n.*)::text FROM notifications AS n
UNION ALL SELECT 'mark', '', (m.*)::text FROM notification_marks AS m ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The monolith's and the service's database, as their owners, and the move between them."""

    server: PostgresServer
    folder: Path

    def monolith(self, sql: str) -> None:
        self.server.execute(sql, user=MONOLITH, database=MONOLITH)

    def service(self, sql: str) -> None:
        self.server.execute(sql, user=SERVICE, database=SERVICE)

    def environment(self, user: str) -> dict[str, str]:
        """For a client of a role's own database."""
        return {**self.server.environment(user, user), "PATH": f"{programs()}:{os.environ['PATH']}"}

    def grant(self, direction: str) -> None:
        """Give the move's role what the monolith's own grants give it while a move in this direction is open."""
        forward = direction == "forward"
        mover = StoreUser(name=MOVER, reads=TABLES if forward else (), writes=() if forward else TABLES)
        store = Store(
            name="monolith-postgres",
            kind=StoreKind.POSTGRES,
            owner="monolith",
            namespace="year3-monolith",
            database=MONOLITH,
            users=(StoreUser(name=MONOLITH, owns_database=True), mover),
            storage_gib=1,
        )
        self.monolith(grants_sql(store, ()))

    def all_of(self, database: str) -> list[list[str]]:
        return self.server.query(EVERYTHING, user=database, database=database)

    def command(
        self, direction: str, tables: tuple[str, ...] = TABLES, **changes: str
    ) -> tuple[list[str], Mapping[str, str]]:
        """The Job's command and environment, its files in a folder of their own."""
        move = Backfill.model_validate(
            {
                "domain": "notifications",
                "direction": direction,
                "job": "notifications-backfill",
                "namespace": "year3-notifications",
                "tables": tables,
                "monolith_store": "monolith-postgres",
                "monolith_user": MOVER,
                "service_store": "notifications-postgres",
                "service_user": SERVICE,
                "expires": datetime.date(2026, 12, 1),
                "owner": "Ada Example",
                "reason": "tables move",
            }
        )
        variables: dict[str, str] = {"PATH": f"{programs()}:{os.environ['PATH']}"}
        for end, (store, user) in rendering.ends(move).items():
            database = MONOLITH if store == "monolith-postgres" else SERVICE
            address = f"postgresql://{user}:$(P)@{self.server.host}:{self.server.port}/{database}"
            variables[f"{end}_URL"] = rendering.without_password(address, "P")
            variables[f"{end}_PASSWORD"] = self.server.passwords[user]
        source, target = (rendering.ends(move)[end][0] for end in (rendering.SOURCE, rendering.TARGET))
        (self.folder / rendering.SCRIPT_FILE).write_text(rendering.shell_script(move))
        (self.folder / rendering.TRANSFER_FILE).write_text(
            rendering.transfer_sql(tables, source=source, target=target)
        )
        return ["bash", str(self.folder / rendering.SCRIPT_FILE)], variables | changes

    def move(
        self, direction: str, tables: tuple[str, ...] = TABLES, **changes: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run the script as the Job does."""
        command, variables = self.command(direction, tables, **changes)
        done = subprocess.run(
            command, env=variables, capture_output=True, text=True, check=False, timeout=300
        )
        for password in self.server.passwords.values():
            assert password not in done.stdout + done.stderr
        return done

    def moved(self, direction: str, tables: tuple[str, ...] = TABLES) -> list[str]:
        """Lines about the tables, after a run that must succeed and say nothing else."""
        done = self.move(direction, tables)
        assert (done.returncode, done.stderr) == (0, "")
        first, *lines = done.stdout.splitlines()
        assert first.startswith(f"{direction} backfill of notifications: ")
        assert [line.partition(":")[0] for line in lines] == list(tables)
        assert all(line.endswith(", equal on both sides") for line in lines)
        return lines


def two_databases(postgres: PostgresServer, folder: Path) -> Stores:
    """Both schemas, the monolith's filled, with the roles as a store has them: none is a superuser."""
    for role in (MONOLITH, SERVICE, MOVER):
        postgres.create_role(role)
    for database in (MONOLITH, SERVICE):
        postgres.create_database(database, database)
        # As a newer server has it by itself: nobody but the owner creates anything in `public`.
        postgres.execute(
            f"ALTER SCHEMA public OWNER TO {database}; REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
            database=database,
        )
    found = Stores(server=postgres, folder=folder)
    found.monolith(SCHEMA + ROWS)
    found.grant("forward")
    found.service(SCHEMA)
    return found
