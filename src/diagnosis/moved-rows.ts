import type { Diagnosis } from '../core/diagnosis.js';
import { countRows, type RowDifference, type Value } from '../core/difference.js';
import type { ColumnPair, KeyColumnPair, Side } from '../core/pairing.js';
import { formatCounted } from '../words/number-text.js';
import { adaptValue } from './adapted-value.js';
import { PROOF_BITS } from './explanation.js';
import { describeMoves, findChangedParts, type MovedRow, showMoves } from './moved-keys.js';
import { coincidenceBits, comparableForm, fingerprint } from './value-form.js';

/** Missing and extra rows that are remembered; beyond, what is found is likely at most. */
const MOST_ROWS = 50_000;
/** How many of the first and of the last rows of the source are looked up, to compare extra rows with. */
export const LOOKED_UP_ROWS = 200;

/** Missing or extra rows whose values beside the key are the same. */
interface KnownRows {
  readonly key: RowDifference['key'];
  rows: number;
  /** How many of them are among the first of their kind. */
  first: number;
}

type KeyValues = Readonly<Record<string, Value>>;

/**
 * Finds rows that are not lost or new but moved or copied: a missing and an extra row whose other columns are all
 * equal, and extra rows that repeat another row. Rows that hold too little to be told apart are left out.
 */
export class MovedRows {
  readonly #key: readonly KeyColumnPair[];
  readonly #columns: readonly ColumnPair[];
  /** Fingerprints of rows of the source with which extra rows are compared. */
  readonly #sourceRows: ReadonlySet<string>;
  readonly #missing = new Map<string, KnownRows>();
  readonly #extra = new Map<string, KnownRows>();
  readonly #counts = { missing: 0, extra: 0, copies: 0 };

  constructor({ key, columns, sourceRows }: MovedRowFacts) {
    this.#key = key;
    this.#columns = columns;
    this.#sourceRows = new Set(sourceRows.map((row) => this.#fingerprintOf(row, 'source') ?? ''));
  }

  add(difference: RowDifference): void {
    const { kind, key, source, target } = difference;
    const values = source ?? target;
    if (kind === 'changed' || values === null) return;
    const index = this.#counts[kind];
    const rows = countRows(difference);
    this.#counts[kind] += rows;
    if (kind === 'extra' && (difference.sourceCopies ?? 0) > 0) this.#counts.copies += rows;
    const print =
      index < MOST_ROWS ? this.#fingerprintOf(values, kind === 'missing' ? 'source' : 'target') : null;
    if (print === null) return;
    const all = kind === 'missing' ? this.#missing : this.#extra;
    const known = all.get(print) ?? { key, rows: 0, first: 0 };
    known.rows++;
    if (index < LOOKED_UP_ROWS) known.first++;
    all.set(print, known);
  }

  diagnose(): Diagnosis[] {
    return [this.#diagnoseKeys(), this.#diagnoseCopies()].filter((each) => each !== null);
  }

  /** Of the values beside the key; null where they say too little, as in a table of nothing but flags. */
  #fingerprintOf(values: KeyValues, side: Side): string | null {
    const own = this.#columns.map((pair) => {
      return [adaptValue(values[pair.target.name] ?? null, pair, side), pair.canonical] as const;
    });
    const bits = own.reduce((sum, [value]) => sum + coincidenceBits(value), 0);
    if (bits < PROOF_BITS) return null;
    return fingerprint(own.map(([value, canonical]) => comparableForm(value, canonical)));
  }

  #diagnoseKeys(): Diagnosis | null {
    const moved: MovedRow[] = [];
    for (const [text, from] of this.#missing) {
      const to = this.#extra.get(text);
      if (to === undefined || from.rows > 1 || to.rows > 1 || from.key === null || to.key === null) continue;
      moved.push({ from: from.key, to: to.key });
    }
    const { missing, extra } = this.#counts;
    if (moved.length * 2 <= Math.min(missing, extra)) return null;
    const parts = findChangedParts(this.#key, moved);
    const how = describeMoves(parts, moved);
    const isWhole = moved.length === missing && moved.length === extra;
    return {
      cause: 'key-changed',
      confidence: isWhole ? 'proved' : 'likely',
      columns: parts.map(({ target }) => target.name),
      rows: moved.length,
      evidence: {
        detail: `all other columns are equal${how === '' ? '' : `; ${how}`}`,
        of: Math.max(missing, extra),
        examples: showMoves(parts, moved),
      },
    };
  }

  /** Rows that repeat a row of the source which did arrive; of those that only repeat each other, all but one. */
  #countRepeated(): { rows: number; first: number } {
    let [rows, first] = [this.#counts.copies, 0];
    for (const [print, known] of this.#extra) {
      if (known.key === null) continue;
      const original = this.#sourceRows.has(print) && !this.#missing.has(print) ? 0 : 1;
      rows += known.rows - original;
      first += Math.max(0, known.first - original);
    }
    return { rows, first };
  }

  #diagnoseCopies(): Diagnosis | null {
    const { extra } = this.#counts;
    const { rows: repeated, first: repeatedFirst } = this.#countRepeated();
    const looked = Math.min(extra, LOOKED_UP_ROWS);
    if (repeated * 2 <= extra && repeatedFirst * 2 <= looked) return null;
    const [rows, of] = repeated * 2 > extra ? [repeated, extra] : [repeatedFirst, looked];
    const first =
      of < extra
        ? `; only the first ${formatCounted(of, 'extra row')} ${of === 1 ? 'was' : 'were'} looked up`
        : '';
    return {
      cause: 'rows-duplicated',
      confidence: repeated === extra ? 'proved' : 'likely',
      columns: [],
      rows,
      evidence: {
        detail: `equal to another row${this.#key.length === 0 ? '' : ' but for the key'}${first}`,
        of,
        examples: [],
      },
    };
  }
}

export interface MovedRowFacts {
  readonly key: readonly KeyColumnPair[];
  /** The compared columns beside the key. */
  readonly columns: readonly ColumnPair[];
  readonly sourceRows: readonly KeyValues[];
}
