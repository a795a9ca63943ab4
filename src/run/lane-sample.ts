/** A chunk that was read and compared. */
export interface LaneChunk {
  readonly table: string;
  /** Of the source. */
  readonly rows: number;
  /** Of the larger side, on the wire. */
  readonly bytes: number;
  /** What the lane took for it. */
  readonly elapsedMs: number;
}

/** What lanes took for chunks while so many of them were in use. */
export class LaneSample {
  readonly #tables = new Map<string, { bytes: number; ms: number }>();
  #chunks = 0;
  #ms = 0;

  get chunks(): number {
    return this.#chunks;
  }

  /** The time of all lanes together. */
  get ms(): number {
    return this.#ms;
  }

  add({ table, bytes, elapsedMs }: Omit<LaneChunk, 'rows'>): void {
    const known = this.#tables.get(table) ?? { bytes: 0, ms: 0 };
    this.#tables.set(table, { bytes: known.bytes + bytes, ms: known.ms + elapsedMs });
    this.#chunks++;
    this.#ms += elapsedMs;
  }

  /** What both saw. */
  with(other: LaneSample): LaneSample {
    const both = new LaneSample();
    for (const each of [this, other]) {
      for (const [table, { bytes, ms }] of each.#tables) both.add({ table, bytes, elapsedMs: ms });
    }
    return both;
  }

  /**
   * How many times as long as in another sample a lane took for as much. Only tables that are in both count, because rows differ in
   * what they cost; where there is none, bytes are taken to cost the same everywhere.
   */
  costAgainst(other: LaneSample): number {
    const shared = [...this.#tables].flatMap(([table, mine]) => {
      const theirs = other.#tables.get(table);
      return theirs === undefined ? [] : [{ mine, theirs }];
    });
    const pairs = shared.length > 0 ? shared : [{ mine: this.#total(), theirs: other.#total() }];
    let expectedMs = 0;
    let ms = 0;
    for (const { mine, theirs } of pairs) {
      expectedMs += (mine.bytes * theirs.ms) / theirs.bytes;
      ms += mine.ms;
    }
    return ms / expectedMs;
  }

  #total(): { readonly bytes: number; readonly ms: number } {
    let bytes = 0;
    for (const table of this.#tables.values()) bytes += table.bytes;
    return { bytes, ms: this.#ms };
  }
}
