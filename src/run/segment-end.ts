import type { KeySpan } from '../core/coverage.js';
import type { TablePair } from '../core/pairing.js';
import { planSegments, sharedSegmentSize } from '../plan/planner.js';
import type { TableRun } from './table-run.js';
import type { SegmentWork } from './table-work.js';

/** Where a segment ends: nearer than it did once lanes without work were given what is far. */
export class SegmentEnd {
  readonly #run: TableRun;
  readonly #item: SegmentWork;
  readonly #pair: TablePair;
  /** Whether what is left is not worth another cut, or cannot be cut. */
  #isLast: boolean;
  #upTo: KeySpan['upTo'];

  constructor(run: TableRun, item: SegmentWork, pair: TablePair) {
    this.#run = run;
    this.#item = item;
    this.#pair = pair;
    this.#upTo = item.segment.upTo;
    // A rotation keeps its ranges as they are, and what servers hash is walked in steps of its own.
    this.#isLast = run.ages !== null || run.checksums !== null;
  }

  get upTo(): KeySpan['upTo'] {
    return this.#upTo;
  }

  /** Gives lanes that wait what is far of the keys after `after`, none of which any lane has begun to read. */
  async giveAway(after: KeySpan['after']): Promise<void> {
    const { spare, lanes, sides } = this.#run;
    if (this.#isLast) return;
    await spare.share(lanes.now, async (pieces) => {
      const { work } = this.#item;
      const within = { after, upTo: this.#upTo };
      const request = { ...sides.source, pair: this.#pair, ...sharedSegmentSize(pieces + 1), within };
      // What fails on the server is in the log, and is met again where rows are read: the lane then keeps what it has.
      const [own, ...others] = await planSegments(request).catch(() => []);
      this.#isLast = others.length === 0;
      this.#upTo = own?.upTo ?? this.#upTo;
      return others.map((segment) => ({ work, segment: { ...segment, ordinal: work.begin() } }));
    });
  }
}
