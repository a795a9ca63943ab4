import type { Check } from '../../core/gate/check.js';
import { bothKnown, finding } from '../findings.js';

/** What services and tools bring along, and no application asks for. */
const OF_OTHERS =
  /^(plpgsql|rds_|aws_|aurora_|azure|pgaadauth|google_|alloydb|aiven|pglogical|pgaudit|pg_stat_|pg_cron|pg_repack|pg_hint_plan|pg_prewarm|hypopg|pageinspect|pg_buffercache|pg_visibility|amcheck|auto_explain)/;

/** Whether what is installed into the database of the source is in that of the target: types, functions and indexes come from there. */
export const extensions: Check = {
  id: 'extensions',
  group: 'serving',
  claim: 'every extension of the source is installed on the target',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: ({ facts }) => {
    const { source, target } = facts;
    const both = bothKnown(
      { source: source.extensions, target: target.extensions },
      { what: 'the extensions' },
    );
    if ('missing' in both) return both.missing.slice(0, 1);
    return both.values.source.flatMap(({ name, version }) => {
      const partner = both.values.target.find((each) => each.name === name);
      if (partner === undefined)
        return finding(OF_OTHERS.test(name) ? 'note' : 'warning', {
          subject: name,
          evidence: `the source has it (${version}), the target does not`,
          ...(OF_OTHERS.test(name) ? {} : { consequence: 'statements that use what it brings fail' }),
        });
      return partner.version === version
        ? []
        : finding('note', {
            subject: name,
            evidence: `${partner.version} on the target, ${version} on the source`,
          });
    });
  },
};
