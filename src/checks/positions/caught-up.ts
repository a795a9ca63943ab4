import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { FollowFacts } from '../../core/gate/follow-facts.js';
import { formatDuration } from '../../words/number-text.js';
import { finding } from '../findings.js';

/** Whether the target has what the source had committed when it was asked. */
export const caughtUp: Check = {
  id: 'lag',
  group: 'positions',
  claim: 'the target has applied everything that the source had committed',
  weight: 'essential',
  phases: ['preflight', 'cutover'],
  find: ({ follow, phase }) => [
    ...describeReach(follow, phase),
    ...follow.without.map(describeWithout),
    ...follow.leftOut.map(({ table, filter }) =>
      finding('note', {
        subject: table,
        evidence: `replication leaves it out, all of it or some of it: ${filter}`,
      }),
    ),
  ],
};

function describeReach(
  { ways, isReached, lagMs, without }: FollowFacts,
  phase: GateContext['phase'],
): CheckFinding[] {
  if (ways.length === 0 && without.length === 0)
    return [
      finding('not-applicable', {
        subject: 'target',
        evidence: 'it does not follow the source in a way that the servers tell of',
      }),
    ];
  if (isReached === null) return [];
  if (isReached) {
    const evidence = `it had what the source had committed ${formatDuration(lagMs ?? 0)} later`;
    return [finding('note', { subject: 'target', evidence })];
  }
  return [
    finding(phase === 'preflight' ? 'note' : 'failed', {
      subject: 'target',
      evidence: 'it did not come up to the source within --max-lag-wait',
      consequence: 'the last writes would be missing after the switch',
      advice: 'wait until it has caught up, or find out why it does not',
    }),
  ];
}

/** A target that is fed by a tool has no place in the servers' own replication; a right that is missing hides one. */
function describeWithout({ reason, grant, isHalted }: FollowFacts['without'][number]): CheckFinding {
  if (isHalted)
    return finding('failed', {
      subject: 'target',
      evidence: `replication to it stands still: ${reason}`,
      consequence: 'nothing that is written on the source arrives any more',
    });
  if (grant !== null)
    return finding('not-checked', {
      subject: 'target',
      evidence: `it is not known how far the target is, because ${reason}`,
      advice: grant,
    });
  return finding('not-applicable', { subject: 'target', evidence: reason });
}
