import { RowproofError } from '../../core/errors.js';
import type { Fence } from '../../core/fence.js';
import type { Questions } from '../session.js';
import type { SqlSession } from '../sql-session.js';
import { formatBinlogPlace, isBinlogPlaceAtOrBehind, parseBinlogPlace } from './binlog-place.js';
import { textLiteral } from './dialect.js';
import { hasAllGtids, withoutGtids } from './mariadb-gtid.js';

/**
 * Reads where a source stands. A position from before the run's first one is none: the log was reset, and a target that has
 * the old one would seem to have the new one as well.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/reset-binary-logs-and-gtids.html
 */
export async function readMysqlPosition(session: SqlSession, fence: Fence): Promise<string | null> {
  if (fence.way === 'binlog') return readBinlogPosition(session, fence);
  return fence.details.by === 'set' ? readGtidSet(session, fence) : readDomains(session, fence);
}

async function readGtidSet(session: SqlSession, { details }: Fence): Promise<string | null> {
  const since = textLiteral(details.since ?? '');
  const [row] = await session.query(
    `SELECT @@GLOBAL.gtid_executed AS position, GTID_SUBSET(${since}, @@GLOBAL.gtid_executed) AS goes_on`,
  );
  const position = (row?.position ?? '').replace(/\s/g, '');
  return position === '' || row?.goes_on !== '1' ? null : position;
}

/**
 * The last transaction of each domain in the binary log, where transactions come before they are seen.
 *
 * @see https://mariadb.com/docs/server/ha-and-performance/standard-replication/gtid#gtid_binlog_pos
 */
async function readDomains(session: SqlSession, { details }: Fence): Promise<string | null> {
  const [row] = await session.query('SELECT @@GLOBAL.gtid_binlog_pos AS position');
  const logged = row?.position ?? '';
  if (!hasAllGtids(details.since ?? '', logged)) return null;
  return withoutGtids(logged, details.dropped ?? '') || null;
}

async function readBinlogPosition(session: SqlSession, { details }: Fence): Promise<string | null> {
  const [row] = await session.query(
    details.statement === 'SHOW BINARY LOG STATUS' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
  );
  const position = formatBinlogPlace({ file: row?.File ?? '', position: row?.Position ?? '' });
  const [place, since] = [parseBinlogPlace(position), parseBinlogPlace(details.since ?? '')];
  return place !== null && since !== null && isBinlogPlaceAtOrBehind(place, since) ? position : null;
}

/** Whether a target has applied a position; waits for it where its server has a function for that. */
export async function isMysqlPositionReached(
  session: SqlSession,
  { fence, position, waitMs }: Questions['reached']['about'],
): Promise<boolean> {
  if (position === '') return false;
  const question = buildQuestion(fence, position, waitMs);
  if (question === null) return false;
  try {
    const [row] = await session.query(`SELECT ${question.sql} AS answer`);
    return question.isYes(row?.answer ?? null);
  } catch (error) {
    // An applier that stops in the middle of a wait is an error on some servers, and no answer on others.
    if (session.broken || error instanceof RowproofError) throw error;
    return false;
  }
}

interface ReachedQuestion {
  readonly sql: string;
  readonly isYes: (answer: string | null) => boolean;
}

/** Zero would have the server wait without end, and some servers only know whole seconds. */
const WAIT_S = 1;

/**
 * NULL means that nothing is applied at the moment, and -1 that the time was over; neither is an answer.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-functions-synchronization.html
 * @see https://mariadb.com/docs/server/reference/sql-functions/secondary-functions/miscellaneous-functions/master_gtid_wait
 */
function buildQuestion({ way, details }: Fence, position: string, waitMs: number): ReachedQuestion | null {
  if (way === 'binlog') {
    const place = parseBinlogPlace(position);
    if (place === null) return null;
    const name = details.function === 'SOURCE_POS_WAIT' ? 'SOURCE_POS_WAIT' : 'MASTER_POS_WAIT';
    const channel = details.named === 'yes' ? `, ${textLiteral(details.channel ?? '')}` : '';
    return {
      sql: `${name}(${textLiteral(place.file)}, ${place.position}, ${WAIT_S}${channel})`,
      isYes: (answer) => answer !== null && /^\d+$/.test(answer),
    };
  }
  if (details.by === 'set') {
    const sql = `GTID_SUBSET(${textLiteral(position)}, @@GLOBAL.gtid_executed)`;
    return { sql, isYes: (answer) => answer === '1' };
  }
  const seconds = (Math.max(0, waitMs) / 1000).toFixed(3);
  return {
    sql: `MASTER_GTID_WAIT(${textLiteral(position)}, ${seconds})`,
    isYes: (answer) => answer === '0',
  };
}
