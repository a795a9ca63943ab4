import type { CanonicalType } from '../core/canonical-type.js';
import type { Value } from '../core/difference.js';
import type { ColumnPair } from '../core/pairing.js';
import { adaptValue } from './adapted-value.js';
import { emptyRules } from './empty-rules.js';
import type { Alteration, CauseRule, Explanation } from './explanation.js';
import { fractionRules } from './fraction-rules.js';
import { integerRules } from './integer-rules.js';
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

/** How many characters a value has, in which its size is measured. */
export function sizeOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === 'string' ? value.length : value.hex.length;
}
