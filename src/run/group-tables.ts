import { WHOLE_SPAN } from '../core/coverage.js';
import { LONG_TABLE_ROWS } from '../core/long-tables.js';
import { isConditional, SIDES } from '../core/pairing.js';
import { holdsOwnRows } from '../core/schema.js';
import type { TableState } from '../state/table-state.js';
import type { TableRun } from './table-run.js';
import type { SegmentWork, SmallTablesWork } from './table-work.js';

/** Rows of so many bytes come in a moment. */
const SMALL_BYTES = 256 << 10;
/** What beginning and ending a task costs is little then for each of its tables. */
const MOST_TABLES = 32;

/** Gathers small tables for tasks that compare several of them. */
export class SmallTables {
  readonly #run: TableRun;
  readonly #most: number;
  #items: SegmentWork[] = [];

  constructor(run: TableRun) {
    this.#run = run;
    const small = run.tables.filter((table) => this.takes(table)).length;
    // Every worker gets some.
    this.#most = Math.min(MOST_TABLES, Math.ceil(small / run.workers));
  }

  /**
   * Whether a table is one that is read to its end in a moment, and read as it stands: a condition or a view may run whatever
   * somebody wrote, which another table must not be read after.
   */
  takes(table: TableState): boolean {
    const { pair } = table.planned;
    const { mayGroup } = this.#run;
    if (!mayGroup || pair === null || pair.strategy === 'bucket' || table.mode === 'spot') return false;
    const { again, ranges } = this.#run.openOf(table);
    const isUntouched = again.length === 0 && ranges.length === 1 && ranges[0] === WHOLE_SPAN;
    return (
      isUntouched &&
      !isConditional(pair) &&
      SIDES.every((side) => holdsOwnRows(pair[side]) && isSmall(pair[side]))
    );
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#most;
  }

  add(item: SegmentWork): void {
    this.#items.push(item);
  }

  hand(): SmallTablesWork {
    const items = this.#items;
    this.#items = [];
    return { items, segment: 'small' };
  }
}

function isSmall({
  estimatedRows,
  estimatedRowBytes,
}: {
  readonly estimatedRows: number | null;
  readonly estimatedRowBytes: number | null;
}): boolean {
  return (
    estimatedRows !== null &&
    estimatedRows < LONG_TABLE_ROWS &&
    estimatedRows * (estimatedRowBytes ?? 0) < SMALL_BYTES
  );
}
