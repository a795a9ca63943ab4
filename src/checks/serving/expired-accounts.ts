import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { ExpiryFacts } from '../../core/gate/serving-facts.js';
import { formatCounted } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';

const SOON_DAYS = 7;

/** Whether accounts that could log in to the source can log in to the target. Applications reconnect at the switch, all at once. */
export const expiredAccounts: Check = {
  id: 'expired-accounts',
  group: 'serving',
  claim:
    'no account of the target is locked, or has a password that has expired, unless it is so on the source',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { target } = context.facts;
    if (!target.expiries.known)
      return [unknownFinding('target', target.expiries, 'the accounts') ?? []].flat();
    return target.expiries.value.flatMap((account) => judge(account, context) ?? []);
  },
};

function judge(account: ExpiryFacts, { facts }: GateContext): CheckFinding | null {
  const { obstacle, daysLeft, account: subject } = account;
  const { expiries } = facts.source;
  const partners = expiries.known ? expiries.value.filter(({ user }) => user === account.user) : null;
  // One that the source does not have serves no application of it.
  if (partners !== null && partners.length === 0) return null;
  if (obstacle !== null) {
    if (partners?.every((each) => each.obstacle !== null) === true) return null;
    const consequence = 'whoever uses it cannot log in';
    return finding(partners === null ? 'note' : 'warning', {
      subject,
      evidence: `${obstacle} on the target`,
      consequence,
    });
  }
  if (daysLeft === null || daysLeft > SOON_DAYS) return null;
  return finding('warning', {
    subject,
    evidence: `its password on the target expires in ${formatCounted(daysLeft, 'day')}`,
    consequence: 'whoever uses it cannot log in then',
  });
}
