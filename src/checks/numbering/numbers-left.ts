import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { NumberFacts } from '../../core/gate/number-facts.js';
import { formatCount } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';
import { sourceNumberOf } from './source-number.js';

/** A tenth is what a table takes years for that took years to come so far. */
const FEW_SHARE = 10n;

/** Whether enough numbers are left, in the sequence and in its column: a narrower column of the target ends sooner. */
export const numbersLeft: Check = {
  id: 'numbers-left',
  group: 'numbering',
  claim: 'a tenth of the numbers at least is left in every sequence and every column that takes them',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { numbering } = context.facts.target;
    if (!numbering.known)
      return [unknownFinding('target', numbering, 'the numbers that are left') ?? []].flat();
    return numbering.value.flatMap((number) => judge(number, context) ?? []);
  },
};

function judge(number: NumberFacts, context: GateContext): CheckFinding | null {
  const { next, name: subject, cycles } = number;
  if (!next.known || cycles) return null;
  const end = endOf(number);
  const left = leftOf(next.value, end, number.step);
  if (absolute(end - next.value) * FEW_SHARE > absolute(end) && left > 0n) return null;
  const evidence = `next ${formatCount(next.value)}, the last is ${formatCount(end)}`;
  const source = sourceNumberOf(number, context);
  const isSoOnSource = source !== null && absolute(endOf(source)) <= absolute(end);
  if (left <= 0n && !isSoOnSource)
    return finding('failed', { subject, evidence, consequence: 'there is no number for the next row' });
  const level = isSoOnSource ? 'note' : 'warning';
  return finding(level, {
    subject,
    evidence,
    consequence: isSoOnSource
      ? ''
      : `${formatCount(left < 0n ? 0n : left)} numbers are left, fewer than on the source`,
    advice: isSoOnSource ? '' : 'widen the column, or let the sequence go further',
  });
}

function endOf({ last, columnLast, step }: NumberFacts): bigint {
  if (columnLast === null) return last;
  return (step < 0n ? columnLast > last : columnLast < last) ? columnLast : last;
}

function leftOf(next: bigint, end: bigint, step: bigint): bigint {
  return step < 0n ? (next - end) / -step + 1n : (end - next) / step + 1n;
}

function absolute(number: bigint): bigint {
  return number < 0n ? -number : number;
}
