import type { TableState } from '../../state/table-state.js';
import { waitUnlessStopped } from '../back-off.js';
import { endPart } from '../end-part.js';
import type { HeldRange } from '../held-range.js';
import type { FenceRun, RunLooks, TableRun } from '../table-run.js';
import { commitHeld, commitStopped } from './commit-held.js';
import { HeldTables } from './held-tables.js';
import { type BatchRules, batchRanges } from './look-batch.js';
import type { LookClock } from './look-clock.js';
import type { LookRules } from './look-rules.js';
import { passFence, randomDistance } from './pass-fence.js';
import { settleBatches } from './settle.js';
import type { WriteWatch } from './write-watch.js';

/** So many rows are held at the most; then they are looked at before more is read, so that memory stays bounded. */
const MOST_HELD_ROWS = 200_000;

/** What decides on which rows are looked at again. */
export interface LooksRequest extends BatchRules {
  readonly rules: LookRules;
  /** Whether rows are looked at for a time that the user named, whoever writes. */
  readonly isAsked: boolean;
  readonly writes: WriteWatch;
  /** Is told of each table of which rows differ. */
  readonly onDoubt: (table: TableState) => void;
  /** Whether what differs of a table was read so that it cannot be late. */
  readonly isSettled: (table: TableState) => boolean;
  /** Is waited for before any fence is. */
  readonly beforeFence: () => Promise<void>;
  /** Counts how long it takes. */
  readonly clock: LookClock;
}

/** Holds ranges with rows that differ back, and looks at these again. */
export class Looks implements RunLooks {
  readonly #request: LooksRequest;
  #held: HeldRange[] = [];
  #heldRows = 0;
  readonly #tables = new HeldTables();
  #settling: Promise<void> = Promise.resolve();

  constructor(request: LooksRequest) {
    this.#request = request;
  }

  async mustHold(table: TableState): Promise<boolean> {
    const { isAsked, fenceOf, haltOf, writes, onDoubt, isSettled } = this.#request;
    if (isSettled(table)) return false;
    onDoubt(table);
    const { pair } = table.planned;
    if (isAsked || fenceOf(table) !== null || haltOf(table) !== null) return true;
    return pair !== null && writes.isWritten(pair);
  }

  async hold(run: TableRun, range: HeldRange): Promise<void> {
    this.#held.push(range);
    this.#heldRows += range.count;
    const { table } = range.work;
    this.#tables.add(table, range.count);
    if (this.#heldRows >= MOST_HELD_ROWS || this.#tables.mayLeave(table, run.leaving)) await this.settle(run);
  }

  settle(run: TableRun): Promise<void> {
    // Whoever comes meanwhile waits for what is under way, and then finds less to do.
    this.#settling = this.#settling.then(() => this.#settleHeld(run));
    return this.#settling;
  }

  async passFence(run: FenceRun, table: TableState): Promise<boolean> {
    const { fenceOf, haltOf, rules, beforeFence, clock } = this.#request;
    if (haltOf(table) !== null) return false;
    await beforeFence();
    return clock.during(() => passFence(run, fenceOf(table), rules));
  }

  pause(signal: AbortSignal): Promise<void> {
    return this.#request.clock.during(() => waitUnlessStopped(randomDistance(), signal));
  }

  async #settleHeld(run: TableRun): Promise<void> {
    const held = this.#held;
    if (held.length === 0) return;
    await this.#request.beforeFence();
    this.#held = [];
    this.#heldRows = 0;
    this.#tables.settle();
    const batches = batchRanges(held, this.#request);
    const { clock, rules } = this.#request;
    await clock.during(() => settleBatches(run, batches, rules));
    for (const batch of batches) {
      for (const range of batch.ranges) {
        if (!run.signal.aborted) await commitHeld(run, batch, range);
        if (run.signal.aborted) await commitStopped(run, batch, range);
        else await endPart(run, range.work, range.part);
      }
    }
  }
}
