import type { Finding } from '../core/finding.js';
import type { Side } from '../core/pairing.js';
import { formatCounted } from '../words/number-text.js';

/** After so long without a refusal one more worker is tried: others may have given connections back. */
const RAISE_AFTER_MS = 60_000;

interface Slots {
  readonly workers: number;
  /** Told whether sessions are so few that one which is not in use is another worker's. */
  readonly setScarce: (scarce: boolean) => void;
  readonly now: () => number;
}

/** What came of work; `mayWait` says that it was not let in, and that others are at work whose place it may wait for. */
interface SlotResult<Result> {
  readonly result: Result;
  readonly mayWait: boolean;
}

/**
 * How many tasks may be under way at a time: as many as there are workers, or fewer where a server lets in no more. A task
 * that was not let in waits until another one is done, and takes its place.
 */
export class WorkerSlots {
  readonly #slots: Slots;
  readonly #waiting: (() => void)[] = [];
  #most: number;
  #fewest: number;
  #used = 0;
  #refusedMs = 0;
  #refusedBy: Side | null = null;

  constructor(slots: Slots) {
    this.#slots = slots;
    this.#most = slots.workers;
    this.#fewest = slots.workers;
  }

  /**
   * Does work in a slot of its own, once there is one. `refusedBy` tells from what came of it which server had no connection for
   * it; null for none.
   */
  async during<Result>(
    work: () => Promise<Result>,
    refusedBy: (result: Result) => Side | null,
  ): Promise<SlotResult<Result>> {
    this.#raise();
    while (this.#used >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#used++;
    try {
      const result = await work();
      const side = refusedBy(result);
      // Before anybody else takes the slot: whoever does may be let in no more than this one was.
      return { result, mayWait: side !== null && this.#refuse(side) };
    } finally {
      this.#used--;
      this.#waiting.shift()?.();
    }
  }

  /** Returns whether others are at work. */
  #refuse(side: Side): boolean {
    const others = this.#used - 1;
    this.#refusedMs = this.#slots.now();
    this.#refusedBy = side;
    if (others === 0) return false;
    this.#most = Math.max(1, Math.min(this.#most - 1, others));
    this.#fewest = Math.min(this.#fewest, this.#most);
    this.#slots.setScarce(true);
    return true;
  }

  /** What the report must say of workers that were not let in. */
  findings(): readonly Finding[] {
    const { workers } = this.#slots;
    if (this.#refusedBy === null || this.#fewest === workers) return [];
    const few = formatCounted(this.#fewest, 'worker');
    return [
      {
        code: 'fewer-workers',
        message: `The ${this.#refusedBy} had no connection left for some of the ${formatCounted(workers, 'worker')}: for a time ${few} read alone.`,
        hint: `Use --workers ${this.#fewest}, or allow the account more connections.`,
      },
    ];
  }

  #raise(): void {
    const { workers, now, setScarce } = this.#slots;
    if (this.#most === workers || now() - this.#refusedMs < RAISE_AFTER_MS) return;
    this.#most++;
    this.#refusedMs = now();
    this.#waiting.shift()?.();
    if (this.#most === workers) setScarce(false);
  }
}
