"""SQL that makes the materialized views of one role, and brings them up to date.

It runs as the views' owner, with `psql`, again and again. A view that is not there, or whose definition has changed,
is built beside the old one and takes its place at the end of one transaction: whoever reads it finds it at any moment.
Every other is refreshed concurrently, which readers do not notice (2. Analytics Module Extraction, Phase 2).
"""

import json
from collections.abc import Sequence

from components.rendering.digests import content_digest
from components.rendering.rows import insert
from roadmap.topology import MaterializedView, StoreUse, Workload

STATEMENT_SECONDS = 240
"""What one view may take: less than the five minutes between two refreshes."""


def refreshed_by(
    workload: Workload, views: Sequence[MaterializedView]
) -> tuple[StoreUse, tuple[MaterializedView, ...]]:
    """The one connection with which a workload refreshes, and the views behind it; ValueError when that is not one."""
    found = [
        (use, of_use)
        for use in workload.stores
        if (of_use := tuple(v for v in views if (v.store, v.owner) == (use.store, use.user)))
    ]
    if len(found) != 1:
        raise ValueError(
            f"workload {workload.name}: {len(found)} of its stores have materialized views of its role, not one"
        )
    return found[0]


def definition_digest(view: MaterializedView) -> str:
    """Changes with whatever the view is made of; it stands in the view's comment."""
    return content_digest(view.model_dump(mode="json", include={"query", "unique_columns", "reader"}))


def views_sql(views: Sequence[MaterializedView], *, statement_seconds: int = STATEMENT_SECONDS) -> str:
    """The whole script; all `views` are of one store and one owner, else ValueError."""
    owners = {(view.store, view.owner) for view in views}
    if len(owners) != 1:
        raise ValueError(f"a refresh is of one owner's views in one store, not of {sorted(owners)}")
    rows = (
        (
            view.view_schema,
            view.name,
            view.reader,
            _array(view.unique_columns),
            view.query,
            definition_digest(view),
        )
        for view in views
    )
    return "\n".join(
        [
            TABLES.replace("STATEMENT_SECONDS", str(statement_seconds)),
            insert("pg_temp.wanted_view", rows),
            PROCEDURE,
            RUN,
        ]
    )


def _array(values: Sequence[str]) -> str:
    """Text of an array; JSON quotes and escapes its elements as Postgres reads them."""
    return "{" + ",".join(json.dumps(value, ensure_ascii=False) for value in values) + "}"


TABLES = """\
-- What the topology says. Temporary tables: they are gone with this session.
SET standard_conforming_strings = on;
SET search_path = public, pg_temp;
SET statement_timeout = 'STATEMENT_SECONDSs';
CREATE TEMPORARY TABLE wanted_view (
  schema name, name name, reader name, unique_columns name[], query text, digest text
);
CREATE TEMPORARY TABLE done (schema name, name name);
"""

PROCEDURE = """
CREATE PROCEDURE pg_temp.bring_up_to_date(view_schema name, view_name name) LANGUAGE plpgsql AS $procedure$
DECLARE
  view pg_temp.wanted_view;
  label constant text := format('%I.%I', view_schema, view_name);
  present constant oid := to_regclass(label);
  definition text;
  beside text;
BEGIN
  SELECT * INTO STRICT view FROM pg_temp.wanted_view WHERE schema = view_schema AND name = view_name;
  definition := 'definition ' || view.digest;
  IF present IS NULL OR obj_description(present, 'pg_class') IS DISTINCT FROM definition THEN
    beside := format('%I.%I', view_schema, left(view_name::text, 40) || '_' || view.digest);
    EXECUTE format(E'CREATE MATERIALIZED VIEW %s AS\\n%s\\nWITH DATA', beside, view.query);
    EXECUTE format(
      'CREATE UNIQUE INDEX ON %s (%s)', beside,
      (SELECT string_agg(quote_ident(c), ', ' ORDER BY o) FROM unnest(view.unique_columns) WITH ORDINALITY AS u (c, o))
    );
    EXECUTE format('COMMENT ON MATERIALIZED VIEW %s IS %L', beside, definition);
    EXECUTE format('GRANT SELECT ON %s TO %I', beside, view.reader);
    IF present IS NOT NULL THEN
      EXECUTE format('DROP MATERIALIZED VIEW %s', label);
    END IF;
    EXECUTE format('ALTER MATERIALIZED VIEW %s RENAME TO %I', beside, view_name);
    RAISE NOTICE 'made %', label;
  ELSIF (SELECT relispopulated FROM pg_class WHERE oid = present) THEN
    EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY %s', label);
    RAISE NOTICE 'refreshed %', label;
  ELSE
    -- Restored from a dump without data: only a plain refresh can fill it.
    EXECUTE format('REFRESH MATERIALIZED VIEW %s', label);
    RAISE NOTICE 'filled %', label;
  END IF;
  INSERT INTO pg_temp.done VALUES (view_schema, view_name);
END $procedure$;
"""

RUN = """
-- One at a time, whoever started it; the lock goes with the session.
DO $lock$
BEGIN
  PERFORM pg_advisory_lock(hashtextextended('materialized views of ' || current_user, 0));
END $lock$;

-- Each view is a statement, a transaction and a timeout of its own: one that fails does not stop the others.
\\set ON_ERROR_STOP 0
SELECT format('CALL pg_temp.bring_up_to_date(%L, %L)', schema, name) FROM pg_temp.wanted_view \\gexec
\\set ON_ERROR_STOP 1

DO $report$
DECLARE
  failed text;
BEGIN
  SELECT string_agg(format('%s.%s', schema, name), ', ') INTO failed
  FROM pg_temp.wanted_view AS wanted WHERE NOT EXISTS (
    SELECT FROM pg_temp.done WHERE done.schema = wanted.schema AND done.name = wanted.name
  );
  IF failed IS NOT NULL THEN
    RAISE EXCEPTION 'not up to date: %', failed USING HINT = 'Why stands above, where each was tried.';
  END IF;
END $report$;
"""
