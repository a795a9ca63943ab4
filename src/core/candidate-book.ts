import { isSameState, noRowStates, type RowStates } from './row-states.js';

/** How often in a row a pair of rows must be seen alike before it counts as different, each time behind a fence of its own. */
export const LOOKS_TO_CONFIRM = 3;
/** Source values of a row that are remembered. */
const MOST_SEEN = 16;

/** One look at some candidates: what the source held of each, then the target behind a fence, then the source once more. */
export interface Look {
  /** Which candidates were looked at, ascending; the states are in the same order. */
  readonly rows: Uint32Array;
  readonly before: RowStates;
  readonly target: RowStates;
  readonly after: RowStates;
}

const OPEN = 0;
const IN_FLIGHT = 1;
const CONFIRMED = 2;

/** The values of a row at one time. */
interface RowState {
  readonly present: number;
  readonly hash: bigint;
}

/**
 * What is known of rows that differed when they were read. One that was equal in a look was *in flight*; also where the target
 * holds what the source held at an earlier look, as of rows that change faster than anybody can look. It is *confirmed* by the
 * same pair of rows in several looks one after the other: a single one proves nothing, because the row may have gone and come
 * back between its two reads of the source, and a server may show a commit before its position holds it.
 */
export class CandidateBook {
  readonly size: number;
  readonly #needed: number;
  readonly #states: Uint8Array;
  readonly #source: RowStates;
  readonly #target: RowStates;
  /** Looks in a row, up to the last one, that showed the same pair. */
  readonly #alike: Uint16Array;
  readonly #looks: Uint16Array;
  /** What the source held of rows that it changed meanwhile. */
  readonly #seen = new Map<number, RowState[]>();
  #isFenceBroken = false;

  /** `needed` is null where no number of looks confirms a row, but only the end of the time: without a fence in global order. */
  constructor(size: number, needed: number | null) {
    this.size = size;
    this.#needed = needed ?? Number.POSITIVE_INFINITY;
    this.#states = new Uint8Array(size);
    this.#source = noRowStates(size);
    this.#target = noRowStates(size);
    this.#alike = new Uint16Array(size);
    this.#looks = new Uint16Array(size);
  }

  /** Candidates of which it is not known yet what they are. */
  get open(): Uint32Array {
    return this.#list(OPEN);
  }

  get confirmed(): Uint32Array {
    return this.#list(CONFIRMED);
  }

  get inFlight(): number {
    return this.#states.reduce((sum, state) => sum + Number(state === IN_FLIGHT), 0);
  }

  /** Whether a row became equal that was confirmed and that the source had not changed: then the fence is none. */
  get isFenceBroken(): boolean {
    return this.#isFenceBroken;
  }

  /** How often a candidate was looked at. */
  looksAt(row: number): number {
    return this.#looks[row] as number;
  }

  /** Whether a side had a candidate when it was looked at last. One that was in flight is what both had when they were equal. */
  isPresent(side: 'source' | 'target', row: number): boolean {
    const isSource = side === 'source' && this.#states[row] !== IN_FLIGHT;
    return (isSource ? this.#source : this.#target).present[row] === 1;
  }

  /** Takes in a look. */
  note({ rows, before, target, after }: Look): void {
    for (const [at, row] of rows.entries()) {
      const isStill = isSameState(before, after, at);
      const isEqual = isSameState(before, target, at) || isSameState(after, target, at);
      const wasSeen = this.#wasSeen(row, target, at);
      const isAlike = isStill && this.#isPairAsBefore(row, { after, target, at });
      if (
        (isEqual || wasSeen) &&
        this.#states[row] === CONFIRMED &&
        isStill &&
        this.#isSourceAsBefore(row, after, at)
      )
        this.#isFenceBroken = true;
      this.#keepPair(row, { before, after, target, at });
      this.#looks[row] = Math.min(0xffff, (this.#looks[row] as number) + 1);
      if (isEqual || wasSeen) {
        this.#states[row] = IN_FLIGHT;
        this.#seen.delete(row);
        continue;
      }
      const alike = isAlike ? Math.min(0xffff, (this.#alike[row] as number) + 1) : isStill ? 1 : 0;
      this.#alike[row] = alike;
      this.#states[row] = alike >= this.#needed ? CONFIRMED : OPEN;
    }
  }

  /** Confirms the open candidates that were the same pair in every look, of which there were at least so many. */
  confirmUnchanged(leastLooks = LOOKS_TO_CONFIRM): void {
    for (const row of this.open) {
      const looks = this.#looks[row] as number;
      if (looks >= leastLooks && this.#alike[row] === looks) this.#states[row] = CONFIRMED;
    }
  }

  /** Takes back all that was confirmed. */
  distrust(): void {
    for (const row of this.confirmed) this.#states[row] = OPEN;
  }

  #list(state: number): Uint32Array {
    const rows: number[] = [];
    for (let row = 0; row < this.size; row++) if (this.#states[row] === state) rows.push(row);
    return Uint32Array.from(rows);
  }

  /** Whether the source held the same at an earlier look. */
  #wasSeen(row: number, states: RowStates, at: number): boolean {
    if (this.#looks[row] !== 0 && this.#isSourceAsBefore(row, states, at)) return true;
    const seen = this.#seen.get(row);
    return (
      seen?.some(({ present, hash }) => present === states.present[at] && hash === states.hashes[at]) === true
    );
  }

  #isSourceAsBefore(row: number, source: RowStates, at: number): boolean {
    return this.#source.present[row] === source.present[at] && this.#source.hashes[row] === source.hashes[at];
  }

  #isPairAsBefore(row: number, { after, target, at }: PairNow): boolean {
    return (
      this.#looks[row] !== 0 &&
      this.#isSourceAsBefore(row, after, at) &&
      this.#target.present[row] === target.present[at] &&
      this.#target.hashes[row] === target.hashes[at]
    );
  }

  #keepPair(row: number, { before, after, target, at }: PairNow & { readonly before: RowStates }): void {
    if (this.#looks[row] !== 0 && !this.#isSourceAsBefore(row, before, at))
      this.#remember(row, this.#source, row);
    if (!isSameState(before, after, at)) this.#remember(row, before, at);
    this.#source.present[row] = after.present[at] as number;
    this.#source.hashes[row] = after.hashes[at] as bigint;
    this.#target.present[row] = target.present[at] as number;
    this.#target.hashes[row] = target.hashes[at] as bigint;
  }

  #remember(row: number, states: RowStates, at: number): void {
    const seen = this.#seen.get(row) ?? [];
    seen.push({ present: states.present[at] as number, hash: states.hashes[at] as bigint });
    if (seen.length > MOST_SEEN) seen.shift();
    this.#seen.set(row, seen);
  }
}

/** A pair of rows as a look found it. */
interface PairNow {
  readonly after: RowStates;
  readonly target: RowStates;
  readonly at: number;
}
