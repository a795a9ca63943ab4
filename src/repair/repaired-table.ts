import { qualifiedName, type TablePair } from '../core/pairing.js';
import type { RepairCatalog, RepairTable, RepairValue } from '../engines/repair.js';
import type { RowChange } from './row-change.js';
import type { TableOrder } from './table-order.js';

/** A table pair with what repair knows of its target. */
export interface RepairedTable {
  readonly pair: TablePair;
  readonly table: RepairTable;
  readonly catalog: RepairCatalog;
  readonly order: TableOrder;
  /** The changes take back what a repair wrote. */
  readonly isUndo: boolean;
  readonly size: TableSize;
}

/** Rows of the larger side, and rows that are missing or extra, as the run counted them. */
export interface TableSize {
  readonly rows: number;
  readonly copies: number;
}

/** The values of a missing or extra row that must be NULL for a while, because rows refer to each other in a circle. */
export function looseValues(
  { kind, before, after }: Pick<RowChange, 'kind' | 'before' | 'after'>,
  { order, pair }: Pick<RepairedTable, 'order' | 'pair'>,
): readonly RepairValue[] {
  const loose = order.loose.get(qualifiedName(pair.target));
  const values = kind === 'insert' ? after : before;
  return values.filter(({ value, to }) => value !== null && !to.generated && loose?.has(to.name) === true);
}

/** Columns that are written: the server computes the others. */
export function writtenValues(values: readonly RepairValue[]): readonly RepairValue[] {
  return values.filter(({ to }) => !to.generated);
}
