import type { Confidence, Diagnosis } from '../core/diagnosis.js';
import type { Value } from '../core/difference.js';
import type { KeyKind } from '../core/encoding/key-bytes.js';
import { formatCounted } from '../words/number-text.js';
import { readExactNumber } from './exact-number.js';
import { PROOF_BITS } from './explanation.js';
import { findIntervals, type Intervals, type KeyRun } from './interval-series.js';
import { compareKeys } from './key-order.js';

/** Runs of missing rows that are kept; further ones are only counted. */
const MOST_RUNS = 10_000;
const LEAST_RUN_ROWS = 3;
const LEAST_ROWS_IN_RUNS = 10;
const MOST_NAMED_RUNS = 3;

/** A run that still grows. */
interface Run extends KeyRun {
  last: bigint;
  rows: number;
}

/** What is known of a table beside its differences. */
export interface MissingRowFacts {
  readonly keyKinds: readonly KeyKind[];
  readonly sourceRows: number;
  readonly targetRows: number;
  /** Whether only rows that meet a condition were compared. */
  readonly isConditional: boolean;
  /** Whether a sentence may name keys. */
  readonly showsKeys: boolean;
  /** Whether every missing row is added, so that what lies between two of them is there. */
  readonly areAll: boolean;
  /** The key of the target's last row; null where it could not be read, or there is none. */
  readonly lastTargetKey: readonly Value[] | null;
}

/**
 * Finds a pattern in which rows are missing, from their keys alone, which come in key order. That keys follow each other
 * without a gap is only known of whole numbers; of those nothing can be between two neighbours.
 */
export class MissingRows {
  readonly #facts: MissingRowFacts;
  readonly #runs: Run[] = [];
  #rows = 0;
  #afterLast = 0;
  #allRuns = 0;
  #firstAfter: readonly Value[] | null = null;

  constructor(facts: MissingRowFacts) {
    this.#facts = facts;
  }

  /** Counts rows, and looks at their key; null where rows do not come in the order of one. */
  add(key: readonly Value[] | null, rows = 1): void {
    this.#rows += rows;
    if (key === null) return;
    const { keyKinds, lastTargetKey, areAll } = this.#facts;
    if (lastTargetKey !== null) {
      const order = compareKeys(keyKinds, key, lastTargetKey);
      if (order !== null && order > 0) {
        this.#afterLast++;
        this.#firstAfter ??= key;
      }
    }
    const [part] = key;
    if (!areAll || keyKinds.length !== 1 || keyKinds[0] !== 'int') return;
    // A boolean is shown as a word, and is a whole number all the same.
    const number = readExactNumber(part ?? null);
    if (number !== null) this.#addToRun(number.units);
  }

