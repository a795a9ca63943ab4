import type { SqlSession } from '../sql-session.js';
import type { MysqlCapabilities } from './capabilities.js';
import { quoteName } from './dialect.js';

/** What the account may read of a schema. */
export interface ReadGrants {
  /** False where the server, or a fork of it, does not say what it has granted. */
  readonly areKnown: boolean;
  /** SELECT on every table, also on those it cannot see in the catalog. */
  readonly wholeSchema: boolean;
  /** Whether every column of a table may be read. */
  readonly wholeTable: (name: string) => boolean;
}

/** What SHOW GRANTS says of the account, those of active roles included. It may hold the hash of a password. */
export interface GrantLines {
  readonly lines: readonly string[];
  readonly areKnown: boolean;
}

/**
 * Reads what the account may read.
 *
 * MySQL leaves tables and columns out of `information_schema` without a word where the account has no privilege on
 * them, so a list of tables is complete only if SELECT is granted on the schema or above it, and a list of columns only
 * if it is granted on the table. Where the server does not tell its grants, each table is tried: `*` is refused where
 * one column is.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-introduction.html
 */
export async function readReadGrants(
  session: SqlSession,
  { schema, tables }: { readonly schema: string; readonly tables: readonly string[] },
  capabilities: MysqlCapabilities,
): Promise<ReadGrants> {
  const { lines, areKnown } = await readGrants(session, capabilities);
  const wholeSchema = grantsSchema(lines, schema);
  const readable = areKnown ? new Set<string>() : await tryTables(session, schema, tables);
  return {
    areKnown,
    wholeSchema,
    wholeTable: (table) =>
      wholeSchema || readable.has(table) || lines.some((line) => coversTable(line, { schema, table })),
  };
}

