import type { CanonicalType } from '../core/canonical-type.js';
import type { RowDifference, Value } from '../core/difference.js';
import { type ChangedMarks, unitsOf } from '../core/encoding/canonical-number.js';
import type { ColumnPair, Side } from '../core/pairing.js';
import { explainChange, explainUsual, FittingRules } from './explain-change.js';
import type { Explanation } from './explanation.js';
import { KnownChanges } from './known-changes.js';
import { explainSwaps, maySwap } from './swapped-columns.js';

/** After so many values of a column that nothing fits, further ones are passed over. */
const MOST_UNEXPLAINED = 100_000;

/** More values that are not alike prove no more. */
const ENOUGH_VALUES = 8;
const MOST_KINDS = 1024;

/** `all` finds every way in which a value may have come about; `usual` first tries those that fitted others of its column. */
export type Thoroughness = 'all' | 'usual';

/** How many values of each column of a table nothing fitted so far, as far as one thread has seen them. */
export class UnexplainedCounts {
  readonly #counts = new Map<string, number>();

  add(column: string): void {
    this.#counts.set(column, this.of(column) + 1);
  }

  of(column: string): number {
    return this.#counts.get(column) ?? 0;
  }
}

/** A row that has changed: its values are read only where they are looked at. */
export interface ChangedRow {
  /** The columns in which it has. */
  readonly columns: readonly string[];
  /** What their values are told apart by, in the same order; null where nobody has read that. */
  readonly marks: ChangedMarks | null;
  /** The value that a side has in the column in a place of these lists. */
  readValue(side: Side, place: number): Value;
  describe(): RowDifference;
}

/** Explains the changed values of one column, and remembers values that come up again. */
export class ColumnExplainer {
  readonly #pair: ColumnPair;
  readonly #alone: boolean;
  readonly #thoroughness: Thoroughness;
  readonly #known = new KnownChanges();
  readonly #fitting = new FittingRules();
  #kinds = new Map<number | string, Kind>();
  readonly #unexplained: UnexplainedCounts;
  readonly #name: string;
  /** The change that is looked at; null where its values are not read as numbers. */
  readonly #change: { source: number; target: number; readonly one: number } | null;

  /** What explains a value may depend on whether its column is the only changed one. */
  constructor(
    pair: ColumnPair,
    { alone, thoroughness }: { readonly alone: boolean; readonly thoroughness: Thoroughness },
    unexplained: UnexplainedCounts,
  ) {
    this.#pair = pair;
    this.#alone = alone;
    this.#thoroughness = thoroughness;
    this.#unexplained = unexplained;
    this.#name = pair.target.name;
    const one = pair.rule.kind === 'plain' ? unitsOf(pair.canonical) : null;
    // NaN, because a field that began as a small whole number would have a new object made for every other one.
    this.#change = one === null ? null : { source: Number.NaN, target: Number.NaN, one };
  }

  /** Says that rows follow whose evidence counts by itself. */
  begin(): void {
    this.#fitting.tryAgain();
    this.#kinds = new Map();
  }

