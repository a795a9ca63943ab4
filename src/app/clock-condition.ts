import type { RunConfig } from '../config/run-config.js';

/** Text in quotes, names in quotes, and remarks, in which words mean nothing. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[^\n]*|\/\*[\s\S]*?\*\//g;
/** Words that mean the present to PostgreSQL where they are cast to a time. */
const CLOCK_TEXT = /'\s*(?:now|today|yesterday|tomorrow)\s*'/i;
const CLOCK_WORD =
  /\b(?:current_(?:timestamp|date|time)|localtime(?:stamp)?|sysdate|utc_(?:date|time|timestamp)|session_user|current_user)\b/i;
const CLOCK_CALL =
  /\b(?:now|curdate|curtime|unix_timestamp|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|age|rand|random|uuid|gen_random_uuid|connection_id|pg_backend_pid|nextval|txid_current|pg_current_\w+)\s*\(/i;

/**
 * The table whose condition means other rows from one moment to the next, or in another session; null where none does. What was compared
 * by it earlier, or elsewhere, says nothing of the rows that it means now. In doubt a condition is taken for one that does.
 */
export function findClockCondition({
  where,
  targetWhere,
}: Pick<RunConfig, 'where' | 'targetWhere'>): string | null {
  for (const [table, condition] of [...where, ...targetWhere]) if (readsClock(condition)) return table;
  return null;
}

function readsClock(condition: string): boolean {
  const words = condition.replace(QUOTED, (quoted) => (quoted.startsWith("'") ? "''" : ' x '));
  return CLOCK_TEXT.test(condition) || CLOCK_WORD.test(words) || CLOCK_CALL.test(words);
}
