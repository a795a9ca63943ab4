import type { Check } from '../../core/gate/check.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether tables that were loaded without the log have it again. */
export const unlogged: Check = {
  id: 'unlogged',
  group: 'load',
  claim: 'every table of the target is logged, unless the source has it unlogged',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: ({ facts, schemas, phase }) => {
    const { source, target } = facts;
    if (!target.unlogged.known)
      return [unknownFinding('target', target.unlogged, 'the unlogged tables') ?? []].flat();
    const onSource = source.unlogged.known ? source.unlogged.value : [];
    const schema = schemas.target;
    return target.unlogged.value.map((table) => {
      const subject = `${schema}.${table}`;
      if (onSource.includes(table))
        return finding('note', { subject, evidence: 'is unlogged; it is so on the source too' });
      return finding(phase === 'preflight' ? 'note' : 'failed', {
        subject,
        evidence: 'is unlogged',
        consequence: 'it is empty after a crash, and on every standby and replica',
        fix: { side: 'target', action: { kind: 'log-table', schema, table } },
      });
    });
  },
};
