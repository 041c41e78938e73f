"""What a data move asks of a Postgres store: columns, counts and checksums, and blocks of SQL that refuse.

Each block fails with one sentence that names stores, tables and columns; it never quotes a row.
"""
# ruff: noqa: S608 - rendering SQL is what this is for; names and values are quoted by `sql`

from collections.abc import Sequence

from components.rendering.sql import literal, relation


def columns_of(table: str) -> str:
    """Query for a table's columns: `name`, `generated` and `described`, such as `id bigint`."""
    return (
        "SELECT attname AS name, attgenerated <> '' AS generated,"
        " attname || ' ' || format_type(atttypid, atttypmod)"
        " || CASE WHEN attgenerated <> '' THEN ' generated' ELSE '' END AS described"
        f" FROM pg_attribute WHERE attrelid = {_class(table)} AND attnum > 0 AND NOT attisdropped"
    )


def measure(table: str, columns: str) -> str:
    """Query for `rows` and `checksum`: the sum of a 60-bit digest of each row, whatever order the rows come in.

    A sum and no XOR, for two equal rows too many must not cancel out; SHA-256, for a server in FIPS mode has no MD5.
    """
    digest = f"left(encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex'), 15)"
    return (
        f"SELECT count(*) AS rows, coalesce(sum(('x' || {digest})::bit(60)::bigint), 0) AS checksum"
        f" FROM {relation(table)}"
    )


def refuse_missing(tables: Sequence[str], store: str) -> str:
    """Fail when a store lacks one of the tables."""
    wanted = f"unnest(ARRAY[{', '.join(literal(table) for table in tables)}])"
    return _refuse(
        f"""\
  missing text := (
    SELECT string_agg('public.' || wanted, ', ') FROM {wanted} AS wanted
    WHERE NOT EXISTS (
      SELECT FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relname = wanted AND relkind IN ('r', 'p')));""",
        condition="missing IS NOT NULL",
        message=f"{literal(f'{store} has no table ')} || missing",
    )


def refuse_referrers(tables: Sequence[str], store: str) -> str:
    """Fail when a table that stays refers to one that moves (Extraction Readiness Criteria, Data isolation).

    Replacing the rows would fail, or, with ON DELETE CASCADE, take the other table's rows along.
    """
    return _refuse(
        f"""\
  moved regclass[] := ARRAY[{", ".join(_class(table) for table in tables)}];
  referrers text := (
    SELECT string_agg(conrelid::regclass || ' (' || conname || ')', ', ' ORDER BY conname) FROM pg_constraint
    WHERE contype = 'f' AND confrelid = ANY (moved) AND conrelid <> ALL (moved)
      AND NOT EXISTS (SELECT FROM pg_partition_ancestors(conrelid) AS above WHERE above = ANY (moved)));""",
        condition="referrers IS NOT NULL",
        message=f"{literal(f'{store}: tables that stay refer to tables that move: ')} || referrers",
    )


def empty(tables: Sequence[str], store: str) -> str:
    """Delete all rows, so that whoever reads sees the former ones until the end; `tables` as inserts need them.

    Each deleted row is looked for in the tables that refer to it, which without an index means to read them whole, for
    every row: hours, with a few hundred thousand. They are truncated then, and readers wait.
    """
    relations = [relation(table) for table in tables]
    return f"""\
DO $empty$
DECLARE
  moved regclass[] := ARRAY[{", ".join(_class(table) for table in tables)}];
  unindexed text := (
    SELECT string_agg(conrelid::regclass || ' (' || conname || ')', ', ' ORDER BY conname) FROM pg_constraint
    WHERE contype = 'f' AND confrelid = ANY (moved) AND NOT EXISTS (
      SELECT FROM pg_index WHERE indrelid = conrelid AND indisvalid AND indpred IS NULL
        AND (string_to_array(indkey::text, ' ')::smallint[])[1:cardinality(conkey)] @> conkey));
BEGIN
  IF unindexed IS NULL THEN
    {" ".join(f"DELETE FROM {name};" for name in reversed(relations))}
  ELSIF {" OR ".join(f"EXISTS (SELECT FROM {name})" for name in relations)} THEN
    RAISE WARNING USING MESSAGE = {literal(f"{store}: readers wait until the end, for a foreign key has no index: ")}
      || unindexed;
    TRUNCATE {", ".join(relations)};
  END IF;
END
$empty$;"""


def refuse_other_columns(table: str, source: str, target: str) -> str:
    """Fail when a table's columns are not those of the source, which `%1$L` gives as an array of descriptions."""
    return _refuse(
        f"""\
  there text[] := %1$L;
  here text[] := (SELECT array_agg(described) FROM ({columns_of(table)}) AS found);
  only_there text := (
    SELECT string_agg(item, ', ' ORDER BY item) FROM unnest(there) AS item WHERE item <> ALL (here));
  only_here text := (
    SELECT string_agg(item, ', ' ORDER BY item) FROM unnest(here) AS item WHERE item <> ALL (there));""",
        condition="only_there IS NOT NULL OR only_here IS NOT NULL",
        message=f"concat_ws('; ', {literal(f'{table}: the columns are not the same on both sides')},"
        f" {literal(f'only in {source}: ')} || only_there, {literal(f'only in {target}: ')} || only_here)",
    )


def refuse_other_rows(table: str, source: str, target: str) -> str:
    """Fail when a table does not hold the source's rows: `%1$s` its columns, `%2$s` the count, `%3$s` the checksum."""
    return _refuse(
        f"""\
  there text := '%2$s rows, checksum %3$s';
  here text := (
    SELECT rows || ' rows, checksum ' || checksum FROM ({measure(table, "%1$s")}) AS found);""",
        condition="here <> there",
        message=f"concat({literal(f'{table}: ')}, there, {literal(f' in {source}, but ')}, here,"
        f" {literal(f' in {target}')})",
    )


def advance_sequences(table: str) -> str:
    """Set the sequences of a table's serial and identity columns past its rows, never back.

    A sequence is not rolled back with its transaction, so this comes when nothing is left that may refuse.
    """
    return f"""\
DO $sequences$
DECLARE
  item record;
  highest bigint;
BEGIN
  FOR item IN
    SELECT name, pg_get_serial_sequence({literal(relation(table))}, name)::regclass AS sequence
    FROM ({columns_of(table)}) AS found
    WHERE pg_get_serial_sequence({literal(relation(table))}, name) IS NOT NULL
  LOOP
    EXECUTE format('SELECT max(%I) FROM {relation(table)}', item.name) INTO highest;
    IF highest > coalesce(pg_sequence_last_value(item.sequence), 0) THEN
      PERFORM setval(item.sequence, highest);
    END IF;
  END LOOP;
END
$sequences$;"""


def _refuse(declarations: str, *, condition: str, message: str) -> str:
    return f"""\
DO $check$
DECLARE
{declarations}
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION USING MESSAGE = {message};
  END IF;
END
$check$;"""


def _class(table: str) -> str:
    return f"{literal(relation(table))}::regclass"
