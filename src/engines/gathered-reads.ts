import { RowproofError } from '../core/errors.js';

/** Reads that go to a server as one message, so that none waits for the answer of the one before it. */
export class GatheredReads<Read> {
  readonly #readAll: (reads: readonly Read[]) => Promise<void>;
  #waiting: Read[] = [];
  #next: Promise<void> | null = null;

  constructor(readAll: (reads: readonly Read[]) => Promise<void>) {
    this.#readAll = readAll;
  }

  /** Reads with all that are asked for at the same time, in that order. Where one of them fails, all have failed. */
  add(read: Read): Promise<void> {
    this.#waiting.push(read);
    this.#next ??= Promise.resolve().then(() => this.#hand());
    return this.#next;
  }

  #hand(): Promise<void> {
    const reads = this.#waiting;
    this.#waiting = [];
    this.#next = null;
    return this.#readAll(reads);
  }
}

/** What is wrong with reads that went together where one of them was wanted no further: nothing is known of those after it. */
export function stoppedReads(): RowproofError {
  return new RowproofError({ code: 'read', message: 'A read that others wait for was ended early.' });
}
