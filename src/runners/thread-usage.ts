import type { EventLoopUtilization } from 'node:perf_hooks';

/** So long is looked at, once a thread has loaded and compiled what it does over and over. */
const WINDOW_MS = 1000;
/** What is left of the time tells a thread that keeps a processor busy from one that waits for its servers. */
const BUSY = 0.9;

/** Says whether a thread was at work nearly all the time lately: then no more fits into it, and another one helps. */
export class ThreadUsage {
  readonly #read: () => EventLoopUtilization | null;
  readonly #now: () => number;
  #sinceMs: number | null = null;
  #before: EventLoopUtilization | null = null;
  #isBusy = false;

  /** `read` is what the thread's event loop did until now; null while it is not known. */
  constructor(read: () => EventLoopUtilization | null, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** Whether it was so in the last whole window: asked for again and again, because it looks only then. */
  get isBusy(): boolean {
    const nowMs = this.#now();
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < WINDOW_MS) return this.#isBusy;
    const read = this.#read();
    const before = this.#before;
    this.#sinceMs = nowMs;
    this.#before = read;
    if (read === null || before === null) return this.#isBusy;
    const [active, idle] = [read.active - before.active, read.idle - before.idle];
    // A thread that took the place of a lost one begins at zero.
    this.#isBusy = active > 0 && idle >= 0 && active >= BUSY * (active + idle);
    return this.#isBusy;
  }
}
