import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { IncomingFacts } from '../../core/gate/link-facts.js';
import { formatCounted } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether what the target follows by is at work: one that stands still looks like a source that is quiet. */
export const replication: Check = {
  id: 'replication',
  group: 'positions',
  claim: 'what the target follows by is running, and has copied every table',
  weight: 'essential',
  phases: ['preflight', 'cutover'],
  find: (context) => {
    const { links } = context.facts.target;
    if (!links.known) return [unknownFinding('target', links, 'the links') ?? []].flat();
    if (links.value.incoming.length === 0)
      return [
        finding('not-applicable', {
          subject: 'target',
          evidence: 'it follows nothing that its server knows of',
        }),
      ];
    return links.value.incoming.flatMap((incoming) => judge(incoming, context));
  },
};

function judge(incoming: IncomingFacts, { phase }: GateContext): readonly CheckFinding[] {
  const { name, what, isRunning, error, unready } = incoming;
  const subject = name === '' ? 'target' : name;
  if (!isRunning)
    return [
      finding(phase === 'preflight' ? 'warning' : 'failed', {
        subject,
        evidence: `it follows by ${what}, which stands still${error === null ? '' : `: ${error}`}`,
        consequence: 'nothing that is written on the source arrives any more',
        advice: 'start it, or end it if the target is to follow no more',
      }),
    ];
  if (unready.length === 0)
    return [finding('note', { subject, evidence: `it follows by ${what}, which is running` })];
  return [
    finding(phase === 'preflight' ? 'note' : 'failed', {
      subject,
      evidence: `${formatCounted(unready.length, 'table')} of ${what} not copied yet: ${listOf(unready)}`,
      consequence: 'rows of them are missing on the target',
      advice: 'wait until they are copied',
    }),
  ];
}

const LISTED = 3;

function listOf(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
