import type { RowDifference, Value } from '../core/difference.js';
import { formatCount } from '../words/number-text.js';
import { formatValue } from '../words/value-text.js';
import { visibleName } from '../words/visible-text.js';

/** More changed columns than this would push the next row off the screen. */
const MOST_COLUMNS = 8;
const MOST_KEY_CHARACTERS = 60;
/** Characters of each value where a whole row stands in for its key. */
const MOST_VALUE_CHARACTERS = 24;

/** One line of a listing: a differing row, or one more changed column of the row above it. */
export interface DifferenceLine {
  readonly kind: string;
  readonly key: string;
  readonly column: string;
  readonly values:
    | { readonly kind: 'none' }
    | { readonly kind: 'presence'; readonly source: string; readonly target: string }
    | { readonly kind: 'pair'; readonly source: Value | undefined; readonly target: Value | undefined };
}

interface Difference {
  readonly row: RowDifference;
  /** The target's names of the key columns, in the order of the key. */
  readonly key: readonly string[];
  readonly showValues: boolean;
}

/** Breaks a difference into lines: one for a missing or extra row, one a column for a changed row. */
export function describeDifference({ row, key, showValues }: Difference): DifferenceLine[] {
  const kind = `${row.kind}${row.new === true ? ', new' : ''}${row.waived === undefined ? '' : ', waived'}`;
  const first = { kind, key: formatKey({ row, key, showValues }) };
  if (row.kind !== 'changed') {
    const source = formatCopies(row.sourceCopies ?? (row.kind === 'missing' ? 1 : 0));
    const target = formatCopies(row.targetCopies ?? (row.kind === 'missing' ? 0 : 1));
    return [
      { ...first, column: '', values: showValues ? { kind: 'presence', source, target } : { kind: 'none' } },
    ];
  }
  const { source, target, columns } = row;
  if (!showValues || source === null || target === null) {
    return [{ ...first, column: columns.map(visibleName).join(', '), values: { kind: 'none' } }];
  }
  const lines = columns.slice(0, MOST_COLUMNS).map((name, index): DifferenceLine => {
    const values = { kind: 'pair', source: ownValue(source, name), target: ownValue(target, name) } as const;
    const head = index === 0 ? first : { kind: '', key: '' };
    return { ...head, column: visibleName(name), values };
  });
  const more = columns.length - lines.length;
  if (more > 0) lines.push({ kind: '', key: '', column: `… and ${more} more`, values: { kind: 'none' } });
  return lines;
}

function formatCopies(copies: number): string {
  return copies === 0 ? '(no row)' : copies === 1 ? '(row)' : `(${formatCount(copies)} rows)`;
}

function formatKey({ row, key, showValues }: Difference): string {
  const { key: values } = row;
  if (values === null) return showValues ? formatWholeRow(row) : '(whole row)';
  const names = key.length > 0 ? key : Object.keys(values);
  return names.map((name) => formatValue(ownValue(values, name) ?? null, MOST_KEY_CHARACTERS)).join(', ');
}

/** A row that no key names is known by its values. */
function formatWholeRow({ source, target, columns }: RowDifference): string {
  const values = source ?? target;
  if (values === null) return '(whole row)';
  const shown = columns
    .slice(0, MOST_COLUMNS)
    .map(
      (name) => `${visibleName(name)}=${formatValue(ownValue(values, name) ?? null, MOST_VALUE_CHARACTERS)}`,
    );
  return [...shown, ...(columns.length > MOST_COLUMNS ? ['…'] : [])].join(', ');
}

/** Own properties only: a column may be called `constructor`. */
function ownValue(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
