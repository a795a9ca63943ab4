import type { BucketLook } from '../core/bucket.js';
import type { Side } from '../core/pairing.js';

/** Odd numbers that spread over 64 bits, one for each part of an entry. */
const PRIMES = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n] as const;

/** What stands for a row that differs, and for how: the same only where the row is, and as often on either side. */
export function entryOf(
  rowHash: bigint,
  { source, target }: Readonly<Record<Side, number | bigint>>,
): bigint {
  const mixed =
    (rowHash ^ (rowHash >> 29n)) * PRIMES[0] + BigInt(source) * PRIMES[1] + BigInt(target) * PRIMES[2];
  return BigInt.asUintN(64, mixed);
}

/** Picks the rows that differ as they did in every look before. */
export class EntryFilter {
  readonly #look: BucketLook | null;
  readonly #known: ReadonlySet<bigint> | null;
  readonly #entries: bigint[] = [];
  /** With the last look: rows that differed otherwise before. */
  unsettled = 0;

  constructor(look: BucketLook | null) {
    this.#look = look;
    this.#known = look?.known === null || look === null ? null : new Set(look.known);
  }

  /** Takes in what differs, and for how many rows it stands. Returns whether it is kept now. */
  keeps(entry: bigint, rows: number): boolean {
    if (this.#look === null) return true;
    const isKnown = this.#known === null || this.#known.has(entry);
    if (isKnown) this.#entries.push(entry);
    else if (this.#look.isLast) this.unsettled += rows;
    return isKnown && this.#look.isLast;
  }

  /** What every look showed so far, ascending. */
  get entries(): BigUint64Array {
    return BigUint64Array.from(this.#entries).sort();
  }
}
