import type { Side } from '../core/pairing.js';
import type { Session, SpanListener } from '../engines/session.js';
import type { LoadControl } from './load-control.js';

/** How often a read that stopped in its middle looks whether it may go on. */
const PAUSE_POLL_MS = 100;
/** A read that is ahead by less goes on: many short waits would cost more than they even out. */
const SLACK_MS = 10;
/** Rows and bytes are paid for in lots of this share of a second, so that a row alone costs two additions. */
const LOTS_A_SECOND = 100;
const MOST_BYTES_A_LOT = 65_536;
/**
 * How long a statement that reads a chunk is held open in all. Beyond that its rows are taken as they come and waited for
 * afterwards, because the server's statement timeout runs on while nobody takes its rows.
 */
const LONGEST_HOLD_MS = 5000;

/** What pays for the rows of one statement, and with what. */
export interface Reading {
  readonly session: Session;
  readonly side: Side;
  readonly load: LoadControl;
  /** Whether it stops in its middle while the run is paused, for as long as that takes. */
  readonly stopsWhilePaused: boolean;
}

/** The rows of one statement: pays for them, and stops taking them off the connection while they come too fast. */
export class TameRead {
  /** When all that was read will have been due, on the clock of the cells. */
  dueNs = 0n;
  readonly #reading: Reading;
  readonly #lot: { readonly rows: number; readonly bytes: number };
  #rows = 0;
  #bytes = 0;
  #heldSinceMs: number | null = null;
  #heldMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(reading: Reading) {
    const { maxRowsPerSecond, maxBytesPerSecond } = reading.load.cells.limits;
    this.#reading = reading;
    this.#lot = {
      rows: (maxRowsPerSecond ?? Number.POSITIVE_INFINITY) / LOTS_A_SECOND,
      bytes: Math.min(MOST_BYTES_A_LOT, (maxBytesPerSecond ?? Number.POSITIVE_INFINITY) / LOTS_A_SECOND),
    };
  }

  /** Wraps what receives the rows. */
  listen(onSpan: SpanListener): SpanListener {
    return (buffer, start, end, rows) => {
      const wantsMore = onSpan(buffer, start, end, rows);
      this.#rows += rows;
      this.#bytes += end - start;
      if (this.#rows < this.#lot.rows && this.#bytes < this.#lot.bytes) return wantsMore;
      this.#pay();
      if (wantsMore && this.#heldSinceMs === null && this.#waitMs() > SLACK_MS) this.#hold();
      return wantsMore;
    };
  }

  /** Pays for the rest and lets the connection go: the statement is over. */
  end(): void {
    this.#pay();
    if (this.#heldSinceMs !== null) this.#release();
  }

  #pay(): void {
    const { load, side } = this.#reading;
    this.dueNs = load.cells.spend(side, { rows: this.#rows, bytes: this.#bytes });
    this.#rows = 0;
    this.#bytes = 0;
  }

  #waitMs(): number {
    const { load, stopsWhilePaused } = this.#reading;
    if (stopsWhilePaused) return load.cells.isPaused ? PAUSE_POLL_MS : load.cells.waitMs(this.dueNs);
    const heldMs = this.#heldMs + (this.#heldSinceMs === null ? 0 : performance.now() - this.#heldSinceMs);
    return Math.min(load.cells.waitMs(this.dueNs), LONGEST_HOLD_MS - heldMs);
  }

  #hold(): void {
    const { session, load } = this.#reading;
    this.#heldSinceMs = performance.now();
    load.clock.beginWait();
    session.pause();
    this.#timer = setTimeout(this.#look, this.#waitMs());
  }

  readonly #look = (): void => {
    const ms = this.#waitMs();
    if (ms > 0) this.#timer = setTimeout(this.#look, ms);
    else this.#release();
  };

  #release(): void {
    const { session, load } = this.#reading;
    clearTimeout(this.#timer);
    this.#heldMs += performance.now() - (this.#heldSinceMs ?? 0);
    this.#heldSinceMs = null;
    load.clock.endWait();
    session.resume();
  }
}
