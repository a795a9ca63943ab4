import type { Check } from '../../core/gate/check.js';
import { formatBytes } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether the planner of the target knows what the tables hold: a load brings rows, and no statistics of them. */
export const statistics: Check = {
  id: 'statistics',
  group: 'serving',
  claim: 'every large table of the target was analyzed',
  weight: 'advice',
  phases: ['cutover', 'after'],
  find: ({ facts }) => {
    const { unanalyzed } = facts.target;
    if (!unanalyzed.known) return [unknownFinding('target', unanalyzed, 'the statistics') ?? []].flat();
    return unanalyzed.value.map(({ schema, table, bytes }) =>
      finding('warning', {
        subject: `${schema}.${table}`,
        evidence: `${formatBytes(bytes)} that were never analyzed`,
        consequence: 'queries get plans for a table that nothing is known of, which may take hours',
        fix: { side: 'target', action: { kind: 'analyze', schema, table } },
      }),
    );
  },
};
