import type { CheckFinding, GateContext } from '../../core/gate/check.js';
import type { DeferralFacts } from '../../core/gate/constraint-facts.js';
import { finding } from '../findings.js';
import { lackLevel } from './paired.js';

interface About {
  readonly subject: string;
  readonly context: GateContext;
  /** What comes of it where the target may put off what the source does not; null for nothing. */
  readonly laterFails: string | null;
}

/**
 * Says that the target holds rows to a constraint at another moment of a transaction. Only servers of one kind have the same
 * moments to choose from.
 */
export function judgeDeferral(
  source: DeferralFacts,
  target: DeferralFacts,
  { subject, context, laterFails }: About,
): CheckFinding | null {
  const [wanted, found] = [lateness(source), lateness(target)];
  if (!context.isSameEngine || wanted === found) return null;
  const evidence = `${WORDS[wanted]} on the source, ${WORDS[found]} on the target`;
  const advice = 'drop it and add it again as it is on the source';
  if (wanted > found)
    return finding(lackLevel(context.phase), {
      subject,
      evidence,
      consequence: 'a transaction that sets rows up in another order fails',
      advice,
    });
  if (laterFails === null || wanted > 0) return finding('note', { subject, evidence });
  return finding('warning', { subject, evidence, consequence: laterFails, advice });
}

const WORDS = [
  'checked at once',
  'checked at once unless a transaction puts that off',
  'checked at the end of a transaction',
] as const;

function lateness({ isDeferrable, isDeferred }: DeferralFacts): 0 | 1 | 2 {
  if (isDeferred) return 2;
  return isDeferrable ? 1 : 0;
}
