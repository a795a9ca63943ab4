import type { RowDifference, Value } from '../core/difference.js';
import { type ColumnPair, comparedColumns, type TablePair } from '../core/pairing.js';
import type { RepairValue } from '../engines/repair.js';
import type { CopyBounds } from '../engines/row-copies.js';
import { convertValue } from './convert-value.js';

/** `repair` makes the target's rows those of the source; `undo` brings them back as they were read. */
export type RepairDirection = 'repair' | 'undo';

/** What happens to one row of the target: the row as it is before and after, each null where there is none. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete';
  /** The key as the row has it before the change (after it, for an insert); null where the table has none. */
  readonly key: readonly RepairValue[] | null;
  /** Every compared column; of an update, the columns that change. */
  readonly before: readonly RepairValue[];
  readonly after: readonly RepairValue[];
  /** Of a row that nothing but its values names, which copy of it; null where the row has a key. */
  readonly copy: RowCopy | null;
}

/** One of the copies by which the sides differ, and how many the target must hold where it is written. */
export interface RowCopy {
  readonly bounds: CopyBounds & { readonly most: number };
  /** From 0, and of how many. */
  readonly place: number;
  readonly of: number;
}

const KINDS = {
  repair: { missing: 'insert', extra: 'delete', changed: 'update' },
  undo: { missing: 'delete', extra: 'insert', changed: 'update' },
} as const;

/** A table pair with its columns by their names on the target, which is made once for all rows. */
export interface ChangedTable {
  readonly pair: TablePair;
  readonly columns: ReadonlyMap<string, PlacedColumn>;
}

interface PlacedColumn {
  readonly pair: ColumnPair;
  /** Its place in the order of the columns. */
  readonly place: number;
}

/** Makes a table pair ready for its rows. */
export function changedTable(pair: TablePair): ChangedTable {
  const placed = comparedColumns(pair).map((column, place) => ({ pair: column, place }));
  return { pair, columns: new Map(placed.map((column) => [column.pair.target.name, column])) };
}

/**
 * Turns a difference into the change that removes it, or into the one that brings it back: one for each copy where rows
 * have no key.
 */
export function toRowChanges(
  difference: RowDifference,
  { pair, columns }: ChangedTable,
  direction: RepairDirection,
): readonly RowChange[] {
  const source = valuesOf(difference.source, columns, 'source');
  const target = valuesOf(difference.target, columns, 'target');
  const [before, after] = direction === 'repair' ? [target, source] : [source, target];
  const kind = KINDS[direction][difference.kind];
  const key = keyOf(difference, pair, { kind, before, after });
  if (difference.key !== null) return [{ kind, key, before, after, copy: null }];
  return [...copiesOf(difference, direction)].map((copy) => ({ kind, key, before, after, copy }));
}

/**
 * A repair writes copies while the target holds as many as were read, or more, and not yet as many as the source. All of
 * one row are written in one transaction, so that the repair leaves as many as the source has, and the first of its
 * statements are those that wrote one: from there the undo goes back, a copy at a time, wherever it is run again.
 */
function* copiesOf(
  { kind, sourceCopies = kind === 'missing' ? 1 : 0, targetCopies = kind === 'extra' ? 1 : 0 }: RowDifference,
  direction: RepairDirection,
): Generator<RowCopy> {
  const of = Math.abs(sourceCopies - targetCopies);
  const isMissing = sourceCopies > targetCopies;
  const read = isMissing
    ? { least: targetCopies, most: sourceCopies - 1 }
    : { least: sourceCopies + 1, most: targetCopies };
  for (let place = 0; place < of; place++) {
    const count = sourceCopies + (isMissing ? -place : place);
    yield { bounds: direction === 'repair' ? read : { least: count, most: count }, place, of };
  }
}

/** The values of a row in the order of the columns, in which they mostly are; names that are numbers come first in any object. */
function valuesOf(
  row: Readonly<Record<string, Value>> | null,
  columns: ChangedTable['columns'],
  side: 'source' | 'target',
): RepairValue[] {
  const values: RepairValue[] = [];
  let last = -1;
  let isInOrder = true;
  for (const name in row) {
    const column = columns.get(name);
    if (column === undefined) continue;
    if (column.place < last) isInOrder = false;
    last = column.place;
    values.push(repairValue(row[name] ?? null, column.pair, side));
  }
  if (isInOrder) return values;
  const placeOf = ({ to }: RepairValue): number => columns.get(to.name)?.place ?? 0;
  return values.sort((one, other) => placeOf(one) - placeOf(other));
}

function repairValue(value: Value, pair: ColumnPair, side: 'source' | 'target'): RepairValue {
  const { [side]: from, target: to } = pair;
  if (side === 'target' || pair.rule.kind === 'plain') return { value, from, to };
  const converted = convertValue(pair, value);
  return converted.kind === 'value'
    ? { value: converted.value, from, to }
    : { value, from, to, refusal: converted.reason };
}

/** A key column that changes has, like any other, one value before and another after. */
function keyOf(
  { key, kind }: RowDifference,
  pair: TablePair,
  change: Pick<RowChange, 'kind' | 'before' | 'after'>,
): readonly RepairValue[] | null {
  if (key === null || pair.key.length === 0) return null;
  const row = change.kind === 'insert' ? change.after : change.before;
  return pair.key.map(({ source, target }) => {
    const own = row.find(({ to }) => to.name === target.name);
    const from = kind === 'missing' ? source : target;
    return own ?? { value: key[target.name] ?? null, from, to: target };
  });
}