/** A longer line grants single columns; the patterns below take their time over what has no end. */
const LONGEST_LINE = 20_000;
/** Roles as the server names them, quoted: what it says stands in the next statement as it is. */
const QUOTED_ROLES = /^`(?:[^`]|``)*`@`(?:[^`]|``)*`(?:,`(?:[^`]|``)*`@`(?:[^`]|``)*`)*$/;

/** The server's own lines, those of active roles included; a fork may refuse to tell either. */
export async function readGrants(session: SqlSession, capabilities: MysqlCapabilities): Promise<GrantLines> {
  const own = await readLines(session, 'SHOW GRANTS');
  if (own === null) return { lines: [], areKnown: false };
  if (!capabilities.tellsRoles) return { lines: own, areKnown: true };
  // What fails on the server is in the log; without an answer no role is active.
  const [role] = await session.query('SELECT CURRENT_ROLE() AS active').catch(() => []);
  if (!role?.active || role.active === 'NONE') return { lines: own, areKnown: true };
  if (!QUOTED_ROLES.test(role.active)) return { lines: own, areKnown: false };
  const viaRoles = await readLines(session, `SHOW GRANTS FOR CURRENT_USER() USING ${role.active}`);
  return { lines: [...own, ...(viaRoles ?? [])], areKnown: viaRoles !== null };
}

async function readLines(session: SqlSession, sql: string): Promise<string[] | null> {
  // What fails on the server is in the log; null says that the grants are not known.
  const rows = await session.query(sql).catch(() => null);
  const lines = rows?.flatMap((row) => Object.values(row).filter((value) => value !== null)) ?? null;
  return lines?.filter((line) => line.length <= LONGEST_LINE) ?? null;
}

async function tryTables(
  session: SqlSession,
  schema: string,
  tables: readonly string[],
): Promise<ReadonlySet<string>> {
  const readable = new Set<string>();
  for (const table of tables) {
    const sql = `SELECT * FROM ${quoteName(schema)}.${quoteName(table)} LIMIT 0`;
    // What fails on the server is in the log; a table that cannot be read is not among the readable ones.
    if ((await session.query(sql).catch(() => null)) !== null) readable.add(table);
  }
  return readable;
}

/**
 * Whether lines of SHOW GRANTS give a privilege, SELECT unless said otherwise, on every table of a schema. Of several grants to one account whose names have
 * wildcards and fit the schema, the server follows only the one that is plain for longest, be it for INSERT alone.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/grant.html#grant-database-privileges
 */
export function grantsSchema(lines: readonly string[], schema: string, privilege = 'SELECT'): boolean {
  const found = lines
    .map((line) => readSchemaGrant(line, schema, privilege))
    .filter((grant) => grant !== null);
  if (found.some(({ revokes, gives }) => revokes && gives)) return false;
  const grants = found.filter(({ revokes }) => !revokes);
  return grants.some(
    ({ gives, plainLength, account }) =>
      gives && !grants.some((other) => other.account === account && isNearer(other.plainLength, plainLength)),
  );
}

/** Grants on everything, whose length is null, are looked at apart from those on schemas. */
function isNearer(length: number | null, than: number | null): boolean {
  return length !== null && than !== null && length > than;
}

interface SchemaGrant {
  readonly account: string;
  readonly revokes: boolean;
  readonly gives: boolean;
  /** Characters before the first wildcard, of which a name without one has endlessly many; null for `*.*`. */
  readonly plainLength: number | null;
}

/** Reads a line of SHOW GRANTS that speaks of a whole schema; `_` and `%` are wildcards there. */
function readSchemaGrant(line: string, schema: string, privilege: string): SchemaGrant | null {
  const match = /^(GRANT|REVOKE)\s+(.*?)\s+ON\s+(\*|`(?:[^`]|``)*`)\.\*\s+(?:TO|FROM)\s+(\S+)/i.exec(line);
  if (match === null) return null;
  const [, verb = '', privileges = '', name = '', account = ''] = match;
  const isEverything = name === '*';
  if (!isEverything && !matchesLike(unquote(name), schema)) return null;
  const wildcard = /(?<!\\)[_%]/.exec(unquote(name));
  return {
    account,
    revokes: verb.toUpperCase() === 'REVOKE',
    gives: includesPrivilege(privileges, privilege),
    plainLength: isEverything ? null : (wildcard?.index ?? Number.POSITIVE_INFINITY),
  };
}

/** Whether a line of SHOW GRANTS gives a privilege on all columns of one table; names there are no patterns. */
export function coversTable(
  line: string,
  names: { readonly schema: string; readonly table: string },
  privilege = 'SELECT',
): boolean {
  const match = /^GRANT\s+(.*?)\s+ON\s+(`(?:[^`]|``)*`)\.(`(?:[^`]|``)*`)\s+TO\b/i.exec(line);
  if (match === null || !includesPrivilege(match[1] ?? '', privilege)) return false;
  return unquote(match[2] ?? '') === names.schema && unquote(match[3] ?? '') === names.table;
}

/** A privilege without a column list: `SELECT (a, b)` is another entry. */
function includesPrivilege(privileges: string, wanted: string): boolean {
  const entries = privileges.split(',').map((privilege) => privilege.trim().toUpperCase());
  return entries.some((privilege) => privilege === wanted || privilege.startsWith('ALL PRIVILEGES'));
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

/**
 * Whether a name fits a pattern of LIKE. A regular expression of many `.*` takes for ever to fail, and the pattern is the
 * server's: here the last `%` alone is tried again further on.
 */
export function matchesLike(pattern: string, name: string): boolean {
  const parts = pattern.match(/\\[_%]|[\s\S]/g) ?? [];
  let [part, at] = [0, 0];
  let retry: { readonly part: number; at: number } | null = null;
  while (at < name.length) {
    const wanted = parts[part];
    if (wanted === '%') {
      part++;
      retry = { part, at };
    } else if (wanted !== undefined && (wanted === '_' || wanted.slice(-1) === name[at])) {
      part++;
      at++;
    } else if (retry !== null) {
      retry.at++;
      part = retry.part;
      at = retry.at;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === '%');
}
