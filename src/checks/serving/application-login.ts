import type { ApplicationFacts } from '../../core/gate/application-facts.js';
import { VERBS } from '../../core/gate/application-facts.js';
import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import { finding } from '../findings.js';

/** Whether the application can log in to the target, finds its schema there and may do with its rows what it does. */
export const applicationLogin: Check = {
  id: 'application',
  group: 'serving',
  claim: 'the application can log in to the target and may read and write its tables',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { application } = context;
    if (application === null)
      return [
        finding('not-applicable', {
          subject: 'application',
          evidence: 'nobody said how it logs in (--application URL)',
        }),
      ];
    if (!application.isIn)
      return [
        finding('failed', {
          subject: 'application',
          evidence: application.reason,
          consequence: 'it cannot start on the target',
          advice: application.hint,
        }),
      ];
    return [...judgePlace(application), ...judgeVerbs(application, context)];
  },
};

type LoggedIn = Extract<ApplicationFacts, { readonly isIn: true }>;

function judgePlace({
  account,
  server,
  isSameServer,
  schema,
  wantedSchema,
  isEncrypted,
}: LoggedIn): CheckFinding[] {
  return [
    ...(isSameServer
      ? []
      : [
          finding('failed', {
            subject: account,
            evidence: `${server} is another server than the target`,
            consequence: 'the application would run on what nobody compared',
          }),
        ]),
    ...(schema === wantedSchema
      ? []
      : [
          finding('failed', {
            subject: account,
            evidence: `it comes to schema ${schema}, and ${wantedSchema} was compared`,
            consequence: 'it finds other tables, or none',
          }),
        ]),
    ...(isEncrypted
      ? []
      : [finding('note', { subject: account, evidence: 'its connection is not encrypted' })]),
  ];
}

function judgeVerbs({ account, verbs }: LoggedIn, { tables }: GateContext): CheckFinding[] {
  if (!verbs.known)
    return [finding('not-checked', { subject: account, evidence: verbs.why, advice: verbs.grant ?? '' })];
  return tables.flatMap(({ target, source }) => {
    if (target === null || source === null) return [];
    const held = verbs.value.get(target.name);
    const lacking = VERBS.filter((verb) => held?.has(verb) !== true);
    if (lacking.length === 0) return [];
    // Many applications only read some of their tables, or only add to them.
    const level = lacking.includes('SELECT') ? 'failed' : 'warning';
    return [
      finding(level, {
        subject: `${target.schema}.${target.name}`,
        evidence: `${account} may not ${lacking.join(', ')}`,
        consequence: 'what the application does with it fails, if it does that',
        advice: `grant ${lacking.join(', ')} on it to ${account}`,
      }),
    ];
  });
}
