"""Tables move between two real Postgres databases, forward and back, and nothing of a row is lost on the way."""

from pathlib import Path

import pytest

from tests.servers.backfill import MONOLITH, ROWS, SERVICE, TABLES, Stores, two_databases
from tests.servers.postgres import PostgresServer


@pytest.fixture
def stores(postgres: PostgresServer, tmp_path: Path) -> Stores:
    return two_databases(postgres, tmp_path)


def test_forward_then_changes_then_reverse(stores: Stores) -> None:
    lines = stores.moved("forward")
    assert [line.split(",")[0] for line in lines] == [
        "notification_channels: 2 rows",
        "notifications: 5 rows",
        "notification_marks: 3 rows",
    ]
    assert stores.all_of(SERVICE) == stores.all_of(MONOLITH) != []
    stores.service("""
        DELETE FROM notification_marks WHERE mark IS NULL;
        UPDATE notifications SET "Body" = 'changed' WHERE id = 1;
        INSERT INTO notifications (channel_id, "Body") VALUES (7, 'made by the service');
        INSERT INTO notification_channels (name) VALUES ('new');
    """)
    assert stores.all_of(SERVICE) != stores.all_of(MONOLITH)
    stores.grant("reverse")
    stores.moved("reverse")
    assert stores.all_of(SERVICE) == stores.all_of(MONOLITH)
    stores.monolith("INSERT INTO notifications (channel_id) VALUES (7)")
    newest = stores.server.query("SELECT max(id) FROM notifications", user=MONOLITH, database=MONOLITH)
    assert newest == [["7"]], "the monolith's sequence stands behind the rows that came back"


def test_it_can_run_again_and_takes_what_changed(stores: Stores) -> None:
    first = stores.moved("forward")
    assert stores.moved("forward") == first
    stores.monolith("UPDATE notifications SET cost = 0.100 WHERE cost = 0.10")
    again = stores.moved("forward")
    assert [a == b for a, b in zip(first, again, strict=True)] == [True, False, True]
    assert stores.all_of(SERVICE) == stores.all_of(MONOLITH)


def test_empty_tables(stores: Stores) -> None:
    stores.service(ROWS)
    stores.monolith("TRUNCATE notification_channels, notifications, notification_marks")
    assert stores.moved("forward") == [
        f"{table}: 0 rows, checksum 0, equal on both sides" for table in TABLES
    ]
    assert stores.all_of(SERVICE) == []


def test_sequences_go_past_the_rows_and_never_back(stores: Stores) -> None:
    stores.service("SELECT setval('notification_channels_id_seq', 500)")
    stores.moved("forward")
    stores.service("INSERT INTO notification_channels (name) VALUES ('new')")
    stores.service("INSERT INTO notifications (channel_id) VALUES (7)")
    found = stores.server.query(
        "SELECT (SELECT max(id) FROM notification_channels), (SELECT max(id) FROM notifications)",
        user=SERVICE,
        database=SERVICE,
    )
    assert found == [["501", "6"]]


def test_columns_in_another_order_are_the_same(stores: Stores) -> None:
    stores.service("""
        ALTER TABLE notification_channels DROP COLUMN name;
        ALTER TABLE notification_channels ADD COLUMN name text NOT NULL UNIQUE;
    """)
    stores.moved("forward")
    order = "SELECT id, name, parent_id FROM notification_channels ORDER BY id"
    assert stores.server.query(order, user=SERVICE, database=SERVICE) == [
        ["7", "child", "9"],
        ["9", "parent", ""],
    ]


def test_defaults_of_roles_and_databases_change_nothing(stores: Stores) -> None:
    expected = stores.moved("forward")
    settings = {"DateStyle": "German", "TimeZone": "Asia/Tokyo", "extra_float_digits": "-3",
                "bytea_output": "escape", "IntervalStyle": "iso_8601", "search_path": "nowhere",
                "standard_conforming_strings": "off"}  # fmt: skip
    for name, value in settings.items():
        stores.server.execute(f"ALTER ROLE {SERVICE} SET {name} = '{value}'")
    try:
        assert stores.moved("forward") == expected
    finally:
        stores.server.execute(f"ALTER ROLE {SERVICE} RESET ALL")
