import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { textLiteral } from './dialect.js';

/** The collation of every column that names none. */
const DEFAULT_COLLATION = '100';

/**
 * Reads which collations of the schema's columns are not those that their indexes were built with, by their number in the
 * catalog, with the words for people. An index that was built in another order does not find what is there; the server
 * warns of it and goes on using it.
 *
 * A server that keeps no versions (the functions are asked for, not its own version) cannot tell.
 *
 * @see https://www.postgresql.org/docs/current/sql-altercollation.html
 */
export async function readChangedCollations(
  session: SqlSession,
  schema: string,
): Promise<ReadonlyMap<string, string>> {
  const known = await session.query(
    `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
       AND proname IN ('pg_collation_actual_version', 'pg_database_collation_actual_version')`,
  );
  const names = new Set(known.map(({ name }) => name));
  const rows: ControlRow[] = [];
  if (names.has('pg_collation_actual_version')) rows.push(...(await session.query(collationsQuery(schema))));
  if (names.has('pg_database_collation_actual_version')) rows.push(...(await session.query(DEFAULT_QUERY)));
  return new Map(
    rows.map(({ oid, name, recorded, actual }) => [
      oid ?? '',
      `its collation ${name} was of version ${recorded} when indexes were built, and is of version ${actual} now`,
    ]),
  );
}

function collationsQuery(schema: string): string {
  return `SELECT v.oid, v.collname AS name, v.collversion AS recorded, v.actual FROM (
      SELECT co.oid, co.collname, co.collversion, pg_collation_actual_version(co.oid) AS actual
      FROM pg_collation co
      WHERE co.collversion IS NOT NULL AND co.oid IN (SELECT a.attcollation FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(schema)})
          AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped)) v
    WHERE v.actual IS NOT NULL AND v.actual <> v.collversion`;
}

const DEFAULT_QUERY = `SELECT '${DEFAULT_COLLATION}' AS oid, 'of the database' AS name, v.recorded, v.actual FROM (
    SELECT datcollversion AS recorded, pg_database_collation_actual_version(oid) AS actual
    FROM pg_database WHERE datname = current_database()) v
  WHERE v.recorded IS NOT NULL AND v.actual IS NOT NULL AND v.actual <> v.recorded`;
