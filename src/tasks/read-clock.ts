/**
 * Tells the time in which a thread's reads were at work. It stands still while all of them wait on purpose: a server must
 * not be taken for slow or lost because it was not asked for rows.
 */
export class ReadClock {
  readonly #now: () => number;
  #reads = 0;
  #waiting = 0;
  #stoppedAtMs: number | null = null;
  #stoodStillMs = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  now(): number {
    return (this.#stoppedAtMs ?? this.#now()) - this.#stoodStillMs;
  }

  beginRead(): void {
    this.#change(1, 0);
  }

  endRead(): void {
    this.#change(-1, 0);
  }

  beginWait(): void {
    this.#change(0, 1);
  }

  endWait(): void {
    this.#change(0, -1);
  }

  #change(reads: number, waiting: number): void {
    this.#reads += reads;
    this.#waiting += waiting;
    const isStopped = this.#waiting > 0 && this.#waiting === this.#reads;
    if (isStopped) this.#stoppedAtMs ??= this.#now();
    else if (this.#stoppedAtMs !== null) {
      this.#stoodStillMs += this.#now() - this.#stoppedAtMs;
      this.#stoppedAtMs = null;
    }
  }
}
