import type { CheckFinding, FindingLevel, Fix } from '../core/gate/check.js';
import type { Fact } from '../core/gate/fact.js';
import { SIDES, type Side } from '../core/pairing.js';

/** A finding with what most of them do not have left out. */
export interface FindingParts {
  readonly subject: string;
  readonly evidence: string;
  readonly consequence?: string;
  readonly fix?: Fix | null;
  readonly advice?: string;
}

/** Makes a finding of a level. */
export function finding(level: FindingLevel, parts: FindingParts): CheckFinding {
  return { level, consequence: '', fix: null, advice: '', ...parts };
}

/** What facts of both sides say, or why a check cannot say anything: one finding for each side that does not tell. */
export type BothFacts<Value> =
  | { readonly values: Readonly<Record<Side, Value>> }
  | { readonly missing: readonly CheckFinding[] };

/** Takes a fact of both sides. Where servers of a kind have no such thing, there is nothing to check. */
export function bothKnown<Value>(
  facts: Readonly<Record<Side, Fact<Value>>>,
  { what }: { readonly what: string },
): BothFacts<Value> {
  const { source, target } = facts;
  if (source.known && target.known) return { values: { source: source.value, target: target.value } };
  return { missing: SIDES.flatMap((side) => unknownFinding(side, facts[side], what) ?? []) };
}

/** What is said of a fact that a side does not tell; null where it is known. `what` completes "… of the target are hidden". */
export function unknownFinding(side: Side, fact: Fact<unknown>, what: string): CheckFinding | null {
  if (fact.known) return null;
  if (fact.isAbsent === true) return finding('not-applicable', { subject: side, evidence: fact.why });
  return finding('not-checked', {
    subject: side,
    evidence: `${what} of the ${side} are not known: ${fact.why}`,
    advice: fact.grant ?? '',
  });
}
