import { type ChecksumUse, describeUse } from '../core/checksum-place.js';
import { addSpan, type Coverage, findGaps } from '../core/coverage.js';
import type { TableResult } from '../core/result.js';
import type { Mode } from '../core/verdict.js';
import type { TableRecord } from './table-record.js';

/** How many chunks of a table were compared, by whom, and which key ranges they cover. */
export class ChunkTally {
  readonly #mode: Mode;
  #coverage: Coverage = [];
  #chunks = 0;
  #unverified = 0;
  readonly #hashed = { client: 0, server: 0 };

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  /** Adds a range that was compared. */
  add({ range, hasher, chunks = 1 }: Extract<TableRecord, { kind: 'compared' }>): void {
    // A sample is thousands of ranges that never touch, and says itself how much it is.
    if (range !== null && this.#mode === 'full') this.#coverage = addSpan(this.#coverage, range);
    this.#chunks += chunks;
    this.#hashed[hasher] += chunks;
  }

  /** Adds rows that were only counted. */
  addCounted(): void {
    this.#chunks++;
  }

  /** Adds rows of which nothing is known. */
  addUnverified(): void {
    this.#unverified++;
  }

  /** Forgets all. */
  reset(): void {
    this.#coverage = [];
    this.#chunks = 0;
    this.#unverified = 0;
    Object.assign(this.#hashed, { client: 0, server: 0 });
  }

  /** The key ranges that were compared, of a table that is walked in full. */
  get coverage(): Coverage {
    return this.#coverage;
  }

  /** The key ranges that were not. */
  get gaps(): Coverage {
    return findGaps(this.#coverage);
  }

  /** Whether something was compared, and all of that is known. */
  get areAllKnown(): boolean {
    return this.#unverified === 0 && this.#chunks > 0;
  }

  /** How many there are, and of how many nothing is known. */
  get counts(): Pick<TableResult['coverage'], 'chunks' | 'unverifiedChunks'> {
    return { chunks: this.#chunks + this.#unverified, unverifiedChunks: this.#unverified };
  }

  /** Who hashed the rows that were compared; null where none were. */
  get hashers(): ChecksumUse | null {
    return describeUse(this.#hashed);
  }
}
