import type { CanonicalType } from '../core/canonical-type.js';
import type { RowDifference, Value } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import { explainChange, explainUsual, FittingRules } from './explain-change.js';
import type { Explanation } from './explanation.js';
import { KnownChanges } from './known-changes.js';
import { explainSwaps } from './swapped-columns.js';

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
  }

  /** Says that rows follow whose evidence counts by itself. */
  begin(): void {
    this.#fitting.tryAgain();
    this.#kinds = new Map();
  }

  /** The ways in which a value may have come about; null where nobody looks, because very many values had none. */
  explain(source: Value, target: Value): readonly Explanation[] | null {
    if (this.#thoroughness === 'all') return this.#explain(source, target);
    if (this.#unexplained.of(this.#name) >= MOST_UNEXPLAINED) return null;
    const name = this.#pair.rule.kind === 'plain' ? this.#fitting.kindOf(source, target) : null;
    if (name === null) return this.#explain(source, target);
    const kind = this.#kinds.get(name);
    if (kind !== undefined && (kind.values === null || kind.values.size >= ENOUGH_VALUES)) return kind.found;
    const found = this.#explain(source, target);
    this.#note(name, found);
    return found;
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

  /** Remembers what was found of a kind of changes, and of how many values, where these are the evidence. */
  #note(name: number | string, found: readonly Explanation[]): void {
    if (found.length === 0) return;
    if (this.#kinds.size >= MOST_KINDS) this.#kinds = new Map();
    const isByValue = found.some(({ value }) => value !== undefined);
    const kind = this.#kinds.get(name) ?? { found, values: isByValue ? new Set() : null };
    for (const { value } of found) if (value !== undefined) kind.values?.add(value);
    this.#kinds.set(name, kind);
  }
}

/** What is found of changes of one kind; the digests of values, where only those that are not alike are evidence. */
interface Kind {
  readonly found: readonly Explanation[];
  readonly values: Set<number> | null;
}

/** A changed column of a row, and the ways in which its value may have come about. */
export interface ExplainedColumn {
  readonly column: string;
  readonly explanations: readonly Explanation[] | null;
}

/** Explains the changed values of the rows of one table. */
export class RowExplainer {
  readonly #pairs: ReadonlyMap<string, ColumnPair>;
  readonly #thoroughness: Thoroughness;
  readonly #unexplained: UnexplainedCounts;
  readonly #alone = new Map<string, ColumnExplainer>();
  readonly #amongOthers = new Map<string, ColumnExplainer>();

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

  /** Every changed column that was compared; none of a row that is missing or extra. */
  explain(difference: RowDifference): readonly ExplainedColumn[] {
    const { columns, source, target } = difference;
    if (source === null || target === null) return [];
    const [only, ...others] = columns;
    if (only !== undefined && others.length === 0) {
      const explanations = this.explainAlone(only, source[only] ?? null, target[only] ?? null);
      return explanations === undefined ? [] : [{ column: only, explanations }];
    }
    const swaps = explainSwaps(difference, this.#canonicalOf);
    const explained: ExplainedColumn[] = [];
    for (const column of columns) {
      const explainer = this.#explainerOf(column, false);
      if (explainer === null) continue;
      const known = explainer.explain(source[column] ?? null, target[column] ?? null);
      const swapped = swaps?.get(column);
      const explanations = swapped === undefined ? known : [...swapped, ...(known ?? [])];
      explained.push({ column, explanations });
    }
    return explained;
  }

  /** The only changed value of a row; undefined where its column was not compared. */
  explainAlone(column: string, source: Value, target: Value): readonly Explanation[] | null | undefined {
    return this.#explainerOf(column, true)?.explain(source, target);
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
