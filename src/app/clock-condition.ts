import type { RunConfig } from '../config/run-config.js';

/** Remarks, which may stand between any two words. Where they begin and end hangs on the engine, and on the texts around them. */
const REMARKS = [/\/\*[\s\S]*?\*\//g, /(?:--|#)[^\n]*/g];
/** Words that mean the present wherever they stand in a text that is cast to a time. */
const CLOCK_TEXT = /['$].*\b(?:now|today|yesterday|tomorrow)\b/is;
const CLOCK_WORD =
  /\b(?:current_(?:timestamp|date|time)|localtime(?:stamp)?|sysdate|utc_(?:date|time|timestamp)|session_user|current_user)\b/i;
/** The name of a function may stand in quotes. */
const CLOCK_CALL =
  /\b(?:now|curdate|curtime|unix_timestamp|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|age|rand|random|uuid|gen_random_uuid|connection_id|pg_backend_pid|nextval|txid_current|pg_current_\w+)["`]?\s*\(/i;

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

/** Texts in quotes are looked at too: a quote that is escaped for one engine ends the text of another. */
function readsClock(condition: string): boolean {
  const [blocks = '', both = ''] = [1, 2].map((some) =>
    REMARKS.slice(0, some).reduce((text, remarks) => text.replace(remarks, ' '), condition),
  );
  return [condition, blocks, both].some((text) =>
    [CLOCK_TEXT, CLOCK_WORD, CLOCK_CALL].some((pattern) => pattern.test(text)),
  );
}