  /** The ways in which a value may have come about; null where nobody looks, because very many values had none. */
  explain(row: ChangedRow, place: number): Explained {
    const isUsual = this.#thoroughness === 'usual';
    if (isUsual && this.#unexplained.of(this.#name) >= MOST_UNEXPLAINED) return null;
    const kind = isUsual ? this.#kindOf(row.marks, place) : null;
    const known = kind === null ? undefined : this.#kinds.get(kind);
    if (known !== undefined && this.#isEnough(known)) return known.found;
    const found = this.#explain(row.readValue('source', place), row.readValue('target', place));
    if (kind !== null) this.#note(kind, found);
    return found;
  }

  /** The kind of a change to the rules that fitted others; null where one must look at it. */
  #kindOf(marks: ChangedMarks | null, place: number): number | string | null {
    const change = this.#change;
    if (change === null || marks === null) return null;
    change.source = marks.source[place] as number;
    change.target = marks.target[place] as number;
    // NaN is no number, and beyond safe integers the difference of two is not exact.
    return Number.isSafeInteger(change.target - change.source) ? this.#fitting.kindOf(change) : null;
  }

  #explain(source: Value, target: Value): readonly Explanation[] {
    const known = this.#known.find(source, target);
    if (known !== null) return known;
    const change = { pair: this.#pair, source, target, alone: this.#alone };
    const isUsual = this.#thoroughness === 'usual';
    const found = isUsual ? explainUsual(change, this.#fitting) : explainChange(change);
    if (isUsual && found.length === 0) this.#unexplained.add(this.#name);
    this.#known.keep(source, target, found);
    return found;
  }

  /** Whether the change that is looked at is no more evidence than those of its kind before it. */
  #isEnough({ values }: Kind): boolean {
    return values === null || values.size >= ENOUGH_VALUES || values.has(this.#change?.source ?? Number.NaN);
  }

  /** Remembers what was found of a kind of changes, and of which values, where these are the evidence. */
  #note(name: number | string, found: readonly Explanation[]): void {
    if (found.length === 0) return;
    if (this.#kinds.size >= MOST_KINDS) this.#kinds = new Map();
    const isByValue = found.some(({ value }) => value !== undefined);
    const kind = this.#kinds.get(name) ?? { found, values: isByValue ? new Set() : null };
    kind.values?.add(this.#change?.source ?? Number.NaN);
    this.#kinds.set(name, kind);
  }
}

/** What is found of changes of one kind; the values they were found of, where only those that are not alike are evidence. */
interface Kind {
  readonly found: readonly Explanation[];
  readonly values: Set<number> | null;
}

/** The ways in which a value may have come about; null where nobody looked. */
export type Explained = readonly Explanation[] | null;

/** What explains columns that change together: null for one that was not compared. */
interface ColumnSet {
  readonly columns: readonly string[];
  readonly explainers: readonly (ColumnExplainer | null)[];
  readonly canonicals: readonly CanonicalType[];
}

/** Explains the changed values of the rows of one table. */
export class RowExplainer {
  readonly #pairs: ReadonlyMap<string, ColumnPair>;
  readonly #thoroughness: Thoroughness;
  readonly #unexplained: UnexplainedCounts;
  readonly #alone = new Map<string, ColumnExplainer>();
  readonly #amongOthers = new Map<string, ColumnExplainer>();
  /** Mostly that of the next row too. */
  #last: ColumnSet = { columns: [], explainers: [], canonicals: [] };

  /** `columns` are all compared columns of the table. */
  constructor(
    columns: readonly ColumnPair[],
    thoroughness: Thoroughness,
    unexplained = new UnexplainedCounts(),
  ) {
    this.#unexplained = unexplained;
    this.#pairs = new Map(columns.map((pair) => [pair.target.name, pair]));
    this.#thoroughness = thoroughness;
  }

  /** Says that rows follow whose evidence counts by itself, and of which some are looked at closely again. */
  begin(): void {
    for (const explainers of [this.#alone, this.#amongOthers])
      for (const explainer of explainers.values()) explainer.begin();
  }

  /** Tells of every changed column that was compared. */
  explain(row: ChangedRow, tell: (column: string, explanations: Explained) => void): void {
    const set = row.columns === this.#last.columns ? this.#last : this.#setOf(row.columns);
    const { columns, explainers, canonicals } = set;
    const maySwapAny = columns.length > 1 && (row.marks === null || maySwap(canonicals, row.marks));
    const swaps = maySwapAny ? explainSwaps(row.describe(), this.#canonicalOf) : null;
    for (let place = 0; place < columns.length; place++) {
      const known = explainers[place]?.explain(row, place);
      if (known === undefined) continue;
      const column = columns[place] as string;
      const swapped = swaps?.get(column);
      tell(column, swapped === undefined ? known : [...swapped, ...(known ?? [])]);
    }
  }

  #setOf(columns: readonly string[]): ColumnSet {
    const isAlone = columns.length === 1;
    const explainers = columns.map((column) => this.#explainerOf(column, isAlone));
    this.#last = { columns, explainers, canonicals: columns.map(this.#canonicalOf) };
    return this.#last;
  }

  #explainerOf(column: string, alone: boolean): ColumnExplainer | null {
    const all = alone ? this.#alone : this.#amongOthers;
    const known = all.get(column);
    if (known !== undefined) return known;
    const pair = this.#pairs.get(column);
    if (pair === undefined) return null;
    const made = new ColumnExplainer(pair, { alone, thoroughness: this.#thoroughness }, this.#unexplained);
    all.set(column, made);
    return made;
  }

  readonly #canonicalOf = (column: string): CanonicalType => this.#pairs.get(column)?.canonical ?? 'text';
}

/** A row that is at hand, as it is explained. */
export function toChangedRow(row: RowDifference): ChangedRow {
  const { columns } = row;
  const readValue = (side: Side, place: number): Value => row[side]?.[columns[place] ?? ''] ?? null;
  return { columns, marks: null, readValue, describe: () => row };
}
