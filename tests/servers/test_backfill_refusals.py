"""What a backfill refuses, on two real Postgres databases: each time with one message and no changed row."""

from pathlib import Path

import pytest

from tests.servers.backfill import MOVER, ROWS, SERVICE, Stores, two_databases
from tests.servers.postgres import PostgresServer

REFUSALS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("no table in the source", "monolith", "DROP TABLE notification_marks",
     ("monolith-postgres has no table public.notification_marks",)),
    ("no table in the target", "service", "DROP TABLE notification_marks, notifications",
     ("notifications-postgres has no table public.notifications, public.notification_marks",)),
    ("a view in the target", "service",
     "DROP TABLE notification_marks; CREATE VIEW notification_marks AS SELECT 1 AS one",
     ("notifications-postgres has no table public.notification_marks",)),
    ("one column more in the source", "monolith", "ALTER TABLE notifications ADD COLUMN extra uuid",
     ("notifications: the columns are not the same on both sides", "only in monolith-postgres: extra uuid")),
    ("one column more in the target", "service", "ALTER TABLE notification_marks ADD COLUMN extra uuid",
     ("notification_marks: the columns", "only in notifications-postgres: extra uuid")),
    ("another type", "service", "ALTER TABLE notification_marks ALTER COLUMN mark TYPE varchar(40)",
     ("only in monolith-postgres: mark text; only in notifications-postgres: mark character varying(40)",)),
    ("generated on one side", "service", "ALTER TABLE notifications ALTER COLUMN words DROP EXPRESSION",
     ("words integer generated", "only in notifications-postgres: words integer")),
    ("a table that stays refers to one that moves", "service",
     "CREATE TABLE receipts (notification_id bigint CONSTRAINT receipt_of REFERENCES notifications ON DELETE CASCADE)",
     ("notifications-postgres: tables that stay refer to tables that move: receipts (receipt_of)",)),
    ("no right to read", "monolith", f"REVOKE SELECT ON notifications FROM {MOVER}",
     ("permission denied for table notifications",)),
    ("rows that a policy hides", "monolith",
     "ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;"
     f"CREATE POLICY few ON notifications TO {MOVER} USING (id < 3)",
     ("row-level security policy",)),
    ("a row that the target does not take", "service",
     "ALTER TABLE notifications ADD CONSTRAINT with_text CHECK (\"Body\" IS NOT NULL) NOT VALID",
     ("violates check constraint \"with_text\"",)),
    ("a trigger that changes a row", "service", """
     CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN NEW.mark := upper(NEW.mark); RETURN NEW; END $$;
     CREATE TRIGGER shouting BEFORE INSERT ON notification_marks FOR EACH ROW EXECUTE FUNCTION shout()""",
     ("notification_marks: 3 rows, checksum", "in monolith-postgres, but 3 rows, checksum",
      "in notifications-postgres")),
    ("a trigger that drops a row, late", "service", """
     CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN DELETE FROM notification_marks WHERE mark IS NULL; RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER forgetting AFTER INSERT ON notification_marks DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION forget()""",
     ("notification_marks: 3 rows, checksum", "in monolith-postgres, but 2 rows, checksum")),
)  # fmt: skip


@pytest.fixture
def stores(postgres: PostgresServer, tmp_path: Path) -> Stores:
    """The service's tables hold other rows than the monolith's, and one table beside them stays out of it."""
    found = two_databases(postgres, tmp_path)
    found.service(ROWS.replace("'twice'", "'before'"))
    return found


def remaining(stores: Stores) -> list[list[list[str]]]:
    """All rows of the tables that the service has, in one order."""
    there = stores.server.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
        user=SERVICE,
        database=SERVICE,
    )
    return [
        stores.server.query(f"SELECT r::text FROM {table} AS r ORDER BY 1", user=SERVICE, database=SERVICE)
        for (table,) in there
    ]


@pytest.mark.parametrize(
    ("where", "change", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_refused_and_nothing_is_changed(
    stores: Stores, where: str, change: str, words: tuple[str, ...]
) -> None:
    (stores.monolith if where == "monolith" else stores.service)(change)
    before = remaining(stores)
    done = stores.move("forward")
    assert done.returncode == 1
    assert "equal on both sides" not in done.stdout
    for word in (*words, "whatever was begun in notifications-postgres is rolled back"):
        assert word in done.stderr, done.stderr
    assert "single" not in done.stderr, "rows have no place in a log"
    assert remaining(stores) == before
    assert any(before)
