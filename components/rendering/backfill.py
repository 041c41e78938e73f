"""A data move between two Postgres stores: what its Job runs (Extraction Principles, Data ownership).

One `psql` reads the source and writes a script, another runs that script on the target: rows go straight through, in
nothing but the buffers between the two. A spool would put a copy of the tables on a node's disk, and a volume in the
way that somebody has to size.

The source is read in one snapshot. The target is changed in one transaction, which ends in a COMMIT only after counts
and checksums were found equal; it is the last thing that the source's session writes, so that a source that breaks
off takes the whole move with it. A Job that completed therefore proves equal data, one that failed changed no row, and
it can run again.
"""
# ruff: noqa: S608 - rendering SQL is what this is for; names and values are quoted by `sql`

from collections.abc import Iterator, Mapping, Sequence

from components.rendering import backfill_checks as checks
from components.rendering.sql import literal, relation
from roadmap.topology import Backfill

FOLDER = "/etc/backfill"
SCRIPT_FILE = "backfill.sh"
TRANSFER_FILE = "transfer.sql"

SOURCE = "SOURCE"
TARGET = "TARGET"
"""What the variables of each end begin with: `SOURCE_URL`, a libpq URL without a password, and `SOURCE_PASSWORD`."""

SETTINGS: Mapping[str, str] = {
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    "client_min_messages": "warning",
    "DateStyle": "ISO, YMD",
    "extra_float_digits": "3",
    "idle_in_transaction_session_timeout": "0",
    "IntervalStyle": "postgres",
    "lc_monetary": "C",
    "lock_timeout": "30s",
    "row_security": "off",
    "search_path": "public",
    "standard_conforming_strings": "on",
    "statement_timeout": "0",
    "TimeZone": "UTC",
    "xmloption": "content",
}
"""The same on both sides, whatever a role or database has for a default: values are compared as text.

With `row_security` off, a table whose policies would hide rows from the role is an error and not a smaller table.
"""


def ends(backfill: Backfill) -> Mapping[str, tuple[str, str]]:
    """Store and role at each end of the move, by the prefix of the end's variables."""
    monolith = backfill.monolith_store, backfill.monolith_user
    service = backfill.service_store, backfill.service_user
    source, target = (monolith, service) if backfill.direction == "forward" else (service, monolith)
    return {SOURCE: source, TARGET: target}


def without_password(url: str, password_variable: str) -> str:
    """A connection URL that may stand in an argument list, which everybody on the node can read.

    Raises ValueError when the URL does not leave its password as `$(password_variable)`.
    """
    bare = url.replace(f":$({password_variable})@", "@")
    if bare == url:
        raise ValueError(f"a backfill cannot take the password out of a URL without $({password_variable})")
    return bare


def shell_script(backfill: Backfill) -> str:
    """`backfill.sh`: exit code 0 once both sides hold equal rows, 1 when no row was changed."""
    (source, _), (target, _) = ends(backfill)[SOURCE], ends(backfill)[TARGET]
    psql = "psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1"
    return f"""\
#!/bin/bash
# A failure on either side of the pipe is a failure. Passwords go by the environment, never as arguments.
set -euo pipefail
export PGCONNECT_TIMEOUT=10
here="$(dirname "$0")"
echo "{backfill.direction} backfill of {backfill.domain}: {source} -> {target}"
if ! PGPASSWORD="${{{SOURCE}_PASSWORD}}" {psql} \\
    --file="$here/{TRANSFER_FILE}" "${{{SOURCE}_URL}}" |
  PGPASSWORD="${{{TARGET}_PASSWORD}}" {psql} \\
    --set=VERBOSITY=terse --file=- "${{{TARGET}_URL}}"
then
  echo "failed; whatever was begun in {target} is rolled back" >&2
  exit 1
fi
"""


def transfer_sql(tables: Sequence[str], *, source: str, target: str) -> str:
    """`transfer.sql`: run at the source, it writes the script that the target runs.

    `tables` lie in schema `public`, in an order in which their foreign keys allow inserts; `source` and `target` are
    the stores' names, for messages. It fails, with store, tables and columns named, where a table is missing, the
    columns differ, or a table that does not move refers to one that does.
    """
    return "\n".join(_transfer(tables, source, target)) + "\n"


def _transfer(tables: Sequence[str], source: str, target: str) -> Iterator[str]:
    settings = [f"SET {name} = {literal(value)};" for name, value in SETTINGS.items()]
    numbered = list(enumerate(tables, start=1))
    # Terse: the details of an error quote the row that it is about, and rows have no place in a log.
    yield "\\set VERBOSITY terse"
    yield from settings
    yield "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    yield checks.refuse_missing(tables, source)
    for number, table in numbered:
        yield _learn(number, table)
    yield _tell(
        *settings,
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;",
        checks.refuse_missing(tables, target),
        checks.refuse_referrers(tables, target),
    )
    for number, table in numbered:
        yield _tell(checks.refuse_other_columns(table, source, target), values=[f"described_{number}"])
    yield _tell(
        # Nobody else writes from here to the end.
        f"LOCK TABLE {', '.join(relation(table) for table in tables)} IN SHARE ROW EXCLUSIVE MODE;",
        "SET CONSTRAINTS ALL DEFERRED;",
        checks.empty(tables, target),
    )
    for number, table in numbered:
        yield _tell(f"COPY {relation(table)} (%1$s) FROM STDIN;", values=[f"stored_{number}"])
        yield f"COPY (SELECT :stored_{number} FROM {relation(table)}) TO STDOUT;"
        yield _tell("\\.")
    # What is deferred may still refuse or change a row, so it comes before the comparison.
    yield _tell("SET CONSTRAINTS ALL IMMEDIATE;")
    for number, table in numbered:
        learnt = [f"{name}_{number}" for name in ("columns", "rows", "checksum")]
        yield _tell(checks.refuse_other_rows(table, source, target), values=learnt)
    yield _tell(*(checks.advance_sequences(table) for table in tables), "COMMIT;")
    for number, table in numbered:
        report = f"SELECT {literal(table)} || ': %1$s rows, checksum %2$s, equal on both sides';"
        yield _tell(report, values=[f"rows_{number}", f"checksum_{number}"])
    yield "COMMIT;"


def _learn(number: int, table: str) -> str:
    """Columns by name and what the source holds, in variables of `psql` that end in the table's number."""
    by_name = 'ORDER BY name COLLATE "C"'
    return f"""\
SELECT string_agg(quote_ident(name), ', ' {by_name}) AS columns_{number},
  string_agg(quote_ident(name), ', ' {by_name}) FILTER (WHERE NOT generated) AS stored_{number},
  array_agg(described {by_name}) AS described_{number}
FROM ({checks.columns_of(table)}) AS found \\gset
SELECT rows AS rows_{number}, checksum AS checksum_{number}
FROM ({checks.measure(table, f":columns_{number}")}) AS found \\gset"""


def _tell(*script: str, values: Sequence[str] = ()) -> str:
    """A query that prints a part of the target's script, with variables of `psql` put in its places `%1$s`, `%2$L`."""
    text = "\n".join(script)
    if not values:
        return f"SELECT $told${text}$told$;"
    given = ", ".join(f":'{name}'" for name in values)
    return f"SELECT format($told${text}$told$, {given});"
