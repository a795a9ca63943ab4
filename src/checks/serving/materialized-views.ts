import type { Check } from '../../core/gate/check.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether materialized views of the target hold something: one that does not refuses to be read. */
export const materializedViews: Check = {
  id: 'materialized-views',
  group: 'serving',
  claim: 'every materialized view of the target was filled, unless the source has it empty',
  weight: 'advice',
  phases: ['cutover', 'after'],
  find: ({ facts, schemas }) => {
    const { source, target } = facts;
    if (!target.unpopulated.known)
      return [unknownFinding('target', target.unpopulated, 'the materialized views') ?? []].flat();
    const onSource = source.unpopulated.known ? source.unpopulated.value : [];
    const schema = schemas.target;
    return target.unpopulated.value.map((table) => {
      const subject = `${schema}.${table}`;
      if (onSource.includes(table))
        return finding('note', { subject, evidence: 'was never filled; it is so on the source too' });
      return finding('failed', {
        subject,
        evidence: 'was never filled',
        consequence: 'queries that read it fail',
        fix: { side: 'target', action: { kind: 'refresh-view', schema, table } },
      });
    });
  },
};
