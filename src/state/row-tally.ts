import { ExplainedTally } from '../core/explained-rows.js';
import type { RowCounts } from '../core/result.js';
import { addCounts, noCounts } from './column-counts.js';
import type { TableRecord } from './table-record.js';
import { Unsettled } from './unsettled.js';

const NO_DIFFERENCE = { missing: 0, extra: 0, changed: 0, inFlight: 0 };
const KINDS = ['missing', 'extra', 'changed', 'inFlight'] as const;

/** How many rows there are of each kind, as far as they were compared. */
export class RowTally {
  readonly #rows = { sourceRows: 0, targetRows: 0, ...NO_DIFFERENCE };
  #changedColumns = noCounts();
  #undecided = noCounts();
  #unsettled = new Unsettled();
  #explained = new ExplainedTally();

  /** Adds rows that were compared. */
  add({ rows, unsettled, explained = null }: Extract<TableRecord, { kind: 'compared' }>): void {
    this.addRead(rows);
    for (const kind of KINDS) this.#rows[kind] += rows.counts[kind];
    addCounts(this.#changedColumns, rows.changedColumns);
    addCounts(this.#undecided, rows.undecidedColumns);
    if (explained !== null) this.#explained.add(explained);
    if (unsettled !== undefined) this.#unsettled.add(unsettled);
  }

  /** Adds rows that were read, or counted. */
  addRead({ sourceRows, targetRows }: Pick<RowCounts, 'sourceRows' | 'targetRows'>): void {
    this.#rows.sourceRows += sourceRows;
    this.#rows.targetRows += targetRows;
  }

  /** Forgets all. */
  reset(): void {
    Object.assign(this.#rows, { sourceRows: 0, targetRows: 0 });
    this.forgetDifferences();
  }

  /** Counts nothing of rows that differed. */
  forgetDifferences(): void {
    Object.assign(this.#rows, NO_DIFFERENCE);
    this.#changedColumns = noCounts();
    this.#undecided = noCounts();
    this.#unsettled = new Unsettled();
    this.#explained = new ExplainedTally();
  }

  get rows(): Readonly<RowCounts> {
    return this.#rows;
  }

  get differences(): number {
    return this.#rows.missing + this.#rows.extra + this.#rows.changed;
  }

  get unsettled(): Unsettled {
    return this.#unsettled;
  }

  /** Why rows differ, as far as they show it. */
  get explained(): ExplainedTally {
    return this.#explained;
  }

  /** How many changed rows differ in a column, by the target's name. */
  get changedColumns(): Readonly<Record<string, number>> {
    return this.#changedColumns;
  }

  /** In how many rows a column differs of which nobody can say whether its values do. */
  get undecided(): Readonly<Record<string, number>> {
    return this.#undecided;
  }
}
