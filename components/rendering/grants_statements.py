"""The statements of a store's grants, the same for every store; `grants.py` puts the rows in front of them.

`psql` runs what a SELECT before `\\gexec` returns, so that names are quoted by the server itself.
"""

TABLES = """\
-- What the topology says. Temporary tables: they are gone with this session.
SET standard_conforming_strings = on;
SET search_path = pg_catalog, pg_temp;
SET lock_timeout = '1min';
SET statement_timeout = '5min';
CREATE TEMPORARY TABLE wanted_role (role name, every_table boolean);
CREATE TEMPORARY TABLE wanted_table (role name, relation name, writes boolean);
CREATE TEMPORARY TABLE wanted_schema (name name, owner name, reader name);
CREATE TEMPORARY TABLE retired_role (role name);
CREATE TEMPORARY TABLE retired_view (schema name, name name);
"""

WAIT_FOR_ROLES = """
DO $wait$
DECLARE
  missing text;
BEGIN
  FOR second IN 0..WAIT_SECONDS LOOP
    SELECT string_agg(role, ', ') INTO missing FROM wanted_role
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role);
    EXIT WHEN missing IS NULL;
    IF second = WAIT_SECONDS THEN
      RAISE EXCEPTION 'no role %', missing
        USING HINT = 'Roles are made by the operator: see status.managedRolesStatus of the Cluster.';
    END IF;
    PERFORM pg_sleep(1);
  END LOOP;
END $wait$;
"""

SCHEMAS = """
BEGIN;

-- Schemas of views belong to the database's owner, who can so remove views that belong to somebody else.
SELECT DISTINCT format('CREATE SCHEMA %I', name) FROM wanted_schema
WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name) \\gexec

DO $schemas$
DECLARE
  foreign_schema record;
BEGIN
  FOR foreign_schema IN
    SELECT nspname, pg_get_userbyid(nspowner) AS owner FROM pg_namespace
    WHERE nspname IN (SELECT name FROM wanted_schema) AND NOT pg_has_role(nspowner, 'USAGE')
  LOOP
    RAISE EXCEPTION 'schema % belongs to %, not to %', foreign_schema.nspname, foreign_schema.owner, current_user
      USING HINT = format('ALTER SCHEMA %I OWNER TO %I', foreign_schema.nspname, current_user);
  END LOOP;
END $schemas$;
"""

REVOKE = """
-- Whoever is not named gets nothing: what everybody may do by default goes as well.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \\gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Everything that the server has on record as granted to one of the roles by us, of whatever kind.
WITH held AS (
  SELECT DISTINCT classid, objid, rolname
  FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid
  WHERE refclassid = 'pg_authid'::regclass AND deptype = 'a'
    AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND rolname IN (SELECT role FROM wanted_role UNION SELECT role FROM retired_role)
)
SELECT format(
  'REVOKE ALL ON %s %s FROM %I', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, objid::regclass, rolname
) FROM held JOIN pg_class ON classid = 'pg_class'::regclass AND pg_class.oid = objid
  WHERE pg_has_role(relowner, 'USAGE')
UNION ALL
SELECT format('REVOKE ALL ON SCHEMA %I FROM %I', nspname, rolname)
  FROM held JOIN pg_namespace ON classid = 'pg_namespace'::regclass AND pg_namespace.oid = objid
  WHERE pg_has_role(nspowner, 'USAGE')
UNION ALL
SELECT format('REVOKE ALL ON ROUTINE %s FROM %I', objid::regprocedure, rolname)
  FROM held JOIN pg_proc ON classid = 'pg_proc'::regclass AND pg_proc.oid = objid
  WHERE pg_has_role(proowner, 'USAGE')
UNION ALL
SELECT format('REVOKE ALL ON TYPE %s FROM %I', format_type(objid, NULL), rolname)
  FROM held JOIN pg_type ON classid = 'pg_type'::regclass AND pg_type.oid = objid
  WHERE pg_has_role(typowner, 'USAGE')
UNION ALL
SELECT format('REVOKE ALL ON DATABASE %I FROM %I', datname, rolname)
  FROM held JOIN pg_database ON classid = 'pg_database'::regclass AND pg_database.oid = objid
  WHERE datname = current_database()
UNION ALL
SELECT format(
  'ALTER DEFAULT PRIVILEGES %s REVOKE ALL ON %s FROM %I',
  CASE WHEN defaclnamespace <> 0 THEN format('IN SCHEMA %s', defaclnamespace::regnamespace) END,
  CASE defaclobjtype
    WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES'
    ELSE 'SCHEMAS'
  END,
  rolname
) FROM held JOIN pg_default_acl ON classid = 'pg_default_acl'::regclass AND pg_default_acl.oid = objid
  WHERE defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) \\gexec
"""

