import type { CanonicalType } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import { adaptValue } from './adapted-value.js';
import { emptyRules } from './empty-rules.js';
import type { Alteration, CauseRule, Explanation, NumberChange } from './explanation.js';
import { fractionRules } from './fraction-rules.js';
import { integerRules } from './integer-rules.js';
import { movedNumberRules } from './moved-number-rules.js';
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
  ...movedNumberRules,
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
/** A changed value and where it stands. */
export interface ChangedValue {
  readonly pair: ColumnPair;
  readonly source: Value;
  readonly target: Value;
  readonly alone: boolean;
}

/** So many values of a column are tried with every rule, whatever fits; and so many again of each further task. */
const TRIED_WITH_ALL = 1000;
const TRIED_AGAIN = 100;

/** The rules that fitted values of a column, and how many values were tried with all rules. */
export class FittingRules {
  asked = 0;
  #rules: readonly CauseRule[] = [];
  #haveKinds = false;
  /** The kinds of the last change to each rule, and all of them in one: mostly those of the next one too. */
  #lastKinds: (number | string)[] = [];
  #kind: number | string = 0;

  /** Has some values tried with every rule once more: what fits further rows of a table may be something else. */
  tryAgain(): void {
    this.asked = Math.min(this.asked, TRIED_WITH_ALL - TRIED_AGAIN);
  }

  /** In the order of all rules. */
  get rules(): readonly CauseRule[] {
    return this.#rules;
  }

  /** The kind of a change to all of them; null where one must look at it, and until enough values were tried with all rules. */
  kindOf(change: NumberChange): number | string | null {
    if (this.asked < TRIED_WITH_ALL || !this.#haveKinds) return null;
    const last = this.#lastKinds;
    let isSame = true;
    for (let i = 0; i < this.#rules.length; i++) {
      const kind = this.#rules[i]?.kindOf?.(change) ?? null;
      if (kind === null) {
        last.length = 0;
        return null;
      }
      if (kind === last[i]) continue;
      last[i] = kind;
      isSame = false;
    }
    if (!isSame) this.#kind = last.length === 1 ? (last[0] ?? 0) : last.join('/');
    return this.#kind;
  }

  add(rule: CauseRule): void {
    if (this.#rules.includes(rule)) return;
    const fitting = new Set([...this.#rules, rule]);
    this.#rules = COLUMN_RULES.filter((each) => fitting.has(each));
    this.#haveKinds = this.#rules.every(({ kindOf }) => kindOf !== undefined);
    this.#lastKinds = [];
  }
}

/** Every explanation of one changed value, also that the source is the damaged side. */
export function explainChange(change: ChangedValue): Explanation[] {
  return explainBy(rulesOf(change.pair.canonical), change);
}

/**
 * The explanations of one changed value by the rules that fitted others of its column; by all rules where none of those does.
 * What fits every value of a column so is always among what is found.
 */
export function explainUsual(change: ChangedValue, fitting: FittingRules): Explanation[] {
  if (fitting.asked >= TRIED_WITH_ALL && fitting.rules.length > 0) {
    const usual = explainBy(fitting.rules, change);
    if (usual.length > 0) return usual;
  }
  fitting.asked++;
  return explainBy(rulesOf(change.pair.canonical), change, (rule) => fitting.add(rule));
}

function explainBy(
  rules: readonly CauseRule[],
  { pair, alone, ...values }: ChangedValue,
  onFit: ((rule: CauseRule) => void) | null = null,
): Explanation[] {
  const found: Explanation[] = [];
  if (sizeOf(values.source) + sizeOf(values.target) > MOST_CHARACTERS) return found;
  const source = adaptValue(values.source, pair, 'source');
  const target = adaptValue(values.target, pair, 'target');
  const { canonical } = pair;
  const [from, to] = [pair.source, pair.target];
  const forth: Alteration = { original: source, altered: target, from, to, canonical, alone };
  const back: Alteration = { original: target, altered: source, from: to, to: from, canonical, alone };
  const reversed: Explanation[] = [];
  for (const rule of rules) {
    const before = found.length + reversed.length;
    rule.explain(forth, found);
    if (rule.bothWays) rule.explain(back, reversed);
    if (onFit !== null && found.length + reversed.length > before) onFit(rule);
  }
  for (const each of reversed) {
    found.push({ ...each, detail: each.detail === '' ? 'on the source' : `${each.detail}, on the source` });
  }
  return found;
}

/** How many characters a value has, in which its size is measured. */
export function sizeOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === 'string' ? value.length : value.hex.length;
}
