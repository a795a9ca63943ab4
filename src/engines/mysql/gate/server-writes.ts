import type { SqlSession } from '../../sql-session.js';
import type { MysqlCapabilities } from '../capabilities.js';
import { readGlobalStatus, readStartTime } from './global-status.js';

/** What a server says of all its writes. */
export interface ServerWrites {
  /** When it started, which begins all counts anew; null where it does not say. */
  readonly started: string | null;
  /** How many rows were written; null where the server does not count them, or rows of its own with them. */
  readonly changed: string | null;
  /** Whether that takes in tables of every storage engine. */
  readonly countsAll: boolean;
  /** How often definitions of tables were changed, or tables emptied, which counts as no row. */
  readonly definitions: string;
  /** The open transactions that have written something; null where the account may not see them. */
  readonly open: string | null;
  /** Whether the last write of a table is told by when its transaction was committed, as far as those that are open now go. */
  readonly tellsCommits: boolean;
  /** Whether InnoDB has more tables than it keeps in mind, or nobody knows. */
  readonly forgets: boolean;
  /** Tables whose rows may change with those of another one, `schema/table` as InnoDB spells them; null where nobody knows. */
  readonly children: ReadonlySet<string> | null;
}

/** MySQL counts rows of its own tables apart since 8.0.19. MariaDB counts rows of temporary tables apart, and no InnoDB rows since 10.6. */
const COUNTERS = {
  mysql: ['INNODB_ROWS_INSERTED', 'INNODB_ROWS_UPDATED', 'INNODB_ROWS_DELETED'],
  mariadb: ['HANDLER_WRITE', 'HANDLER_UPDATE', 'HANDLER_DELETE'],
};
const DEFINITIONS = ['COM_ALTER_TABLE', 'COM_TRUNCATE', 'COM_RENAME_TABLE', 'COM_DROP_TABLE', 'COM_REPAIR'];

/**
 * Counts first, then open transactions: one that writes after the count is counted the next time, one that wrote before it is
 * still open, or was committed before this ends. MariaDB tells as the time of a write when its transaction began: of one that is open
 * now that may be the time of the write before.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-status-variables.html
 */
export async function readServerWrites(
  session: SqlSession,
  { capabilities, seesTransactions }: { capabilities: MysqlCapabilities; seesTransactions: boolean },
): Promise<ServerWrites> {
  const names = COUNTERS[capabilities.engine];
  const started = await readStartTime(session);
  const values = await readGlobalStatus(session, [...names, ...DEFINITIONS]);
  const sum = (all: readonly string[]): string =>
    String(all.reduce((total, name) => total + BigInt(values.get(name) ?? 0), 0n));
  const facts = { started, definitions: sum(DEFINITIONS), countsAll: capabilities.engine === 'mariadb' };
  const changed = names.every((name) => values.has(name)) ? sum(names) : null;
  const isMysql = capabilities.engine === 'mysql';
  if (!seesTransactions)
    return { ...facts, changed, open: null, tellsCommits: isMysql, forgets: true, children: null };
  // The list is kept for a tenth of a second, for whoever asks.
  await session.query('SELECT SLEEP(0.12)');
  const transactions = await session.query(
    `SELECT trx_id AS id, trx_rows_modified > 0 AS wrote FROM information_schema.innodb_trx
     WHERE trx_rows_modified > 0 OR trx_is_read_only = 0 AND trx_autocommit_non_locking = 0 ORDER BY trx_id`,
  );
  const open = transactions.filter(({ wrote }) => wrote === '1').map(({ id }) => id);
  const tellsCommits = isMysql || transactions.length === 0;
  return { ...facts, changed, open: open.join(','), tellsCommits, ...(await readDictionary(session)) };
}

/**
 * InnoDB keeps as many tables in mind as the server does definitions.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_table_definition_cache
 */
async function readDictionary(session: SqlSession): Promise<Pick<ServerWrites, 'forgets' | 'children'>> {
  const views = await session.query(
    `SELECT LOWER(TABLE_NAME) AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema'
     AND TABLE_NAME IN ('INNODB_TABLES', 'INNODB_SYS_TABLES', 'INNODB_FOREIGN', 'INNODB_SYS_FOREIGN')`,
  );
  const view = (kind: 'tables' | 'foreign'): string | undefined =>
    views.find(({ name }) => name?.endsWith(kind))?.name ?? undefined;
  const [tables, foreign] = [view('tables'), view('foreign')];
  if (tables === undefined || foreign === undefined) return { forgets: true, children: null };
  const [row] = await session.query(
    `SELECT (SELECT COUNT(*) FROM information_schema.${tables}) < @@GLOBAL.table_definition_cache AS fits`,
  );
  const children = await session.query(`SELECT DISTINCT FOR_NAME AS name FROM information_schema.${foreign}`);
  return {
    forgets: row?.fits !== '1',
    children: new Set(children.map(({ name }) => (name ?? '').toLowerCase())),
  };
}

/** Whether rows of a table may change with those of another one. InnoDB spells names with other characters in its own way. */
export function isChild({ children }: ServerWrites, schema: string, table: string): boolean {
  if (children === null) return true;
  if (children.size === 0) return false;
  return !/^\w+$/.test(`${schema}${table}`) || children.has(`${schema}/${table}`.toLowerCase());
}
