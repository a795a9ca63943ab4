import type { Check } from '../../core/gate/check.js';
import { formatCount, formatCounted } from '../../words/number-text.js';
import { bothKnown, finding } from '../findings.js';

/** Whether the target takes as many sessions as the application opens. */
export const connections: Check = {
  id: 'connections',
  group: 'serving',
  claim: 'the target takes as many sessions as the source had',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: ({ facts }) => {
    const both = bothKnown(
      { source: facts.source.capacity, target: facts.target.capacity },
      { what: 'the limits of sessions' },
    );
    if ('missing' in both) return both.missing;
    const { source, target } = both.values;
    if (target.limit < source.used)
      return [
        finding('warning', {
          subject: 'max_connections',
          evidence: `the target takes ${formatCount(target.limit)}, the source had ${formatCounted(source.used, 'session')}`,
          consequence: 'the application is refused when it is as busy as it was',
          advice: 'raise the limit of the target, or have a pool before it',
        }),
      ];
    if (target.limit >= source.limit) return [];
    const evidence = `the target takes ${formatCounted(target.limit, 'session')}, the source ${formatCount(source.limit)}`;
    return [finding('note', { subject: 'max_connections', evidence })];
  },
};
