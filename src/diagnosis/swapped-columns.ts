import type { CanonicalType } from '../core/canonical-type.js';
import type { RowDifference } from '../core/difference.js';
import type { ChangedMarks } from '../core/encoding/canonical-number.js';
import type { Explanation } from './explanation.js';
import { coincidenceBits, comparableForm } from './value-form.js';

/** With more changed columns than this, pairs of equal values are found by chance, and looking costs too much. */
const MOST_COLUMNS = 16;

/**
 * Whether two of the changed columns of a row may hold each other's values, told by their marks alone: false only where
 * `explainSwaps` would find nothing.
 */
export function maySwap(canonicals: readonly CanonicalType[], { source, target }: ChangedMarks): boolean {
  const count = canonicals.length;
  if (count > MOST_COLUMNS) return false;
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      const [type, otherType] = [canonicals[one] as CanonicalType, canonicals[other] as CanonicalType];
      if (!mayBeSame(source[one] as number, type, target[other] as number, otherType)) continue;
      if (mayBeSame(target[one] as number, type, source[other] as number, otherType)) return true;
    }
  }
  return false;
}

/** Whether the comparable forms of two values may be the same. */
function mayBeSame(one: number, type: CanonicalType, other: number, otherType: CanonicalType): boolean {
  if (Number.isNaN(one) || Number.isNaN(other)) return true;
  if (type === otherType) return one === other;
  const [kind, otherKind] = [KINDS[type], KINDS[otherType]];
  if (kind === undefined || otherKind === undefined) return true;
  return kind.name === otherKind.name && one * kind.scale === other * otherKind.scale;
}

/** Types whose values can be the same as one of another type: a number is none of a text, nor is a time with a mark. */
const KINDS: Readonly<Partial<Record<CanonicalType, { readonly name: string; readonly scale: number }>>> = {
  int: { name: 'number', scale: 1e6 },
  decimal: { name: 'number', scale: 1 },
  float: { name: 'number', scale: 1 },
  date: { name: 'time', scale: 1 },
  datetime: { name: 'time', scale: 1 },
  instant: { name: 'time', scale: 1 },
  text: { name: 'text', scale: 1 },
};

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
