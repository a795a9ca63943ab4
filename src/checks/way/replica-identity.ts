import type { Check } from '../../core/gate/check.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether rows that change on the source can be named to whoever follows it: a table without a key has nothing to name them by. */
export const replicaIdentity: Check = {
  id: 'replica-identity',
  group: 'way',
  claim: 'rows of every table of the source can be told to who follows it',
  weight: 'advice',
  phases: ['preflight'],
  find: ({ facts, follow }) => {
    const { unidentified } = facts.source;
    if (!unidentified.known)
      return [unknownFinding('source', unidentified, 'the identities of rows') ?? []].flat();
    return unidentified.value.flatMap(({ schema, table, isPublished }) => {
      // A copy of the whole log needs no name for a row.
      if (!isPublished && follow.ways.length > 0) return [];
      return finding(isPublished ? 'failed' : 'warning', {
        subject: `${schema}.${table}`,
        evidence: `the source has no key for its rows, and no replica identity${isPublished ? ', and publishes it' : ''}`,
        consequence: isPublished
          ? 'updates and deletes of it fail on the source'
          : 'updates and deletes of it fail on the source as soon as it is published',
        fix: { side: 'source', action: { kind: 'identify-rows', schema, table } },
      });
    });
  },
};
