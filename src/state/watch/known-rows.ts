import { createHash } from 'node:crypto';
import type { RowDifference } from '../../core/difference.js';
import { formatValue } from '../../words/value-text.js';
import { visibleName } from '../../words/visible-text.js';

/** Rows that are remembered one by one, so that it can be said which of them healed. */
const MOST_ROWS = 10_000;
/** Characters of a value of a key in a line. */
const MOST_VALUE = 40;

/** A row that differed. */
export interface KnownRow {
  readonly table: string;
  /** Tells it from the other rows of its table. */
  readonly id: string;
  /** Its key for people; null where it has none. */
  readonly key: string | null;
}

/** The rows that differed last, and how many more there were than are remembered. */
export interface KnownRows {
  readonly rows: readonly KnownRow[];
  readonly more: number;
}

/** A row and the table that it is in. */
interface FoundRow {
  readonly table: string;
  readonly difference: RowDifference;
}

/** What a pass says of the rows that differed before it. */
export interface HealedRows {
  readonly healed: readonly KnownRow[];
  /** What differs now. Rows of tables in which something is open stay, although the pass did not find them. */
  readonly known: KnownRows;
}

/**
 * Finds out which rows healed. That a row was not found to differ says so only where all of its table was compared: `isProved`
 * tells of a table whether it was, and is undefined where it is in the run no more.
 */
export async function findHealed(
  before: KnownRows,
  found: AsyncIterable<FoundRow>,
  isProved: (table: string) => boolean | undefined,
): Promise<HealedRows> {
  const missed = new Map(before.rows.map((row) => [nameOf(row), row]));
  const rows: KnownRow[] = [];
  let more = 0;
  for await (const { table, difference } of found) {
    const row = { table, id: identify(difference), key: formatKey(difference) };
    missed.delete(nameOf(row));
    if (rows.length < MOST_ROWS) rows.push(row);
    else more++;
  }
  const healed = [...missed.values()].filter(({ table }) => isProved(table) === true);
  const open = [...missed.values()].filter(({ table }) => isProved(table) === false);
  const kept = open.slice(0, Math.max(0, MOST_ROWS - rows.length));
  return { healed, known: { rows: [...rows, ...kept], more: more + open.length - kept.length } };
}

function nameOf({ table, id }: KnownRow): string {
  return `${id} ${table}`;
}

function identify({ key, source, target }: RowDifference): string {
  const text = JSON.stringify(key ?? [source, target]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function formatKey({ key }: RowDifference): string | null {
  if (key === null) return null;
  return Object.entries(key)
    .map(([name, value]) => `${visibleName(name)}=${formatValue(value, MOST_VALUE)}`)
    .join(', ');
}
