import type { Check } from '../../core/gate/check.js';
import { SIDES } from '../../core/pairing.js';
import { formatDuration } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';

const LONG_MS = 600_000;

/** Whether transactions are open for long: a snapshot for a load, a slot and a change of a table wait for them. */
export const longTransactions: Check = {
  id: 'long-transactions',
  group: 'way',
  claim: 'no transaction has been open for 10 minutes',
  weight: 'advice',
  phases: ['preflight'],
  find: ({ facts }) =>
    SIDES.flatMap((side) => {
      const { sessions } = facts[side];
      if (!sessions.known) return [unknownFinding(side, sessions, 'the transactions') ?? []].flat();
      return sessions.value
        .filter(
          ({ isOwn, kind, transactionMs }) => !isOwn && kind === 'client' && (transactionMs ?? 0) >= LONG_MS,
        )
        .map(({ account, id, transactionMs, state }) =>
          finding('warning', {
            subject: account,
            evidence: `session ${id} on the ${side} has a transaction open for ${formatDuration(transactionMs ?? 0)}, ${state === 'working' ? 'at work' : 'idle'}`,
            consequence: 'the start of a copy waits for it, and the server keeps old rows for it',
            fix: { side, action: { kind: 'end-sessions', ids: [id] } },
          }),
        );
    }),
};
