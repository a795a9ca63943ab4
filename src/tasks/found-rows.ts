import type { DifferenceKind, RowDifference, StoredRow, Value } from '../core/difference.js';
import { levelOf } from '../core/drawn-rows.js';
import type { ChangedMarks } from '../core/encoding/canonical-number.js';
import type { ExplainedRows } from '../core/explained-rows.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { FoundRow, RowCauses, UnexplainedCounts } from '../diagnosis/row-causes.js';
import type { RowHash } from '../hashing/row-hash.js';
import type { RowComparer } from './row-comparer.js';
import type { StepRows } from './step-rows.js';
import type { TableSide } from './table-side.js';

/** Rows of each task that are kept, so that the first of a table are there to be shown. */
const FIRST_ROWS = 10;

/** What tasks of this thread could not explain of a table. */
const unexplainedOf = new WeakMap<TablePair, UnexplainedCounts>();
/** What explains the rows of a lane, which does one task after the other: its source side is its own. */
const causesOf = new WeakMap<TableSide, RowCauses>();

/** Which differing rows are kept, and what they are drawn by. */
export interface RowsKept {
  /** Null for all; else those lone rows that are drawn at this level, and the first rows. */
  readonly level: number | null;
  /** Is the same in every run. */
  readonly hash: RowHash;
}

/**
 * Takes in the rows of a task that differ: has each explained, and keeps those that somebody will ask for. Where no output lists
 * rows that is a bounded number of them, however many there are.
 */
export class FoundRows {
  readonly #comparer: RowComparer;
  readonly #causes: RowCauses;
  readonly #kept: RowsKept;
  readonly #row: LastRow;
  #taken = 0;
  #failure: string | null = null;

  private constructor(comparer: RowComparer, causes: RowCauses, kept: RowsKept) {
    this.#comparer = comparer;
    this.#causes = causes;
    this.#kept = kept;
    this.#row = new LastRow(comparer);
  }

  /** What explains rows is loaded late: most runs find none that differ. */
  static async open(
    { pair, sides, kept }: { pair: TablePair; sides: Readonly<Record<Side, TableSide>>; kept: RowsKept },
    comparer: RowComparer,
  ): Promise<FoundRows> {
    const { RowCauses: Causes, UnexplainedCounts: Counts } = await import('../diagnosis/row-causes.js');
    const counts = unexplainedOf.get(pair) ?? new Counts();
    unexplainedOf.set(pair, counts);
    const causes = causesOf.get(sides.source) ?? new Causes(pair, counts);
    causesOf.set(sides.source, causes);
    causes.begin();
    return new FoundRows(comparer, causes, kept);
  }

  /** Takes in the row that was compared last. Returns it where it is kept. */
  take(kind: DifferenceKind, rows: StepRows, place: number): StoredRow | null {
    const row = this.#row;
    row.kind = kind;
    row.at = rows.digestOf(kind === 'missing' ? 'source' : 'target', place);
    this.#explain(row);
    const { level, hash } = this.#kept;
    if (level === null) return row.describeWhole();
    const draw = kind === 'changed' ? null : levelOf(this.#comparer.hashValues(kind, hash));
    this.#taken++;
    if (draw !== null && draw >= level) return { ...row.describeWhole(), draw };
    if (this.#taken > FIRST_ROWS) return null;
    return draw === null ? row.describeWhole() : { ...row.describeWhole(), draw };
  }

  /** What was gathered of why they differ. */
  takeExplained(): ExplainedRows | null {
    const explained = this.#causes.take();
    if (this.#failure === null) return explained;
    return { columns: [], missing: null, ...explained, failure: this.#failure };
  }

  /** Advice must not cost a run what it compared. */
  #explain(row: LastRow): void {
    if (this.#failure !== null) return;
    try {
      this.#causes.add(row);
    } catch (error) {
      // Its message may quote a value.
      this.#failure = `a rule failed (${error instanceof Error ? error.name : 'unknown'})`;
    }
  }
}

/** The row that was compared last, as it is explained. One object for all rows: there may be very many. */
class LastRow implements FoundRow {
  kind: DifferenceKind = 'changed';
  at = 0;
  readonly #comparer: RowComparer;

  constructor(comparer: RowComparer) {
    this.#comparer = comparer;
  }

  get columns(): readonly string[] {
    return this.#comparer.changedColumns;
  }

  get marks(): ChangedMarks {
    return this.#comparer.marks;
  }

  readValue(side: Side, place: number): Value {
    return this.#comparer.readChanged(side, place);
  }

  readKey(): Record<string, Value> {
    return this.#comparer.readKey(this.kind);
  }

  describe(): RowDifference {
    return this.#comparer.describe(this.kind);
  }

  describeWhole(): StoredRow {
    return { ...this.describe(), key: this.readKey() };
  }
}
