import { RowproofError } from '../../core/errors.js';
import type { ControlRow } from '../session.js';

/** The SELECTs of rows and counts that are ours, up to where their conditions begin: names are skipped as a whole. */
const READ =
  /^SELECT (?:[^`]|`(?:[^`]|``)*`)*? FROM `(?:[^`]|``)*`\.`(?:[^`]|``)*`(?: USE INDEX \(\))?(?= WHERE | ORDER BY | LIMIT |\) AS parts |$)/;
/** The table at the end of one. */
const TABLE = / FROM (`(?:[^`]|``)*`\.`(?:[^`]|``)*`)(?: USE INDEX \(\))?$/;
/** A number that no server can compute, in a form that it names in its error. */
const IMPOSSIBLE = '~0 + 1690007';
const ER_DATA_OUT_OF_RANGE = 1690;

/** What a server must say of itself, of the session and of its settings, as SQL and as it said it. */
export interface SessionBond {
  readonly question: string;
  readonly answer: string;
}

/**
 * A read that fails on every server and in every session but the one that gave this answer: who balances single
 * statements would have them answered by a server that lags behind, or by a session with other settings. The optimizer
 * computes the condition once, before the first row, and it has no part in the plan. Null where the statement is no read.
 */
export function bindToSession(sql: string, { question, answer }: SessionBond): string | null {
  const [read] = READ.exec(sql) ?? [];
  if (read === undefined) return null;
  const rest = sql.slice(read.length);
  const said = `0x${Buffer.from(answer, 'utf8').toString('hex')}`;
  const condition = `IF(CAST(${question} AS BINARY) = ${said}, 1, ${IMPOSSIBLE})`;
  const others = rest.startsWith(' WHERE ') ? ` AND ${rest.slice(' WHERE '.length)}` : rest;
  return `${read} WHERE ${condition}${others}`;
}

/** The table that a read is of, as SQL; null where the statement is no read. */
export function tableOf(sql: string): string | null {
  return TABLE.exec(READ.exec(sql)?.[0] ?? '')?.[1] ?? null;
}

/** Whether a bound read failed as it does in another session. */
export function isOtherSession(error: unknown): boolean {
  const { errno, message } = error as { errno?: unknown; message?: unknown };
  return errno === ER_DATA_OUT_OF_RANGE && String(message).includes('1690007');
}

/** Says what it means that reads go elsewhere, though the transaction has begun where it should. */
export function otherSession(cause: unknown): RowproofError {
  return new RowproofError({
    code: 'other-server',
    message:
      'Another server or session answers single statements than the one that the transaction began on.',
    hint: 'Name one server in the URL, not a balancer. Behind ProxySQL, transaction_persistent keeps a transaction together.',
    cause,
  });
}

/** The bond of a session, from the answer that was found right. */
export function bondOf(columns: Readonly<Record<string, string>>, row: ControlRow): SessionBond {
  const names = Object.keys(columns);
  return {
    question: `CONCAT_WS('|', ${names.map((name) => columns[name]).join(', ')})`,
    answer: names.flatMap((name) => row[name] ?? []).join('|'),
  };
}
