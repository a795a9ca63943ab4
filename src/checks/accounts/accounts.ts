import type { AccountFacts } from '../../core/gate/account-facts.js';
import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import { finding } from '../findings.js';
import { judgeBoth } from '../schema/paired.js';
import { isSystemAccount } from './system-accounts.js';

/** Whether those who work with the schema can log in to the target. */
export const accounts: Check = {
  id: 'accounts',
  group: 'accounts',
  claim: 'every account of the source with rights in the schema is on the target',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'accounts', what: 'the accounts' }, ({ source, target }) =>
      source
        .filter((account) => account.isOfSchema && !account.isOurs && !isSystemAccount(account))
        .flatMap((account) => judge(account, target, context) ?? []),
    ),
};

function judge(
  account: AccountFacts,
  others: readonly AccountFacts[],
  { isSameEngine, phase }: GateContext,
): CheckFinding | null {
  const { name, user, canLogIn, isForReplication } = account;
  if (others.some((other) => (isSameEngine ? other.name === name : other.user === user))) return null;
  const sameUser = others.filter((other) => other.user === user).map((other) => other.name);
  const what = canLogIn ? 'account' : 'role';
  const evidence =
    sameUser.length > 0
      ? `the target has no such account, but ${sameUser.join(', ')}`
      : `the target has no such ${what}`;
  // Other servers have other accounts; which of them takes its place nobody can tell.
  const isNote = !isSameEngine || phase === 'preflight' || isForReplication;
  return finding(isNote ? 'note' : 'warning', {
    subject: name,
    evidence,
    consequence: isNote
      ? ''
      : canLogIn
        ? 'whoever uses it cannot log in'
        : 'rights that it gives are missing',
    advice: isNote ? '' : `create it on the target, or accept this if nobody needs it there`,
  });
}