  /** Counts rows whose keys follow each other without a gap, all of the table's missing rows in ascending order. */
  addRuns(runs: readonly Pick<Run, 'first' | 'last'>[]): void {
    const end = readExactNumber(this.#facts.lastTargetKey?.[0] ?? null)?.units ?? null;
    for (const { first, last } of runs) {
      const rows = Number(last - first) + 1;
      this.#rows += rows;
      this.#allRuns++;
      if (this.#runs.length < MOST_RUNS) this.#runs.push({ first, last, rows });
      if (end === null || last <= end) continue;
      const from = first > end ? first : end + 1n;
      this.#afterLast += Number(last - from) + 1;
      this.#firstAfter ??= [`${from}`];
    }
  }

  #addToRun(key: bigint): void {
    const run = this.#runs.at(-1);
    if (run !== undefined && this.#allRuns === this.#runs.length && run.last + 1n === key) {
      run.last = key;
      run.rows++;
      return;
    }
    this.#allRuns++;
    if (this.#runs.length < MOST_RUNS) this.#runs.push({ first: key, last: key, rows: 1 });
  }

  /** The patterns that hold; `isComplete` says whether every row of the table was compared. */
  diagnose(isComplete: boolean): Diagnosis[] {
    if (this.#rows === 0 || !isComplete) return [];
    if (this.#facts.targetRows === 0) return [this.#diagnoseEmpty()];
    const tail = this.#diagnoseTail();
    if (tail !== null && tail.rows === this.#rows) return [tail];
    const found = [tail, this.#diagnoseIntervals() ?? this.#diagnoseRuns()];
    return found.filter((each) => each !== null);
  }

  #diagnosis(
    cause: Diagnosis['cause'],
    { rows, detail, confidence }: { rows: number; detail: string; confidence: Confidence },
  ): Diagnosis {
    return { cause, confidence, columns: [], rows, evidence: { detail, of: this.#rows, examples: [] } };
  }

  #diagnoseEmpty(): Diagnosis {
    const detail = this.#facts.isConditional ? 'as far as the condition goes' : '';
    return this.#diagnosis('target-empty', { rows: this.#rows, detail, confidence: 'proved' });
  }

  #diagnoseTail(): Diagnosis | null {
    const rows = this.#afterLast;
    if (rows * 2 <= this.#rows) return null;
    const isProof = chanceBits(this.#facts.sourceRows, rows) >= PROOF_BITS;
    return this.#diagnosis('missing-tail', {
      rows,
      detail: this.#facts.showsKeys ? `from key ${formatKey(this.#firstAfter ?? [])} on` : '',
      confidence: isProof && rows === this.#rows && rows > 1 ? 'proved' : 'likely',
    });
  }

  #diagnoseIntervals(): Diagnosis | null {
    if (this.#allRuns > this.#runs.length) return null;
    const intervals = findIntervals(this.#runs);
    if (intervals === null) return null;
    const { distance, series } = intervals;
    const rows = series.reduce((sum, { runs, length }) => sum + runs * length, 0);
    const inEach = series.reduce((sum, { length }) => sum + BigInt(length), 0n);
    // Where most rows are gone, what is left is the pattern.
    const confidence = rows === this.#rows && inEach * 2n <= distance ? 'proved' : 'likely';
    const detail = formatIntervals(intervals, this.#facts);
    return this.#diagnosis('missing-at-intervals', { rows, detail, confidence });
  }

  #diagnoseRuns(): Diagnosis | null {
    const runs = this.#runs.filter(({ rows }) => rows >= LEAST_RUN_ROWS);
    const rows = runs.reduce((sum, run) => sum + run.rows, 0);
    if (rows < LEAST_ROWS_IN_RUNS || rows * 2 <= this.#rows) return null;
    const named = runs.slice(0, MOST_NAMED_RUNS).map(({ first, last }) => `${first} to ${last}`);
    const more = runs.length - named.length;
    const detail = this.#facts.showsKeys
      ? `keys ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
      : formatCounted(runs.length, 'run');
    return this.#diagnosis('missing-runs', {
      rows,
      detail,
      confidence: rows === this.#rows ? 'proved' : 'likely',
    });
  }
}

/** How unlikely it is, in bits, that `drawn` rows drawn at random from all of them are one given set. */
function chanceBits(all: number, drawn: number): number {
  let bits = 0;
  for (let i = 0; i < Math.min(drawn, all - drawn) && bits < PROOF_BITS; i++) {
    bits += Math.log2((all - i) / (i + 1));
  }
  return bits;
}

function formatIntervals(
  { distance, series }: Intervals,
  { showsKeys }: Pick<MissingRowFacts, 'showsKeys'>,
): string {
  const places = series.map(({ first, last, length, holes }) => {
    const together = length === 1 ? '' : `, ${length} in a row`;
    const unless = holes === 0 ? '' : `, but for ${formatCounted(holes, 'place')}`;
    return `from ${first} to ${last}${together}${unless}`;
  });
  if (showsKeys) return `every ${distance} keys, ${places.join('; ')}`;
  return `every ${distance} keys${series.length === 1 ? '' : `, ${series.length} times`}`;
}

function formatKey(key: readonly Value[]): string {
  return key
    .map((part) => (part !== null && typeof part === 'object' ? `0x${part.hex}` : `${part}`))
    .join(', ');
}
