import { countRows, type RowDifference } from '../core/difference.js';
import { RowproofError } from '../core/errors.js';
import { DIFFERENCES_FORMAT, type RunResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import * as saved from './saved-shape.js';
import { differenceShape } from './saved-values.js';

/** A differing row, and the target's name of its table. */
export interface SavedDifference {
  readonly table: string;
  readonly difference: RowDifference;
}

interface Saved {
  readonly lines: AsyncIterable<string>;
  readonly path: string;
  /** The result of the same run. */
  readonly result: RunResult;
}

const header = saved.isShape({ format: saved.isText, source: saved.isText, target: saved.isText });

/**
 * Reads back the lines of a differences file. It has to be of the run of the result: another pair of servers, or other numbers
 * of rows, is refused, since a report of two runs would be of none.
 */
export async function* parseSavedDifferences({
  lines,
  path,
  result,
}: Saved): AsyncGenerator<SavedDifference> {
  const counts = new Map<string, number>();
  let number = 0;
  for await (const line of lines) {
    number++;
    const parsed = parseLine(line);
    if (number === 1) assertHeader(parsed, { path, result });
    else {
      const row = readRow(parsed);
      if (row === null) throw unreadable(`${path} is not what Rowproof writes: see line ${number}.`);
      const name = JSON.stringify([row.table, row.difference.kind]);
      counts.set(name, (counts.get(name) ?? 0) + countRows(row.difference));
      yield row;
    }
  }
  if (number === 0) throw unreadable(`${path} is empty.`);
  assertCounts(counts, { path, result });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Whoever checks the line says what is wrong with it, and where.
    return null;
  }
}

function assertHeader(parsed: unknown, { path, result }: Pick<Saved, 'path' | 'result'>): void {
  if (header(parsed, '') !== null) throw unreadable(`${path} is not a file of differences.`);
  const { format, source, target } = parsed as { format: string; source: string; target: string };
  if (format !== DIFFERENCES_FORMAT)
    throw unreadable(`${path} is in format ${format}, and this version reads ${DIFFERENCES_FORMAT}.`);
  if (source !== result.source.url || target !== result.target.url)
    throw unreadable(`${path} is of other databases than the saved result.`);
}

function readRow(parsed: unknown): SavedDifference | null {
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { table, ...rest } = parsed as { readonly table?: unknown };
  // The side without the row, and values that were hidden, are left out of a line.
  const difference = { source: null, target: null, ...rest };
  if (typeof table !== 'string' || differenceShape(difference, '') !== null) return null;
  return { table, difference: difference as unknown as RowDifference };
}

function assertCounts(
  counts: ReadonlyMap<string, number>,
  { path, result }: Pick<Saved, 'path' | 'result'>,
): void {
  for (const table of result.tables) {
    for (const kind of ['missing', 'extra', 'changed'] as const) {
      const found = counts.get(JSON.stringify([table.target, kind])) ?? 0;
      if (found !== table[kind])
        throw unreadable(
          `${path} is of another run, or was cut off: it holds ${formatCounted(found, `${kind} row`)} of ${table.target ?? table.source}, and the saved result says ${formatCount(table[kind])}.`,
        );
    }
  }
}

function unreadable(message: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message,
    hint: 'Name the file that --differences wrote in the run of the saved result.',
  });
}
