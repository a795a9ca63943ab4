import type { MarksRequest, WriteMark } from '../../../core/gate/write-marks.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { type MysqlCapabilities, readMysqlCapabilities, readVariables } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { readMysqlRights } from './rights.js';
import { isChild, readServerWrites, type ServerWrites } from './server-writes.js';
import { readTableCounts } from './table-counts.js';

/** A time of the last write has whole seconds: within one of them, what is written next does not show. One more is for the clock. */
const FRESH_SECONDS = 1;

/**
 * What shows whether rows of tables were written, as three proofs.
 *
 * `time`: when a transaction that wrote InnoDB's table was committed last, cascades included. InnoDB forgets that of a table that
 * it has no room for, so that "never" says something only where it has room for all; of partitions only the latest is told.
 * `count`: how often a table was written through the server, which it counts before the commit: open transactions that
 * wrote stand beside it. Cascades are not counted, but the time shows them. `server`: how many rows were written at all.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html UPDATE_TIME
 * @see https://dev.mysql.com/doc/refman/8.4/en/performance-schema-table-wait-summary-tables.html
 */
export async function readMysqlWriteMarks(
  session: SqlSession,
  { tables }: MarksRequest,
): Promise<ReadonlyMap<string, WriteMark>> {
  const [first] = tables;
  if (first === undefined) return new Map();
  const { schema } = first;
  const capabilities = await readMysqlCapabilities(session);
  const { has } = await readMysqlRights(session);
  const [clock] = await session.query('SELECT NOW() AS now');
  // Counts first: who writes after them has changed them by the next reading, whoever wrote before is open or committed.
  const counts = await readTableCounts(session, schema);
  const server = await readServerWrites(session, { capabilities, seesTransactions: has('PROCESS') });
  const times = await readTimes(session, { schema, now: clock?.now ?? '' });
  const knowsTimes = await tellsTimes(session, capabilities);
  const wanted = new Set(tables.map(({ name }) => name));
  return new Map(
    times.flatMap((row): [string, WriteMark][] => {
      const name = row.name ?? '';
      if (!wanted.has(name)) return [];
      const count = counts === null ? null : (counts.get(name) ?? '0');
      return [
        [
          name,
          {
            proofs: proofsOf(row, { server, count, knowsTimes, isMember: isChild(server, schema, name) }),
            unsettled: [],
          },
        ],
      ];
    }),
  );
}

/** MySQL 5.6 has no time of an InnoDB table, which looks like never. */
async function tellsTimes(session: SqlSession, { engine }: MysqlCapabilities): Promise<boolean> {
  if (engine === 'mariadb') return true;
  return (
    (await readVariables(session, ['information_schema_stats_expiry', 'innodb_default_row_format'])).size > 0
  );
}

/** `now` is from before everything else was read. Sessions of ours are told no time that was so a day ago. */
function readTimes(
  session: SqlSession,
  { schema, now }: { readonly schema: string; readonly now: string },
): Promise<readonly ControlRow[]> {
  return session.query(
    `SELECT TABLE_NAME AS name, ENGINE AS engine, CREATE_OPTIONS LIKE '%partitioned%' AS parted,
       CREATE_TIME AS created, COALESCE(UPDATE_TIME, 'never') AS written,
       COALESCE(TIMESTAMPDIFF(SECOND, UPDATE_TIME, ${textLiteral(now)}), ${FRESH_SECONDS + 1}) <= ${FRESH_SECONDS} AS fresh
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${textLiteral(schema)} AND TABLE_TYPE LIKE '%BASE TABLE'`,
  );
}

interface Known {
  readonly server: ServerWrites;
  readonly count: string | null;
  readonly knowsTimes: boolean;
  /** Whether its rows may change with those of another one. */
  readonly isMember: boolean;
}

function proofsOf(row: ControlRow, { server, count, knowsTimes, isMember }: Known): Record<string, string> {
  const { started, changed, open, tellsCommits, forgets, definitions } = server;
  const isInnodb = row.engine === 'InnoDB';
  const tellsTime = isInnodb && knowsTimes;
  // What is committed within the second of the last commit leaves the time as it is.
  if (started === null || (tellsTime && row.fresh === '1')) return {};
  const written = tellsTime ? (row.written ?? '') : '';
  const text = (...parts: readonly string[]): string =>
    [started, row.created, definitions, ...parts].join(' | ');
  const proofs: Record<string, string> = {};
  const isForgotten = forgets && (row.parted === '1' || written === 'never');
  if (tellsTime && tellsCommits && !isForgotten) proofs.time = text(written);
  if (open === null) return proofs;
  // A time that is forgotten would look like another one.
  const committed = forgets ? '' : written;
  if (count !== null && !isMember) proofs.count = text(count, open, committed);
  if (count !== null && isMember && tellsTime) proofs.count = text(count, open, written);
  if (changed !== null && (isInnodb || server.countsAll)) proofs.server = text(changed, open, committed);
  return proofs;
}
