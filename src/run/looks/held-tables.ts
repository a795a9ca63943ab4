import type { TableState } from '../../state/table-state.js';
import type { LeaveRule } from '../leave-rule.js';

interface HeldTable {
  rows: number;
  /** How often looking at its rows has not left it. */
  vain: number;
}

/**
 * How many rows of each table are held, and whether these may be the ones for which it is left: only rows that were looked at again
 * count, so that a table whose rows differ would else be read to its end. Each look in vain doubles what the next one waits for, since
 * rows in flight come for as long as somebody writes.
 */
export class HeldTables {
  readonly #tables = new Map<TableState, HeldTable>();

  add(table: TableState, rows: number): void {
    const known = this.#tables.get(table) ?? { rows: 0, vain: 0 };
    known.rows += rows;
    this.#tables.set(table, known);
  }

  /** Whether a table would be left if all of its held rows differed. */
  mayLeave(table: TableState, leaving: LeaveRule | null): boolean {
    const known = this.#tables.get(table);
    if (leaving === null || known === undefined || table.isLeft) return false;
    return known.rows >= Math.max(1, leaving.leavesAt(table) - table.differences) * 2 ** known.vain;
  }

  /** Notes that all that is held is looked at. */
  settle(): void {
    for (const table of this.#tables.values()) {
      if (table.rows > 0) table.vain++;
      table.rows = 0;
    }
  }
}
