import type { LoadLimits } from '../core/load-limits.js';
import type { Side } from '../core/pairing.js';

/** The limits of a run and the memory in which all of its threads keep to them together. */
export interface SharedLoad {
  readonly limits: LoadLimits;
  readonly memory: SharedArrayBuffer;
}

/** How far a read that stood still may catch up at full speed: the mean is met, and a peak stays this short. */
const CATCH_UP_NS = 500_000_000n;
const SECOND_NS = 1e9;

const CELLS: Readonly<Record<Side, { readonly rows: number; readonly bytes: number }>> = {
  source: { rows: 0, bytes: 1 },
  target: { rows: 2, bytes: 3 },
};
const PAUSED = 0;
const SCARCE = 1;
const SNAPSHOT_ENDED: Readonly<Record<Side, number>> = { source: 2, target: 3 };
const FLAGS = 4;
const CELL_BYTES = 4 * BigInt64Array.BYTES_PER_ELEMENT;

/** Makes the memory that the threads of one run share. */
export function createSharedLoad(limits: LoadLimits): SharedLoad {
  return { limits, memory: new SharedArrayBuffer(CELL_BYTES + FLAGS * Int32Array.BYTES_PER_ELEMENT) };
}

/**
 * Shares a rate out between threads without a lock. Each side and unit has a cell with the time at which all that was read
 * so far will have been due; whoever reads moves it on by what its rows cost and waits until then.
 *
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */
export class LoadCells {
  readonly limits: LoadLimits;
  readonly #dueNs: BigInt64Array;
  readonly #flags: Int32Array;
  readonly #nowNs: () => bigint;

  /** The clock must be one that all threads share. */
  constructor({ limits, memory }: SharedLoad, nowNs: () => bigint = () => process.hrtime.bigint()) {
    this.limits = limits;
    this.#dueNs = new BigInt64Array(memory, 0, 4);
    this.#flags = new Int32Array(memory, CELL_BYTES, FLAGS);
    this.#nowNs = nowNs;
  }

  get isPaused(): boolean {
    return Atomics.load(this.#flags, PAUSED) === 1;
  }

  set isPaused(paused: boolean) {
    Atomics.store(this.#flags, PAUSED, paused ? 1 : 0);
  }

  /** Whether a server has fewer connections than there are workers, so that none may keep one that it does not use. */
  get isScarce(): boolean {
    return Atomics.load(this.#flags, SCARCE) === 1;
  }

  set isScarce(scarce: boolean) {
    Atomics.store(this.#flags, SCARCE, scarce ? 1 : 0);
  }

  /** Whether a side is not read as of one instant any more; it never is again. */
  isSnapshotEnded(side: Side): boolean {
    return Atomics.load(this.#flags, SNAPSHOT_ENDED[side]) === 1;
  }

  endSnapshot(side: Side): void {
    Atomics.store(this.#flags, SNAPSHOT_ENDED[side], 1);
  }

  /** Notes what was read of a side; returns the time at which it will have been due. */
  spend(side: Side, { rows, bytes }: { readonly rows: number; readonly bytes: number }): bigint {
    const { maxRowsPerSecond, maxBytesPerSecond } = this.limits;
    const cell = CELLS[side];
    const byRows = maxRowsPerSecond === null ? 0n : this.#move(cell.rows, rows / maxRowsPerSecond);
    const byBytes = maxBytesPerSecond === null ? 0n : this.#move(cell.bytes, bytes / maxBytesPerSecond);
    return byRows > byBytes ? byRows : byBytes;
  }

  /** How long it is until a time that `spend` returned. */
  waitMs(dueNs: bigint): number {
    const leftNs = Number(dueNs - this.#nowNs());
    return leftNs > 0 ? leftNs / 1e6 : 0;
  }

  #move(cell: number, seconds: number): bigint {
    const cost = BigInt(Math.round(seconds * SECOND_NS));
    for (;;) {
      const due = Atomics.load(this.#dueNs, cell);
      const now = this.#nowNs();
      const earliest = due === 0n ? now : now - CATCH_UP_NS;
      const next = (due > earliest ? due : earliest) + cost;
      if (Atomics.compareExchange(this.#dueNs, cell, due, next) === due) return next;
    }
  }
}
