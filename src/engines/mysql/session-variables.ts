import type { SqlSession } from '../sql-session.js';
import { readVariables } from './capabilities.js';
import { textLiteral } from './dialect.js';

/** SqlSession variables by their names, as the server lists them; those that it does not have are left out. */
export type Variables = ReadonlyMap<string, string | null>;

/** What is needed of a connection whose variables are read and set. */
export type VariablesConnection = Pick<SqlSession, 'query'>;

/** Said as a number, because DEFAULT would take over the server's global limit. */
export const NO_LIMIT = 2n ** 64n - 1n;
/** Takes off the limits that the server sets to rows of a result, to those of the list of variables too. */
export const WITHOUT_ROW_LIMITS = `SESSION sql_select_limit = ${NO_LIMIT}, SESSION sql_big_selects = 1`;

/** Reads variables of the session, and leaves the number of rows that it may read without a limit. */
export async function readSessionVariables(
  connection: VariablesConnection,
  names: readonly string[],
): Promise<Variables> {
  const limits = await liftRowLimits(connection);
  return new Map([...(await readVariables(connection, names)), ...limits]);
}

/** Takes off the limits of rows, and returns what they were. */
async function liftRowLimits(connection: VariablesConnection): Promise<Map<string, string>> {
  const [row = {}] = await connection.query(
    'SELECT @@SESSION.sql_select_limit AS sql_select_limit, @@SESSION.sql_big_selects AS sql_big_selects LIMIT 1',
  );
  await connection.query(`SET ${WITHOUT_ROW_LIMITS}`);
  return new Map(Object.entries(row).map(([name, value]) => [name, value ?? '1']));
}

/** Assigns in one statement, and one by one where the server refuses some of it. */
export async function assignVariables(
  connection: VariablesConnection,
  values: readonly (readonly [string, string])[],
): Promise<void> {
  const assignments = values.map(([name, value]) => `SESSION ${name} = ${value}`);
  try {
    await connection.query(`SET ${assignments.join(', ')}`);
  } catch {
    // Of several variables one may be refused, and is left as it is.
    for (const assignment of assignments) await connection.query(`SET ${assignment}`).catch(() => []);
  }
}

/** Gives variables the values that they had before. */
export async function restoreVariables(
  connection: VariablesConnection,
  names: readonly string[],
  before: Variables,
): Promise<void> {
  await assignVariables(
    connection,
    names.map((name) => [name, valueSql(name, before.get(name) ?? '')] as const),
  );
}

/** A value as the list of variables shows it, as SQL. Numbers in quotes are refused. */
function valueSql(name: string, value: string): string {
  if (name === 'character_set_results' && value === '') return 'NULL';
  if (name === 'system_versioning_asof' && value === 'DEFAULT') return 'DEFAULT';
  return /^\d+(\.\d+)?$/.test(value) ? value : textLiteral(value);
}
