import type { EngineName } from '../../core/schema.js';
import type { Session } from '../engine.js';

/** What the account may read of a schema. */
export interface ReadGrants {
  /** SELECT on every table, also on those it cannot see in the catalog. */
  readonly wholeSchema: boolean;
  /** Whether every column of a table may be read. */
  readonly wholeTable: (name: string) => boolean;
}

/**
 * Reads what the account may read.
 *
 * MySQL leaves tables and columns out of `information_schema` without a word where the account has no privilege on
 * them, so a list of tables is complete only if SELECT is granted on the schema or above it, and a list of columns only
 * if it is granted on the table.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-introduction.html
 */
export async function readReadGrants(
  session: Session,
  schema: string,
  engine: EngineName,
): Promise<ReadGrants> {
  const grants = await readGrants(session, engine);
  const isGranted = (covers: (line: string) => boolean): boolean =>
    grants.some((line) => /^GRANT\b/i.test(line) && covers(line)) &&
    !grants.some((line) => /^REVOKE\b/i.test(line) && covers(line));
  const wholeSchema = isGranted((line) => coversSchema(line, schema));
  return {
    wholeSchema,
    wholeTable: (table) => wholeSchema || isGranted((line) => coversTable(line, { schema, table })),
  };
}

async function readGrants(session: Session, engine: EngineName): Promise<string[]> {
  const rows = await session.query('SHOW GRANTS');
  const lines = rows.flatMap((row) => Object.values(row).filter((value) => value !== null));
  const [role] = engine === 'mysql' ? await session.query('SELECT CURRENT_ROLE() AS active') : [];
  if (!role?.active || role.active === 'NONE') return lines;
  const viaRoles = await session.query(`SHOW GRANTS FOR CURRENT_USER() USING ${role.active}`);
  return [...lines, ...viaRoles.flatMap((row) => Object.values(row).filter((value) => value !== null))];
}

/** Whether a line of SHOW GRANTS speaks of SELECT on every table of a schema; `_` and `%` are wildcards there. */
export function coversSchema(line: string, schema: string): boolean {
  const match = /^(?:GRANT|REVOKE)\s+(.*?)\s+ON\s+(\*|`(?:[^`]|``)*`)\.\*\s+(?:TO|FROM)\b/i.exec(line);
  if (match === null || !includesSelect(match[1] ?? '')) return false;
  const pattern = match[2] ?? '';
  return pattern === '*' || likeToRegExp(unquote(pattern)).test(schema);
}

/** Whether a line of SHOW GRANTS speaks of SELECT on all columns of one table; names there are no patterns. */
export function coversTable(
  line: string,
  names: { readonly schema: string; readonly table: string },
): boolean {
  const match = /^GRANT\s+(.*?)\s+ON\s+(`(?:[^`]|``)*`)\.(`(?:[^`]|``)*`)\s+TO\b/i.exec(line);
  if (match === null || !includesSelect(match[1] ?? '')) return false;
  return unquote(match[2] ?? '') === names.schema && unquote(match[3] ?? '') === names.table;
}

/** SELECT without a column list: `SELECT (a, b)` is another entry. */
function includesSelect(privileges: string): boolean {
  const entries = privileges.split(',').map((privilege) => privilege.trim().toUpperCase());
  return entries.some((privilege) => privilege === 'SELECT' || privilege.startsWith('ALL PRIVILEGES'));
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

function likeToRegExp(pattern: string): RegExp {
  const source = pattern.replace(
    /\\([_%])|([_%])|[.*+?^${}()|[\]\\]/g,
    (all, escaped: string, wildcard: string) => {
      if (escaped) return escaped;
      if (wildcard) return wildcard === '%' ? '.*' : '.';
      return `\\${all}`;
    },
  );
  return new RegExp(`^${source}$`, 's');
}
