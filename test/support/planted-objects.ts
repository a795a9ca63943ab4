import type { TestDatabase } from './database.js';

/** Types whose values are compared with those of each other, besides their own. */
const MIXED = [
  ...['bool', 'int2', 'int4', 'int8', 'numeric', 'oid', 'float8', 'text', 'varchar', 'bpchar', 'name'],
  ...[
    'bytea',
    'date',
    'time',
    'timestamp',
    'timestamptz',
    'uuid',
    'bit',
    'varbit',
    'inet',
    'cidr',
    'regtype',
  ],
];
const DOMAINS = ['int8', 'text', 'uuid', 'bytea', 'numeric', 'oid', 'name', 'date', 'varchar', 'bpchar'];
const RELATIONS = [
  'pg_class',
  'pg_attribute',
  'pg_type',
  'pg_namespace',
  'pg_index',
  'pg_proc',
  'pg_settings',
];
const COMPARISONS = "ARRAY['=', '<', '<=', '>', '>=', '<>']";

const list = (names: readonly string[]): string =>
  `ARRAY[${names.map((name) => `'${name}'`).join(', ')}]::pg_catalog.regtype[]`;

/**
 * Fills schema `public` with what is named as the engine's own functions, operators and aggregates are, and with some types
 * and tables. What is called answers NULL, so that a condition finds nothing, and the server counts the calls.
 *
 * Operators are planted between all types of `MIXED` and between the given types of the schema and text, too.
 */
export async function plantObjects(database: TestDatabase, ownTypes: readonly string[]): Promise<void> {
  const near = [...ownTypes, 'text', 'varchar'];
  await database.run(`
    SET LOCAL search_path = pg_catalog;
    DO $$
    DECLARE found record;
    BEGIN
      FOR found IN
        SELECT p.proname, oidvectortypes(p.proargtypes) AS arguments, format_type(p.prorettype, NULL) AS result
        FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
          AND p.proargmodes IS NULL AND NOT EXISTS (SELECT 1 FROM pg_type t
            WHERE t.typtype = 'p' AND t.oid = ANY (p.proargtypes::oid[] || p.prorettype))
      LOOP
        EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql AS ''BEGIN RETURN NULL; END''',
          found.proname, found.arguments, found.result);
      END LOOP;
      FOR found IN
        SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result FROM pg_operator o
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft <> 0 AND NOT EXISTS (SELECT 1 FROM pg_type t
          WHERE t.typtype = 'p' AND t.oid IN (o.oprleft, o.oprright, o.oprresult))
        UNION SELECT name, l, r, 'bool' FROM unnest(${COMPARISONS}) AS name, unnest(${list(MIXED)}) AS l, unnest(${list(MIXED)}) AS r
        UNION SELECT name, l, r, 'bool' FROM unnest(${COMPARISONS}) AS name, unnest(${list(near)}) AS l, unnest(${list(near)}) AS r
      LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM pg_operator o WHERE o.oprnamespace = 'public'::regnamespace
          AND o.oprname = found.oprname AND o.oprleft = found.l AND o.oprright = found.r);
        EXECUTE format('CREATE OR REPLACE FUNCTION public.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS ''BEGIN RETURN NULL; END''',
          'planted_' || found.result, found.l, found.r, found.result);
        EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.%I)',
          found.oprname, found.l, found.r, 'planted_' || found.result);
      END LOOP;
      FOR found IN
        SELECT DISTINCT p.proname, p.proargtypes[0]::regtype AS argument FROM pg_proc p JOIN pg_type t ON t.oid = p.proargtypes[0]
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'a' AND p.pronargs = 1 AND t.typtype <> 'p'
        UNION SELECT name, argument FROM unnest(ARRAY['count', 'json_agg']) AS name, unnest(${list(MIXED)}) AS argument
      LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION public.planted_step(pg_catalog.int8, %s) RETURNS pg_catalog.int8 LANGUAGE plpgsql AS ''BEGIN RETURN 7; END''',
          found.argument);
        EXECUTE format('CREATE AGGREGATE public.%I(%s) (SFUNC = public.planted_step, STYPE = pg_catalog.int8, INITCOND = ''7'')',
          found.proname, found.argument);
      END LOOP;
    END $$;
    CREATE FUNCTION public.planted_step(pg_catalog.int8) RETURNS pg_catalog.int8 LANGUAGE plpgsql AS 'BEGIN RETURN 7; END';
    CREATE AGGREGATE public.count(*) (SFUNC = public.planted_step, STYPE = pg_catalog.int8, INITCOND = '7');
    CREATE FUNCTION public.planted_check() RETURNS pg_catalog.bool LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
    ${DOMAINS.map((name) => `CREATE DOMAIN public.${name} AS pg_catalog.${name} CHECK (public.planted_check());`).join('\n')}
    ${RELATIONS.map((name) => `CREATE TABLE public.${name} ();`).join('\n')}
    ALTER DATABASE ${database.name} SET track_functions = 'pl';`);
}

/** The planted functions that were called, with what they were called with, and how often. */
export async function countPlantedCalls(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(`
    SELECT pg_catalog.format('%s x %s', s.funcid::pg_catalog.regprocedure, s.calls)
    FROM pg_catalog.pg_stat_user_functions s WHERE s.schemaname OPERATOR(pg_catalog.=) 'public'
      AND pg_catalog.has_function_privilege(s.funcid, 'EXECUTE') ORDER BY 1`);
  return rows.map(([line]) => String(line));
}

/** Waits until the sessions of a run have gone, because a server adds up the calls of a session when it ends. */
export async function waitForCallsToBeCounted(database: TestDatabase): Promise<void> {
  for (let polls = 0; polls < 100; polls++) {
    const [row] = await database.query(`SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
      WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND backend_type OPERATOR(pg_catalog.=) 'client backend'`);
    if (Number(row?.[0]) <= 1) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Sessions of the run did not end');
}
