import { qualifiedName } from '../../core/pairing.js';
import type { Table } from '../../core/schema.js';
import type { ForeignKey, RepairTable } from '../repair.js';
import type { ControlRow } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { readVariables } from './capabilities.js';
import { textLiteral } from './dialect.js';

/** Whether the account that applies a file sees every foreign key. */
export const SIGHT_VARIABLE = '@rowproof_sees_all';
/** All variables of ours in which a file notes what it was told. */
export const ASKED_VARIABLES: readonly string[] = [
  SIGHT_VARIABLE,
  '@rowproof_unseen',
  '@rowproof_schema',
  '@rowproof_schema_file',
];

/** What the account that reads cannot know of the foreign keys that refer to the tables of a schema. */
export interface UnseenKeys {
  /** What the file asks when it is applied, before it begins. */
  readonly statements: readonly string[];
  /** How rows of a table are kept from what its unseen foreign keys would do. */
  readonly restrict: (table: Table) => Pick<RepairTable, 'closed' | 'fixed' | 'unseen'>;
}

interface Sight {
  readonly schema: string;
  readonly tables: readonly Table[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly known: ReadonlySet<string>;
  /** Columns of the indexes of a table: a foreign key can refer to no others. */
  readonly indexedColumns: (table: Table) => readonly string[];
}

const FREE = { closed: {}, fixed: new Map<string, string>(), unseen: null };

/**
 * `information_schema` leaves out the foreign keys of tables on which an account has no privilege, and such a foreign
 * key would take its rows along. InnoDB tells those with the PROCESS privilege how many there are; an account that may
 * read every table is shown all. For any other, rows are not deleted, since the account could not know why they stay,
 * and a column of an index is changed only where the account that applies the file sees that nothing refers to it.
 */
export async function findUnseenKeys(session: SqlSession, sight: Sight): Promise<UnseenKeys> {
  const hidden = await findHidden(session, sight);
  if (hidden !== null) {
    const restrict = (table: Table) => (hidden.has(table) ? closeTable(sight.indexedColumns(table)) : FREE);
    return { statements: [], restrict };
  }
  if (await readsEveryTable(session)) return { statements: [], restrict: () => FREE };
  const reason =
    'foreign keys of tables that the account cannot see may refer to it (PROCESS or SELECT on *.* shows whether)';
  return {
    statements: buildUnseenStatements(sight),
    restrict: (table) => ({ ...FREE, unseen: { reason, guard: buildGuard(table) } }),
  };
}

function closeTable(columns: readonly string[]): ReturnType<UnseenKeys['restrict']> {
  const reason = 'a foreign key of a table that the account cannot see refers to its table';
  const fixed = new Map(columns.map((column) => [column, reason]));
  return { closed: { delete: reason }, fixed, unseen: null };
}

/** The tables to which more foreign keys refer than the account is shown; null where it may not ask. */
async function findHidden(session: SqlSession, sight: Sight): Promise<ReadonlySet<Table> | null> {
  const rows = await tryQuery(
    session,
    `SELECT REF_NAME AS name, COUNT(*) AS found FROM information_schema.${innodbTable(sight.known)} GROUP BY REF_NAME`,
  );
  if (rows === null) return null;
  const counts = new Map<string, number>();
  for (const { name, found } of rows) {
    const place = (name ?? '').toLowerCase();
    counts.set(place, (counts.get(place) ?? 0) + Number(found));
  }
  const places = await readPlaces(session, sight);
  const hidden = sight.tables.filter((table) => {
    const own = qualifiedName(table);
    const shown = sight.foreignKeys.filter(({ referencedTable }) => referencedTable === own).length;
    const all = (places.get(table) ?? []).reduce((sum, place) => sum + (counts.get(place) ?? 0), 0);
    return all > shown;
  });
  return new Set(hidden);
}

/** Older servers, and MariaDB, keep names as they are spelled in file names. */
async function readPlaces(
  session: SqlSession,
  { schema, tables }: Sight,
): Promise<ReadonlyMap<Table, readonly string[]>> {
  const encoded = (name: string): string =>
    `CONVERT(CAST(CONVERT(CONVERT(${textLiteral(name)} USING utf8mb4) USING filename) AS BINARY) USING utf8mb4)`;
  const places = new Map<Table, readonly string[]>();
  for (const table of tables) {
    const plain = `${schema}/${table.name}`.toLowerCase();
    const isPlain = /^[\w/]+$/.test(plain);
    const rows = isPlain
      ? null
      : await tryQuery(session, `SELECT CONCAT(${encoded(schema)}, '/', ${encoded(table.name)}) AS place`);
    const place = rows?.[0]?.place?.toLowerCase() ?? plain;
    places.set(table, [...new Set([plain, place])]);
  }
  return places;
}

/** SELECT on everything, unless the server may take parts of that back. */
async function readsEveryTable(session: SqlSession): Promise<boolean> {
  const [account] = await session.query('SELECT CURRENT_USER() AS name');
  const [, user = '', host = ''] = /^(.*)@([^@]*)$/s.exec(account?.name ?? '') ?? [];
  const grants = await session.query(
    "SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'SELECT'",
  );
  if (!grants.some(({ grantee }) => grantee === `'${user}'@'${host}'`)) return false;
  const revokes = (await readVariables(session, ['partial_revokes'])).get('partial_revokes') ?? 'OFF';
  return revokes === 'OFF';
}

async function tryQuery(session: SqlSession, sql: string): Promise<readonly ControlRow[] | null> {
  try {
    return await session.query(sql);
  } catch {
    // What fails on the server is in the log; null says that the answer is not known.
    return null;
  }
}

function innodbTable(known: ReadonlySet<string>): string {
  return known.has('INNODB_FOREIGN.ID') ? 'INNODB_FOREIGN' : 'INNODB_SYS_FOREIGN';
}

const NOTE =
  "SELECT 'rowproof: changed columns that have an index are left as they are, because this account does not see whether foreign keys refer to them (PROCESS, and a privilege on the tables that have these)' AS note";
const NOTE_CHECK = `SET @rowproof_check = IF(@rowproof_sees_all, 'DO 0', ${textLiteral(NOTE)});`;
const RUN_CHECK = ['PREPARE rowproof_check FROM @rowproof_check;', 'EXECUTE rowproof_check;'];

/** Names that InnoDB spells in one of two ways that are known: as they are, or as in names of files. */
const KNOWN_SPELLING = /^[\w $.-]+$/;

/**
 * Compares all foreign keys that refer to the schema, or to any where its spelling is not known, with those shown. MariaDB
 * shows an account that may only read a table its columns of foreign keys, but nothing of it in REFERENTIAL_CONSTRAINTS.
 */
function buildSight(view: string, isOfSchema: boolean): string {
  const [own, shown] = isOfSchema
    ? [
        " WHERE HEX(LOWER(SUBSTRING_INDEX(REF_NAME, '/', 1))) IN (@rowproof_schema, @rowproof_schema_file)",
        'HEX(LOWER(REFERENCED_TABLE_SCHEMA)) = @rowproof_schema',
      ]
    : ['', 'REFERENCED_TABLE_SCHEMA IS NOT NULL'];
  return `(SELECT COUNT(*) FROM information_schema.${view}${own}) <= (SELECT COUNT(*) FROM information_schema.KEY_COLUMN_USAGE WHERE ORDINAL_POSITION = 1 AND ${shown})`;
}

/** The schema in lower case, as it is and as file names spell it. */
function buildSchemaStatements(schema: string): string[] {
  const plain = schema.toLowerCase();
  const inFileNames = plain.replace(
    /\W/g,
    (character) => `@${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [
    `SET @rowproof_schema = '${hexOfName(plain)}';`,
    `SET @rowproof_schema_file = '${hexOfName(inFileNames)}';`,
  ];
}

const hexOfName = (name: string): string => Buffer.from(name).toString('hex').toUpperCase();

/** The view is named in a text that only an account with the privilege runs: to others the server would refuse it. */
function buildSightCheck(view: string, isOfSchema: boolean): string {
  const mine =
    "GRANTEE = CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";
  const complete = `SET @rowproof_sees_all = ${buildSight(view, isOfSchema)}`;
  return `SET @rowproof_check = IF((SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'PROCESS' AND ${mine}) > 0, ${textLiteral(complete)}, 'DO 0');`;
}

/**
 * What a line of the statements below asks of the server, for who runs them another way than the engine's own client:
 * an expression for a variable, or nothing. Null for any other line.
 */
export function readSightLine(
  line: string,
): readonly { readonly name: string; readonly value: string }[] | null {
  if (line === NOTE_CHECK || RUN_CHECK.includes(line)) return [];
  for (const view of ['INNODB_FOREIGN', 'INNODB_SYS_FOREIGN']) {
    for (const isOfSchema of [true, false]) {
      if (line !== buildSightCheck(view, isOfSchema)) continue;
      return [{ name: SIGHT_VARIABLE, value: buildSight(view, isOfSchema) }];
    }
  }
  return null;
}

/**
 * What the file asks before it begins: whether the account that applies it sees every foreign key that refers to the
 * schema, which takes the PROCESS privilege, and which tables others refer to of which the reading account knew nothing.
 */
function buildUnseenStatements({ schema, foreignKeys, known }: Sight): string[] {
  const seen = foreignKeys.map(({ table, name }) => textLiteral(`${table} ${name}`.toLowerCase()));
  const own = "LOWER(CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, ' ', CONSTRAINT_NAME))";
  const others = seen.length === 0 ? 'TRUE' : `${own} NOT IN (${seen.join(', ')})`;
  const isOfSchema = KNOWN_SPELLING.test(schema);
  return [
    'SET @rowproof_sees_all = 0;',
    ...(isOfSchema ? buildSchemaStatements(schema) : []),
    buildSightCheck(innodbTable(known), isOfSchema),
    ...RUN_CHECK,
    NOTE_CHECK,
    ...RUN_CHECK,
    'SET SESSION group_concat_max_len = 1000000;',
    `SET @rowproof_unseen = (SELECT COALESCE(GROUP_CONCAT(DISTINCT HEX(LOWER(REFERENCED_TABLE_NAME))), '') FROM information_schema.KEY_COLUMN_USAGE WHERE LOWER(REFERENCED_TABLE_SCHEMA) = ${textLiteral(schema.toLowerCase())} AND ${others});`,
  ];
}

const buildGuard = ({ name }: Table): string =>
  `@rowproof_sees_all AND FIND_IN_SET('${hexOfName(name.toLowerCase())}', @rowproof_unseen) = 0`;

const GUARD_AT_END = / AND @rowproof_sees_all AND FIND_IN_SET\('([0-9A-F]*)', @rowproof_unseen\) = 0$/;

/** Asks, in the session that runs it, why the guard of a statement keeps it from its row; null without such a guard. */
export function buildGuardQuestion(statement: string): string | null {
  const [, name] = GUARD_AT_END.exec(statement) ?? [];
  if (name === undefined) return null;
  const [unseen, referred] = [
    'Whether foreign keys refer to the row is not shown to this account: that takes PROCESS, and a privilege on the tables that have them.',
    'A foreign key that the account which wrote the file could not see refers to the table.',
  ];
  return `SELECT CASE WHEN NOT @rowproof_sees_all THEN ${textLiteral(unseen)} WHEN FIND_IN_SET('${name}', @rowproof_unseen) > 0 THEN ${textLiteral(referred)} END AS reason`;
}
