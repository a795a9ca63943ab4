import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { NumberFacts } from '../../core/gate/number-facts.js';
import { formatCount } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';
import { sourceNumberOf } from './source-number.js';

/** Whether new rows get numbers that are free. What replication copies are rows: the number that comes next stays where it was. */
export const nextNumber: Check = {
  id: 'numbering',
  group: 'numbering',
  claim: 'every sequence, identity and AUTO_INCREMENT of the target gives a number next that is free',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { target } = context.facts;
    if (!target.numbering.known) {
      const missing = unknownFinding('target', target.numbering, 'the numbers that come next');
      return missing === null ? [] : [missing];
    }
    return target.numbering.value.flatMap((number) => judge(number, context) ?? []);
  },
};

function judge(number: NumberFacts, context: GateContext): CheckFinding | null {
  const { next, largest, name: subject, cycles } = number;
  const source = sourceNumberOf(number, context);
  for (const fact of [next, largest]) {
    if (fact.known) continue;
    return finding('not-checked', { subject, evidence: fact.why, advice: fact.grant ?? '' });
  }
  // What begins anew at its end gives numbers again on purpose.
  if (!next.known || !largest.known || cycles) return null;
  const isBehind = largest.value !== null && isBefore(next.value, largest.value + number.step, number.step);
  if (isBehind) return behind(number, { next: next.value, largest: largest.value }, { context, source });
  return reused(number, next.value, { context, source });
}

interface Beside {
  readonly context: GateContext;
  readonly source: NumberFacts | null;
}

/** Whether a number comes before another one in the direction of the step. */
function isBefore(number: bigint, other: bigint, step: bigint): boolean {
  return step < 0n ? number > other : number < other;
}

function behind(
  number: NumberFacts,
  { next, largest }: { readonly next: bigint; readonly largest: bigint | null },
  { context, source }: Beside,
): CheckFinding {
  const evidence = `next ${formatCount(next)}, largest ${formatCount(largest ?? 0n)}`;
  const subject = number.name;
  // An application that takes blocks of numbers, or none, has it so on the running source as well.
  if (source !== null && isBehindItself(source))
    return finding('note', { subject, evidence: `${evidence}; it is so on the source too` });
  const level = context.phase === 'preflight' ? 'note' : 'failed';
  return finding(level, {
    subject,
    evidence,
    consequence: 'the next insert fails',
    fix: raise(number, source),
  });
}

function isBehindItself({ next, largest, step }: NumberFacts): boolean {
  return (
    next.known && largest.known && largest.value !== null && isBefore(next.value, largest.value + step, step)
  );
}

/** Rows that the source deleted last leave numbers that it never gives again, and that others may remember; so do rows that came many at a time. */
function reused(number: NumberFacts, next: bigint, { context, source }: Beside): CheckFinding | null {
  if (source === null || !source.next.known || number.step < 0n !== source.step < 0n) return null;
  if (!isBefore(next, source.next.value, number.step)) return null;
  // Of a sequence that no column is known to use, nothing says whether its numbers are free: only that they were given.
  const level = number.table === null ? 'failed' : 'warning';
  return finding(context.phase === 'preflight' ? 'note' : level, {
    subject: number.name,
    evidence: `next ${formatCount(next)}, next on the source ${formatCount(source.next.value)}`,
    consequence: 'numbers are given that the source has given to rows before, or passed over',
    fix: raise(number, source),
  });
}

/** Above the largest value of either side, and not below what the source would give. */
function raise(number: NumberFacts, source: NumberFacts | null): CheckFinding['fix'] {
  const { step, schema, sequence, column } = number;
  const candidates = [number, ...(source === null ? [] : [source])].flatMap(({ next, largest }) => [
    ...(largest.known && largest.value !== null ? [largest.value + step] : []),
    ...(next.known ? [next.value] : []),
  ]);
  const farthest = candidates.reduce((far, each) => (isBefore(far, each, step) ? each : far));
  return {
    side: 'target',
    action: {
      kind: 'raise-number',
      schema,
      table: number.table ?? '',
      column,
      sequence,
      next: farthest,
      isDescending: step < 0n,
    },
  };
}
