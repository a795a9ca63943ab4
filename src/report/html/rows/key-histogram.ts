import type { DifferenceKind } from '../../../core/difference.js';

/** Bins that are kept; when there are more, neighbours are joined. */
const MOST_BINS = 1024;

export type KindCounts = Record<DifferenceKind, number>;

/** Differing rows of a stretch of the key space: from its first place on, `width` places long. */
export interface KeyBin {
  readonly from: bigint;
  readonly counts: Readonly<KindCounts>;
}

/**
 * Counts where on a scale rows differ, in memory that does not grow with their number: bins are one place wide until there
 * are too many, and twice as wide from then on, again and again.
 */
export class KeyHistogram {
  #width = 1n;
  #bins = new Map<bigint, KindCounts>();
  #first: bigint | null = null;
  #last: bigint | null = null;

  /** How many places a bin has. */
  get width(): bigint {
    return this.#width;
  }

  /** The first and the last place where a row differs; null where none was counted. */
  get range(): { readonly first: bigint; readonly last: bigint } | null {
    return this.#first === null || this.#last === null ? null : { first: this.#first, last: this.#last };
  }

  add(place: bigint, kind: DifferenceKind, rows: number): void {
    if (this.#first === null || place < this.#first) this.#first = place;
    if (this.#last === null || place > this.#last) this.#last = place;
    addTo(this.#bins, floorDivide(place, this.#width), { missing: 0, extra: 0, changed: 0, [kind]: rows });
    while (this.#bins.size > MOST_BINS) this.#widen();
  }

  /** The bins in which rows differ, in the order of the scale. */
  list(): KeyBin[] {
    return [...this.#bins]
      .map(([bin, counts]) => ({ from: bin * this.#width, counts }))
      .sort((one, other) => (one.from < other.from ? -1 : 1));
  }

  #widen(): void {
    this.#width *= 2n;
    const joined = new Map<bigint, KindCounts>();
    for (const [bin, counts] of this.#bins) addTo(joined, floorDivide(bin, 2n), counts);
    this.#bins = joined;
  }
}

function addTo(bins: Map<bigint, KindCounts>, bin: bigint, counts: Readonly<KindCounts>): void {
  const own = bins.get(bin);
  if (own === undefined) {
    bins.set(bin, { ...counts });
    return;
  }
  own.missing += counts.missing;
  own.extra += counts.extra;
  own.changed += counts.changed;
}

/** Division of BigInts goes towards zero, which would make the bin at zero twice as wide. */
function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}
