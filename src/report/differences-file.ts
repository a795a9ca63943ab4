import type { RowDifference } from '../core/difference.js';
import { isPartlyUnverified } from '../core/partly-unverified.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { DIFFERENCES_FORMAT, type RunResult } from '../core/result.js';
import { guardJson } from '../words/visible-text.js';

interface DifferencesFile {
  readonly result: Pick<RunResult, 'source' | 'target' | 'tables'>;
  readonly differences: AsyncIterable<{ readonly table: string; readonly difference: RowDifference }>;
}

/**
 * Every difference as one JSON object a line after a header line, format `rowproof/differences@1`. The header names tables that were
 * left before their end, and others that were not compared to it: more of their rows may differ. Lines come one by one, so that
 * memory does not grow with the number of differences.
 */
export async function* formatDifferences(file: DifferencesFile): AsyncGenerator<string> {
  refuseUnknownNames(file, { of: 'formatDifferences', known: ['result', 'differences'] });
  const {
    result: { source, target, tables },
    differences,
  } = file;
  const partial = describePartial(tables);
  yield lineFor({ format: DIFFERENCES_FORMAT, source: source.url, target: target.url, ...partial });
  for await (const { table, difference } of differences) {
    yield lineFor(lineOf(table, difference));
  }
}

/** Tables of which not every row is known, by the target's name, or the source's where there is none; nothing where all are. */
function describePartial(tables: RunResult['tables']): { readonly partial?: object } {
  const nameAll = (some: RunResult['tables']) => some.map(({ source, target }) => target ?? source);
  const left = nameAll(tables.filter((table) => table.left !== undefined));
  const unverified = nameAll(tables.filter((table) => table.left === undefined && isPartlyUnverified(table)));
  if (left.length + unverified.length === 0) return {};
  return { partial: { ...(left.length > 0 && { left }), ...(unverified.length > 0 && { unverified }) } };
}

function lineFor(value: object): string {
  return `${guardJson(JSON.stringify(value))}\n`;
}

/** What a line says behind the columns, in this order. */
const REST = ['source', 'target', 'sourceCopies', 'targetCopies', 'new', 'waived', 'hashes'] as const;

/** A side without the row, and one whose values are hidden, is left out, not null: null is a value. */
function lineOf(table: string, difference: RowDifference): object {
  const { kind, key, columns } = difference;
  const line: Record<string, unknown> = { table, kind, key, columns };
  for (const name of REST) {
    const said = difference[name];
    if (said !== undefined && said !== null) line[name] = said;
  }
  return line;
}
