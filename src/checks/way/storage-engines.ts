import type { Check } from '../../core/gate/check.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether tables of the source can be read as of one moment: those that know no transactions are read as they are being written. */
export const storageEngines: Check = {
  id: 'storage-engines',
  group: 'way',
  claim: 'every table of the source knows transactions',
  weight: 'advice',
  phases: ['preflight'],
  find: ({ facts, schemas, tables }) => {
    const { storedTables } = facts.source;
    if (!storedTables.known) return [unknownFinding('source', storedTables, 'the tables') ?? []].flat();
    const looked = new Set(tables.flatMap(({ source }) => source?.name ?? []));
    return storedTables.value
      .filter(({ table, isTransactional }) => isTransactional === false && looked.has(table))
      .map(({ table, storage }) =>
        finding('warning', {
          subject: `${schemas.source}.${table}`,
          evidence: `is stored by ${storage ?? 'an engine'} on the source, which knows no transactions`,
          consequence:
            'a copy of it is of no single moment, and a statement that fails leaves half of what it wrote',
          advice: 'stop what writes to it while it is copied, or have it stored by another engine first',
        }),
      );
  },
};
