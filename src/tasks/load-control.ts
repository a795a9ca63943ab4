import { setTimeout as delay } from 'node:timers/promises';
import { RowproofError } from '../core/errors.js';
import { ReadClock } from './read-clock.js';
import { LoadCells, type SharedLoad } from './shared-load.js';

/** How one thread keeps to the limits of its run: what all threads share, and the waits of its own. */
export class LoadControl {
  readonly clock = new ReadClock();
  readonly cells: LoadCells;
  #stop = new AbortController();

  constructor(shared: SharedLoad) {
    this.cells = new LoadCells(shared);
  }

  /** Waits; rejects at once when the waits are cancelled. */
  async sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    this.assertRunning();
  }

  /** Throws once the work of this thread is cancelled, so that none begins between two waits. */
  assertRunning(): void {
    if (!this.#stop.signal.aborted) return;
    throw new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
  }

  /** Ends every wait at once, those to come included, until `restart`. */
  cancel(): void {
    this.#stop.abort();
  }

  /** Aborted when the work of this thread is cancelled; it ends what is being opened. */
  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  restart(): void {
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
  }
}
