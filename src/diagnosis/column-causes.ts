import type { CanonicalType } from '../core/canonical-type.js';
import type { CauseCode, Diagnosis, DiagnosisExample } from '../core/diagnosis.js';
import type { RowDifference, Value } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import { adaptValue } from './adapted-value.js';
import { findAllowingRelaxation } from './allowing-relaxation.js';
import { chooseCauses } from './choose-causes.js';
import { ColumnTally } from './column-tally.js';
import { emptyRules } from './empty-rules.js';
import type { Alteration, CauseRule, Explanation } from './explanation.js';
import { fractionRules } from './fraction-rules.js';
import { integerRules } from './integer-rules.js';
import { KnownChanges } from './known-changes.js';
import { explainSwaps } from './swapped-columns.js';
import { textEncodingRules } from './text-encoding-rules.js';
import { textShapeRules } from './text-shape-rules.js';
import { timeRules } from './time-rules.js';
import { uuidRules } from './uuid-rules.js';

/** Every cause of a changed value. */
export const COLUMN_RULES: readonly CauseRule[] = [
  ...textEncodingRules,
  ...emptyRules,
  ...textShapeRules,
  ...uuidRules,
  ...integerRules,
  ...fractionRules,
  ...timeRules,
];

const rulesByType = new Map<CanonicalType, readonly CauseRule[]>();

function rulesOf(canonical: CanonicalType): readonly CauseRule[] {
  const known = rulesByType.get(canonical);
  if (known !== undefined) return known;
  const rules = COLUMN_RULES.filter(({ types }) => types?.has(canonical) !== false);
  rulesByType.set(canonical, rules);
  return rules;
}

/** Longer values are not explained: the copies that this takes would outweigh the rows. */
const MOST_CHARACTERS = 4 << 20;
/** Longer examples would outweigh the report. */
const MOST_EXAMPLE_CHARACTERS = 300;

/** A changed value and where it stands. */
export interface ChangedValue {
  readonly pair: ColumnPair;
  readonly source: Value;
  readonly target: Value;
  readonly alone: boolean;
}

/** Every explanation of one changed value, also that the source is the damaged side. */
export function explainChange({ pair, alone, ...values }: ChangedValue): Explanation[] {
  const found: Explanation[] = [];
  if (sizeOf(values.source) + sizeOf(values.target) > MOST_CHARACTERS) return found;
  const source = adaptValue(values.source, pair, 'source');
  const target = adaptValue(values.target, pair, 'target');
  const { canonical } = pair;
  const [from, to] = [pair.source, pair.target];
  const forth: Alteration = { original: source, altered: target, from, to, canonical, alone };
  const back: Alteration = { original: target, altered: source, from: to, to: from, canonical, alone };
  const reversed: Explanation[] = [];
  for (const { bothWays, explain } of rulesOf(canonical)) {
    explain(forth, found);
    if (bothWays) explain(back, reversed);
  }
  for (const each of reversed) {
    found.push({ ...each, detail: each.detail === '' ? 'on the source' : `${each.detail}, on the source` });
  }
  return found;
}

function sizeOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === 'string' ? value.length : value.hex.length;
}

/** Gathers the causes of the changed values of one table, a row at a time. */
export class ColumnCauses {
  readonly #pairs: ReadonlyMap<string, ColumnPair>;
  readonly #tallies = new Map<string, ColumnTally>();
  readonly #knownAlone = new Map<string, KnownChanges>();
  readonly #knownAmongOthers = new Map<string, KnownChanges>();

  /** `columns` are all compared columns of the table. */
  constructor(columns: readonly ColumnPair[]) {
    this.#pairs = new Map(columns.map((pair) => [pair.target.name, pair]));
  }

  add(difference: RowDifference): void {
    const { columns, source, target } = difference;
    if (source === null || target === null) return;
    const swaps = explainSwaps(difference, this.#canonicalOf);
    for (const column of columns) {
      const pair = this.#pairs.get(column);
      if (pair === undefined) continue;
      const values = { source: source[column] ?? null, target: target[column] ?? null };
      const alone = columns.length === 1;
      const known = this.#knownOf(column, alone).explain(values.source, values.target, () =>
        explainChange({ pair, ...values, alone }),
      );
      const swapped = swaps?.get(column);
      const explanations = swapped === undefined ? known : [...swapped, ...known];
      const example = explanations.length === 0 ? null : exampleOf(difference, column);
      this.#tallyOf(column).add(explanations, example);
    }
  }

  /** What explains a value may depend on whether its column is the only changed one. */
  #knownOf(column: string, alone: boolean): KnownChanges {
    const all = alone ? this.#knownAlone : this.#knownAmongOthers;
    const known = all.get(column) ?? new KnownChanges();
    all.set(column, known);
    return known;
  }

  readonly #canonicalOf = (column: string): CanonicalType => this.#pairs.get(column)?.canonical ?? 'text';

  /** What was found, the columns in the order in which they first differed. */
  diagnose(): Diagnosis[] {
    const diagnoses: Diagnosis[] = [];
    const swaps = new Set<string>();
    for (const [column, tally] of this.#tallies) {
      for (const { cause, detail, confidence, rows, examples } of chooseCauses(tally.sets, tally.rows)) {
        const columns = columnsOf(column, cause, detail);
        if (columns.length > 1) {
          const name = [...columns].sort().join('\n');
          if (swaps.has(name)) continue;
          swaps.add(name);
        }
        const evidence = { detail: columns.length > 1 ? '' : detail, of: tally.rows, examples };
        const isWhole = rows === tally.rows && confidence === 'proved';
        const relaxation = isWhole ? findAllowingRelaxation(cause, detail) : null;
        diagnoses.push({
          ...{ cause, confidence, columns, rows, evidence },
          ...(relaxation !== null && { relaxation }),
        });
      }
    }
    return diagnoses;
  }

  #tallyOf(column: string): ColumnTally {
    const known = this.#tallies.get(column);
    if (known !== undefined) return known;
    const tally = new ColumnTally();
    this.#tallies.set(column, tally);
    return tally;
  }
}

/** A swap is a diagnosis of two columns; the other one is named by the detail. */
function columnsOf(column: string, cause: CauseCode, detail: string): string[] {
  return cause === 'columns-swapped' ? [column, detail.replace(/^with /, '')] : [column];
}

function exampleOf({ key, source, target }: RowDifference, column: string): DiagnosisExample | null {
  const example = { key, column, source: source?.[column] ?? null, target: target?.[column] ?? null };
  const size = sizeOf(example.source) + sizeOf(example.target);
  return size > MOST_EXAMPLE_CHARACTERS ? null : example;
}
