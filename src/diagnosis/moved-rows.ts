import { CAUSE_TITLES, type Diagnosis } from '../core/diagnosis.js';
import type { RowDifference, Value } from '../core/difference.js';
import type { ColumnPair, KeyColumnPair, Side } from '../core/pairing.js';
import { adaptValue } from './adapted-value.js';
import { ColumnCauses } from './column-causes.js';
import { readExactNumber } from './exact-number.js';
import { PROOF_BITS } from './explanation.js';
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

interface MovedRow {
  readonly from: KeyValues;
  readonly to: KeyValues;
}

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
    const index = this.#counts[kind]++;
    if (kind === 'extra' && copiesOf(difference) > 0) this.#counts.copies++;
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
    const isWhole = moved.length === missing && moved.length === extra;
    return {
      cause: 'key-changed',
      confidence: isWhole ? 'proved' : 'likely',
      columns: this.#key.map(({ target }) => target.name),
      rows: moved.length,
      evidence: {
        detail: this.#describeMoves(moved),
        of: Math.max(missing, extra),
        examples: this.#examples(moved),
      },
    };
  }

  #examples(moved: readonly MovedRow[]): Diagnosis['evidence']['examples'] {
    const [first] = this.#key;
    if (first === undefined) return [];
    const column = first.target.name;
    return moved.slice(0, 3).map(({ from, to }) => ({
      key: from,
      column,
      source: from[column] ?? null,
      target: to[column] ?? null,
    }));
  }

  /** Says how the keys changed, where all of them did in the same way: the causes of changed values hold for keys too. */
  #describeMoves(moved: readonly MovedRow[]): string {
    const [only, ...others] = this.#key;
    if (only === undefined || others.length > 0) return 'all other columns are equal';
    const column = only.target.name;
    const steps = new Set(moved.map(({ from, to }) => stepBetween(from[column] ?? null, to[column] ?? null)));
    const [step] = steps;
    if (steps.size === 1 && typeof step === 'string' && moved.length > 1) {
      return `all other columns are equal; every key by ${step}`;
    }
    const causes = new ColumnCauses(this.#key);
    for (const { from, to } of moved) {
      causes.add({ kind: 'changed', key: from, columns: [column], source: from, target: to });
    }
    const whole = causes.diagnose().find(({ rows }) => rows === moved.length);
    if (whole === undefined) return 'all other columns are equal';
    const { detail } = whole.evidence;
    return `all other columns are equal; of the key: ${CAUSE_TITLES[whole.cause]}${detail === '' ? '' : `, ${detail}`}`;
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
    const first = of < extra ? `; only the first ${of} extra rows were looked up` : '';
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

/** How often the source has a row without a key that the target has more often; 0 where it has none or a key. */
function copiesOf(difference: RowDifference): number {
  return 'sourceCopies' in difference ? Number(difference.sourceCopies) : 0;
}

function stepBetween(from: Value, to: Value): string | null {
  const [before, after] = [readExactNumber(from), readExactNumber(to)];
  if (before === null || after === null || before.scale > 0 || after.scale > 0) return null;
  const step = after.units - before.units;
  return step > 0n ? `+${step}` : `${step}`;
}
