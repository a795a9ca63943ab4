import { RowproofError } from '../../core/errors.js';
import type { ControlRow } from '../session.js';
import { textLiteral } from './dialect.js';
import { STAY } from './server-question.js';

/** A setting that no server has: asking for it is an error that says why. */
const OTHER_SERVER = 'rowproof.other_server';

/**
 * A query that fails on every server and in every session but the one that gave this answer: who balances single
 * statements, as pgpool does where it is set to pass over comments, would have them answered by a standby that lags behind.
 * How many rows to pass over is computed once, before the first row is read, and as a stable value tells the planner nothing.
 */
export function bindToServer(sql: string, { pid, started }: ControlRow): string {
  const [, query = sql, offset = '0'] = /^(.*?)(?: OFFSET (\d+))?$/s.exec(sql) ?? [];
  return `${STAY}${query} OFFSET CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) ${BigInt(pid ?? '')}
    AND pg_catalog.pg_postmaster_start_time() OPERATOR(pg_catalog.=) ${textLiteral(started ?? '')}::pg_catalog.timestamptz
    THEN ${offset} ELSE pg_catalog.current_setting('${OTHER_SERVER}')::pg_catalog.int8 END`;
}

/** Says what it means that a bound query failed as it does on another server. */
export function explainOtherServer(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes(`"${OTHER_SERVER}"`)) return error;
  return new RowproofError({
    code: 'other-server',
    message: 'Another server answers single statements than the one that the transaction began on.',
    hint: 'Name one server in the URL, not a balancer. Behind pgpool, allow_sql_comments = off has it keep to the primary.',
    cause: error,
  });
}
