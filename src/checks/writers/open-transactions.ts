import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { SessionFacts } from '../../core/gate/session-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import { formatDuration } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';

/** Whether something that was written is neither committed nor taken back: what it becomes is open, and no reading shows it. */
export const openTransactions: Check = {
  id: 'open-transactions',
  group: 'writers',
  claim: 'no transaction that has written is open, and none is prepared, on either side',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => SIDES.flatMap((side) => [...findOpen(side, context), ...findPrepared(side, context)]),
};

/** Those of what applies changes are the migration's own, and over in a moment. */
function findOpen(side: Side, { facts, phase }: GateContext): readonly CheckFinding[] {
  if (side === 'target' && phase === 'after') return [];
  const { sessions } = facts[side];
  if (!sessions.known)
    return [unknownFinding(side, sessions, 'the open transactions')].filter((each) => each !== null);
  return sessions.value
    .filter(({ kind, isWriting, isOwn }) => kind === 'client' && isWriting && !isOwn)
    .map((session) =>
      finding(phase === 'preflight' ? 'note' : 'failed', {
        subject: session.account,
        evidence: `session ${session.id} on the ${side} has written and not committed${describeState(session)}`,
        ...(phase === 'preflight' ? {} : { consequence: CONSEQUENCE }),
        fix: phase === 'preflight' ? null : { side, action: { kind: 'end-sessions', ids: [session.id] } },
      }),
    );
}

const CONSEQUENCE = 'its rows change when it is committed, after they were compared';

function describeState({ state, sinceMs, statement }: SessionFacts): string {
  const words = state === 'working' ? 'at work' : 'idle';
  return `, ${words} for ${formatDuration(sinceMs)}${statement === null ? '' : `: ${statement}`}`;
}

function findPrepared(side: Side, { facts, phase }: GateContext): readonly CheckFinding[] {
  if (side === 'target' && phase === 'after') return [];
  const { prepared } = facts[side];
  if (!prepared.known)
    return [unknownFinding(side, prepared, 'the prepared transactions')].filter(
      (each) => each !== null && each.level !== 'not-applicable',
    ) as readonly CheckFinding[];
  return prepared.value.map(({ name, account, since }) => {
    const whose = account === '' ? '' : ` by ${account}`;
    return finding(phase === 'preflight' ? 'warning' : 'failed', {
      subject: name,
      evidence: `is prepared on the ${side}${whose}${since === null ? '' : ` since ${since}`}`,
      consequence: 'its rows are locked, and change when somebody commits it',
      advice: 'commit it or roll it back, as its coordinator says',
    });
  });
}
