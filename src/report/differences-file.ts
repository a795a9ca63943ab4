import type { KeptLines, RowDifference } from '../core/difference.js';
import { isPartlyUnverified } from '../core/partly-unverified.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { DIFFERENCES_FORMAT, type RunResult } from '../core/result.js';
import { formatDifferenceLine, formatLine } from './differences-line.js';
import { retellLines } from './kept-lines.js';

/** Differing rows, each with the target's name of its table. */
interface ListedDifferences
  extends AsyncIterable<{ readonly table: string; readonly difference: RowDifference }> {
  /** The same rows in the lines that a run keeps them in, where they are told as they are kept. */
  readonly kept?: AsyncIterable<KeptLines>;
}

interface DifferencesFile {
  readonly result: Pick<RunResult, 'source' | 'target' | 'tables'>;
  readonly differences: ListedDifferences;
}

/**
 * Every difference as one JSON object a line after a header line, format `rowproof/differences@1`. The header names tables that were
 * left before their end, and others that were not compared to it: more of their rows may differ. Lines come one by one, or a few at
 * a time, so that memory does not grow with the number of differences.
 */
export async function* formatDifferences(file: DifferencesFile): AsyncGenerator<string> {
  refuseUnknownNames(file, { of: 'formatDifferences', known: ['result', 'differences'] });
  const {
    result: { source, target, tables },
    differences,
  } = file;
  const partial = describePartial(tables);
  yield formatLine({ format: DIFFERENCES_FORMAT, source: source.url, target: target.url, ...partial });
  if (differences.kept === undefined)
    for await (const { table, difference } of differences) yield formatDifferenceLine(table, difference);
  else for await (const lines of differences.kept) yield retellLines(lines);
}

/** Tables of which not every row is known, by the target's name, or the source's where there is none; nothing where all are. */
function describePartial(tables: RunResult['tables']): { readonly partial?: object } {
  const nameAll = (some: RunResult['tables']) => some.map(({ source, target }) => target ?? source);
  const left = nameAll(tables.filter((table) => table.left !== undefined));
  const unverified = nameAll(tables.filter((table) => table.left === undefined && isPartlyUnverified(table)));
  if (left.length + unverified.length === 0) return {};
  return { partial: { ...(left.length > 0 && { left }), ...(unverified.length > 0 && { unverified }) } };
}
