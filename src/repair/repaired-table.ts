import type { TablePair } from '../core/pairing.js';
import type { RepairCatalog, RepairTable, RepairValue } from '../engines/repair.js';
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

/** Columns that are written: the server computes the others. */
export function writtenValues(values: readonly RepairValue[]): readonly RepairValue[] {
  return values.filter(({ to }) => !to.generated);
}
