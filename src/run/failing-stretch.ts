import type { FindEndResult, FindEndTask, UnverifiedChunk } from '../core/chunk.js';
import { isConditional, type TablePair } from '../core/pairing.js';
import type { KeyRange } from '../engines/row-selection.js';
import { describeSpan } from '../state/describe-span.js';
import { reportUnverified, runWithRetries, type SpoolPlace, type TableRun } from './table-run.js';

type Key = KeyRange['after'];

/** A chunk that failed is tried again with so many times fewer rows. */
const SHRINK = 8;
/** After so many rows that fail one behind the other, more and more are passed over at a time. */
const LONE_ROWS = 16;
/** How often chunks of a segment may fail before the rest of it is left. */
const MOST_FAILURES = 300;

/**
 * Finds its way around rows that cannot be read: a chunk that fails is read in smaller ones until a single row is left
 * that fails, which is stepped over. So one bad row costs the rows behind it nothing.
 */
export class FailingStretch {
  readonly #run: TableRun;
  readonly #place: SpoolPlace;
  readonly #pair: TablePair;
  #failures = 0;
  /** Rows of the next chunk while the bad row is near; null where nothing failed lately. */
  #capRows: number | null = null;
  /** Single rows that failed one behind the other. */
  #passed = 0;
  /** What was stepped over and not reported yet. */
  #open: { readonly after: Key; readonly end: Key; readonly result: UnverifiedChunk } | null = null;

  constructor(run: TableRun, place: SpoolPlace, pair: TablePair) {
    this.#run = run;
    this.#place = place;
    this.#pair = pair;
  }

  /** Whether chunks are kept small, so that their time says nothing of larger ones. */
  get isNear(): boolean {
    return this.#capRows !== null;
  }

  /** How many rows the next chunk may have, where it could have `capRows`. */
  limitRows(capRows: number): number {
    return Math.min(capRows, this.#capRows ?? capRows);
  }

  /** Takes in that a chunk was compared. */
  async passed(capRows: number): Promise<void> {
    this.#passed = 0;
    await this.#report();
    if (this.#capRows === null) return;
    this.#capRows = this.#capRows >= capRows ? null : this.#capRows * 2;
  }

  /**
   * Takes in that a chunk failed, and says where to go on: after the same key with fewer rows, or behind the row that
   * fails. `undefined` says that the rest of the range up to `upTo` is lost; `null` that its end was reached.
   */
  async next(
    { after, upTo, capRows }: { readonly after: Key; readonly upTo: Key; readonly capRows: number },
    result: UnverifiedChunk,
  ): Promise<Key | undefined | 'again'> {
    if (!isOfSomeRows(result)) {
      await this.#report();
      await reportUnverified(this.#run, this.#place.table, result);
      return undefined;
    }
    if (++this.#failures > MOST_FAILURES) return this.#give(after, upTo, result);
    if (capRows > 1) {
      this.#capRows = Math.max(1, Math.floor(capRows / SHRINK));
      return 'again';
    }
    const rows = 2 ** Math.min(20, Math.max(0, ++this.#passed - LONE_ROWS));
    const found = await this.#findEnd({ after, upTo, rows });
    if (this.#run.signal.aborted) return undefined;
    if (found.kind === 'unverified') return this.#give(after, upTo, result);
    this.#widen(after, found.end ?? upTo, result);
    if (found.end === null) await this.#report();
    return found.end;
  }

  async #findEnd(stretch: Pick<FindEndTask, 'after' | 'upTo' | 'rows'>): Promise<FindEndResult> {
    const { id: pairId } = this.#pair;
    const task: FindEndTask = { kind: 'find-end', pairId, ...stretch, withConditions: true };
    const found = await runWithRetries(this.#run, this.#place, task);
    if (found.kind === 'found-end' || !isConditional(this.#pair)) return found;
    return runWithRetries(this.#run, this.#place, { ...task, withConditions: false });
  }

  /** Leaves the rest of a range. */
  async #give(after: Key, upTo: Key, result: UnverifiedChunk): Promise<undefined> {
    this.#widen(after, upTo, result);
    await this.#report();
    return undefined;
  }

  #widen(after: Key, end: Key, result: UnverifiedChunk): void {
    this.#open = { after: this.#open === null ? after : this.#open.after, end, result };
  }

  async #report(): Promise<void> {
    if (this.#open === null) return;
    const { after, end, result } = this.#open;
    this.#open = null;
    const { table } = this.#place;
    const open = describeSpan(this.#pair, { after, upTo: end }, this.#run.showsKeys);
    await reportUnverified(this.#run, table, result, open);
  }
}

/** Other rows may well be read: it is neither the connection nor the table as a whole that fails. */
function isOfSomeRows({ error, transient }: UnverifiedChunk): boolean {
  return !transient && (error.code === 'read' || error.code === 'wire-format');
}