GRANT = """
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role) FROM wanted_role \\gexec
SELECT format('GRANT USAGE ON SCHEMA public TO %I', role) FROM wanted_role \\gexec

-- `*`: all tables of today, and those that a later migration makes.
SELECT format('GRANT SELECT ON TABLE %s TO %I', pg_class.oid::regclass, role)
FROM wanted_role, pg_class
WHERE every_table AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
  AND pg_has_role(relowner, 'USAGE') \\gexec
SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO %I', role)
FROM wanted_role WHERE every_table \\gexec

SELECT format('GRANT SELECT ON TABLE public.%I TO %I', relation, role)
FROM wanted_table WHERE to_regclass(format('public.%I', relation)) IS NOT NULL \\gexec
SELECT format('GRANT INSERT, UPDATE, DELETE, TRUNCATE ON TABLE public.%I TO %I', relation, role)
FROM wanted_table WHERE writes AND to_regclass(format('public.%I', relation)) IS NOT NULL \\gexec
-- Whoever puts rows back with their keys must be able to set the sequence behind them, or the next key is taken.
SELECT DISTINCT format('GRANT ALL ON SEQUENCE %s TO %I', objid::regclass, role)
FROM wanted_table
JOIN pg_depend ON classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
  AND refobjid = to_regclass(format('public.%I', relation)) AND deptype IN ('a', 'i')
JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'
WHERE writes \\gexec

-- TEMPORARY: a concurrent refresh keeps the difference in a temporary table.
SELECT DISTINCT format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), owner)
FROM wanted_schema \\gexec
SELECT DISTINCT format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', name, owner) FROM wanted_schema \\gexec
SELECT DISTINCT format('GRANT USAGE ON SCHEMA %I TO %I', name, reader) FROM wanted_schema \\gexec

COMMIT;
"""

RETIRE = """
-- Views of other phases go; one that somebody else built upon stays, and says so. Nothing goes by CASCADE.
SELECT format('DROP MATERIALIZED VIEW %I.%I', schema, name)
FROM retired_view JOIN pg_matviews ON schemaname = schema AND matviewname = name \\gexec

SELECT DISTINCT format('DROP SCHEMA %I', schema)
FROM retired_view JOIN pg_namespace ON nspname = schema
WHERE schema NOT IN (SELECT name FROM wanted_schema) AND pg_has_role(nspowner, 'USAGE')
  AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE refclassid = 'pg_namespace'::regclass AND refobjid = pg_namespace.oid AND deptype = 'n'
  ) \\gexec
"""

REPORT = """
DO $report$
DECLARE
  kept record;
  missing text;
BEGIN
  RAISE NOTICE 'granted to: %; revoked from: %',
    coalesce((SELECT string_agg(role, ', ' ORDER BY role) FROM wanted_role), 'nobody'),
    coalesce((SELECT string_agg(role, ', ' ORDER BY role) FROM retired_role), 'nobody');
  FOR kept IN
    SELECT rolname, pg_describe_object(classid, objid, objsubid) AS object
    FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid
    WHERE refclassid = 'pg_authid'::regclass AND rolname IN (SELECT role FROM retired_role)
  LOOP
    RAISE WARNING '% is retired, but cannot be dropped because of %', kept.rolname, kept.object
      USING HINT = 'Drop the object or give it to another role; nobody can log in to this database as this one.';
  END LOOP;
  SELECT string_agg(format('public.%s (for %s)', relation, role), ', ' ORDER BY relation, role) INTO missing
  FROM wanted_table WHERE to_regclass(format('public.%I', relation)) IS NULL;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'no table %', missing
      USING HINT = 'All other grants are in place. Is the table misspelt in the catalog, or has its migration not run?';
  END IF;
END $report$;
"""
