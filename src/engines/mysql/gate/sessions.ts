import { type Fact, hidden, known } from '../../../core/gate/fact.js';
import type {
  MayWrite,
  SessionFacts,
  SessionKind,
  SessionsRequest,
} from '../../../core/gate/session-facts.js';
import { hideLiterals } from '../../hide-literals.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { quoteAccount } from '../account.js';
import { type MysqlCapabilities, readMysqlCapabilities } from '../capabilities.js';
import { LEXICON } from '../write-settings.js';
import { readMysqlRights } from './rights.js';
import { grantsForAccounts, readWritingAccounts, type WritingAccounts } from './writing-accounts.js';

const SHOWN_CHARACTERS = 200;

/**
 * The sessions of a server and whether each may write to a schema. Without PROCESS the list holds those of the account alone.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/performance-schema-processlist-table.html
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-innodb-trx-table.html
 */
export async function readMysqlSessions(
  session: SqlSession,
  request: SessionsRequest,
): Promise<Fact<readonly SessionFacts[]>> {
  const { account: own, has } = await readMysqlRights(session);
  if (!has('PROCESS')) return hidden('other sessions are hidden', `GRANT PROCESS ON *.* TO ${own}`);
  const capabilities = await readMysqlCapabilities(session);
  const accounts = await readWritingAccounts(session, request.schema);
  const readOnly = await readReadOnly(session);
  const rows = await readList(session, capabilities);
  const grant = accounts === null ? grantsForAccounts(own, capabilities.engine) : null;
  const ownIds = new Set([session.serverSessionId, ...request.ownSessionIds]);
  return known(
    rows.map((row) => {
      const mayWrite = judge(row, { accounts, readOnly });
      const account = accounts?.nameOf(row.user ?? '', hostOf(row)) ?? `${row.user}@${hostOf(row)}`;
      return describe(row, {
        mayWrite,
        grant: mayWrite === 'unknown' ? grant : null,
        account: quoteAccount(account),
        own: ownIds,
      });
    }),
  );
}

/** The older list locks more; servers before MySQL 8.0.22 have no other, and one that was switched off is empty. */
async function readList(
  session: SqlSession,
  { hasProcessList }: MysqlCapabilities,
): Promise<readonly ControlRow[]> {
  const read = (schema: string): Promise<readonly ControlRow[]> =>
    session.query(
      `SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.COMMAND AS command, p.TIME AS seconds,
         LEFT(p.INFO, ${SHOWN_CHARACTERS * 5}) AS statement, t.trx_started AS began,
         TIMESTAMPDIFF(SECOND, t.trx_started, CONVERT_TZ(SYSDATE(), @@time_zone, 'SYSTEM')) AS open_seconds, t.trx_rows_modified AS written
       FROM ${schema}.processlist p LEFT JOIN information_schema.innodb_trx t ON t.trx_mysql_thread_id = p.ID`,
    );
  const rows = hasProcessList ? await read('performance_schema') : [];
  return rows.length > 0 ? rows : read('information_schema');
}

/** What a server that takes no writes says: `all` where nobody may, `most` where some accounts may. */
type ReadOnly = 'all' | 'most' | 'none';

/**
 * @see https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_super_read_only
 */
async function readReadOnly(session: SqlSession): Promise<ReadOnly> {
  const rows = await session.query(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only')",
  );
  const isOn = (name: string): boolean =>
    rows.some(
      (row) => Object.values(row)[0] === name && !['OFF', '0'].includes(Object.values(row)[1] ?? 'OFF'),
    );
  if (isOn('super_read_only')) return 'all';
  return isOn('read_only') ? 'most' : 'none';
}

interface Standing {
  readonly accounts: WritingAccounts | null;
  readonly readOnly: ReadOnly;
}

function judge(row: ControlRow, { accounts, readOnly }: Standing): MayWrite {
  const [user, host] = [row.user ?? '', hostOf(row)];
  if (readOnly === 'all') return 'no';
  if (accounts === null) return 'unknown';
  if (readOnly === 'most' && !accounts.overridesReadOnly(user, host)) return 'no';
  return accounts.mayWrite(user, host) ? 'yes' : 'no';
}

function describe(
  row: ControlRow,
  {
    own,
    ...rest
  }: Pick<SessionFacts, 'mayWrite' | 'grant' | 'account'> & { readonly own: ReadonlySet<string> },
): SessionFacts {
  const [id, user, from] = [row.id ?? '', row.user ?? '', hostOf(row)];
  return {
    ...{ id, user, from, ...rest },
    kind: kindOf(row),
    application: '',
    state: row.command !== 'Sleep' ? 'working' : row.began == null ? 'idle' : 'idle-in-transaction',
    sinceMs: Math.max(0, Number(row.seconds ?? 0)) * 1000,
    statement:
      row.statement == null ? null : hideLiterals(row.statement, LEXICON).trim().slice(0, SHOWN_CHARACTERS),
    // InnoDB tells times of the machine's own zone.
    transactionMs: row.open_seconds == null ? null : Math.max(0, Number(row.open_seconds)) * 1000,
    isWriting: Number(row.written ?? 0) > 0,
    isOwn: own.has(id),
  };
}

/** Threads of the server have names that no account can have, and its own accounts are locked. */
function kindOf({ user, command }: ControlRow): SessionKind {
  if (/^Binlog Dump/i.test(command ?? '')) return 'sender';
  if (user === 'system user') return command === 'Daemon' ? 'server' : 'applier';
  const isServer =
    command === 'Daemon' || /^(event_scheduler|unauthenticated user|mysql\.\w+)$/.test(user ?? '');
  return isServer ? 'server' : 'client';
}

/** The list names the port too. */
function hostOf({ host }: ControlRow): string {
  return (host ?? '').replace(/:\d+$/, '');
}
