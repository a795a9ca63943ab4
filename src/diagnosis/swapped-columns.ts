import type { CanonicalType } from '../core/canonical-type.js';
import type { RowDifference } from '../core/difference.js';
import type { Explanation } from './explanation.js';
import { coincidenceBits, comparableForm } from './value-form.js';

/** With more changed columns than this, pairs of equal values are found by chance, and looking costs too much. */
const MOST_COLUMNS = 16;

/**
 * For each changed column of a row, the explanations that it holds what another one should, and the other way round; null
 * where nothing can be swapped.
 */
export function explainSwaps(
  { columns, source, target }: RowDifference,
  canonicalOf: (column: string) => CanonicalType,
): Map<string, Explanation[]> | null {
  if (source === null || target === null || columns.length < 2 || columns.length > MOST_COLUMNS) return null;
  const found = new Map<string, Explanation[]>();
  const forms = columns.map((column) => {
    const canonical = canonicalOf(column);
    return {
      column,
      source: comparableForm(source[column] ?? null, canonical),
      target: comparableForm(target[column] ?? null, canonical),
      bits: Math.min(coincidenceBits(source[column] ?? null), coincidenceBits(target[column] ?? null)),
    };
  });
  const add = (column: string, other: string, bits: number): void => {
    const explanation: Explanation = { cause: 'columns-swapped', detail: `with ${other}`, bits, cost: 3 };
    found.set(column, [...(found.get(column) ?? []), explanation]);
  };
  for (const [i, one] of forms.entries()) {
    for (const other of forms.slice(i + 1)) {
      if (one.source !== other.target || one.target !== other.source) continue;
      const bits = Math.min(one.bits, other.bits);
      add(one.column, other.column, bits);
      add(other.column, one.column, bits);
    }
  }
  return found;
}
