import type { Check } from '../../core/gate/check.js';
import type { PlanFacts } from '../../core/gate/plan-facts.js';
import { formatBytes, formatCount, formatCounted, formatDuration } from '../../words/number-text.js';
import { finding } from '../findings.js';

/** What a verify would look at and take, and what of it no row could prove. */
export const provable: Check = {
  id: 'provable',
  group: 'way',
  claim: 'every table and column can be verified',
  weight: 'essential',
  phases: ['preflight'],
  find: ({ plan }) => {
    if (plan === null) return [];
    return [
      finding('note', { subject: 'verify', evidence: describeSize(plan) }),
      ...plan.different.map(({ subject, message, hint }) =>
        finding('failed', {
          subject,
          evidence: message.replace(/\.$/, ''),
          consequence: 'no row can make the verdict VERIFIED',
          advice: hint,
        }),
      ),
      ...plan.unverified.map(({ subject, message, hint }) =>
        finding('not-checked', {
          subject,
          evidence: message.replace(/\.$/, ''),
          consequence: 'the gate will not say GO unless it is accepted',
          advice: hint,
        }),
      ),
    ];
  },
};

function describeSize({ tables, rows, bytes, seconds }: PlanFacts): string {
  return [
    formatCounted(tables, 'table'),
    ...(rows === null ? [] : [`about ${formatCount(rows)} rows`]),
    ...(bytes === null ? [] : [`about ${formatBytes(bytes)}`]),
    ...(seconds === null ? [] : [`${formatDuration(seconds * 1000)} at the most, as far as can be told`]),
  ].join(', ');
}
