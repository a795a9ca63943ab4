import type { RowDifference } from '../core/difference.js';
import { guardJson } from '../words/visible-text.js';

/** A difference as a line of a differences file; `table` is the target's name. */
export function formatDifferenceLine(table: string, difference: RowDifference): string {
  return formatLine(lineOf(table, difference));
}

/** Any object as such a line. */
export function formatLine(value: object): string {
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
