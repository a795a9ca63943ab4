import type { AccountFacts, GrantFacts } from '../../core/gate/account-facts.js';
import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import { finding } from '../findings.js';
import { findByName, judgeBoth, listShortly } from '../schema/paired.js';
import { isSystemAccount } from './system-accounts.js';

/** Whether accounts that are on both sides may do on the target what they may do on the source with rows and routines. */
export const grants: Check = {
  id: 'grants',
  group: 'accounts',
  claim: 'accounts of both sides may do on the target what they may do on the source',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'grants', what: 'the grants' }, ({ source, target }) => {
      const { accounts } = context.facts.source;
      const { accounts: others } = context.facts.target;
      if (!accounts.known || !others.known) return [];
      const held = { source: groupByAccount(source), target: groupByAccount(target) };
      const names = accounts.value.filter(
        (account) => !account.isOurs && !account.isForReplication && !isSystemAccount(account),
      );
      // Servers of another kind may have one account for several of the source.
      const partners = new Map<string, GrantFacts[]>();
      for (const account of names) {
        const partner = partnerOf(account, others.value, context);
        if (partner === null) continue;
        const own = held.source.get(account.name) ?? [];
        partners.set(partner.name, [...(partners.get(partner.name) ?? []), ...own]);
      }
      return [...partners].flatMap(
        ([account, from]) => judge({ account, from, to: held.target.get(account) ?? [] }, context) ?? [],
      );
    }),
};

/** What applications do. What only administrators and replication do is no matter of the switch. */
const OF_APPLICATIONS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE'];

function groupByAccount(values: readonly GrantFacts[]): ReadonlyMap<string, readonly GrantFacts[]> {
  const groups = new Map<string, GrantFacts[]>();
  for (const grant of values) groups.set(grant.account, [...(groups.get(grant.account) ?? []), grant]);
  return groups;
}

function partnerOf(
  { name, user }: AccountFacts,
  others: readonly AccountFacts[],
  { isSameEngine }: GateContext,
): AccountFacts | null {
  return others.find((other) => (isSameEngine ? other.name === name : other.user === user)) ?? null;
}

interface Held {
  readonly account: string;
  readonly from: readonly GrantFacts[];
  readonly to: readonly GrantFacts[];
}

function judge({ account, from, to }: Held, context: GateContext): CheckFinding | null {
  const whole = wholeOf(to);
  if (to.some(({ privileges }) => privileges.includes('ALL'))) return null;
  const named = to.flatMap((grant) => (grant.object === null ? [] : { ...grant, name: grant.object }));
  const byName = new Map(named.map((grant) => [grant.name, grant]));
  const lacking = new Map<string, string[]>();
  const lack = (privilege: string, what: string): void => {
    lacking.set(privilege, [...(lacking.get(privilege) ?? []), what]);
  };
  for (const privilege of wholeOf(from))
    if (!whole.has(privilege)) lackWhole(privilege, to, { context, lack });
  for (const { object, kind, privileges } of from) {
    if (object === null) continue;
    const name = targetName(object, kind, context);
    if (name === null) continue;
    const own = byName.get(name) ?? findByName(name, named);
    const held = new Set([...whole, ...(own?.privileges ?? [])]);
    const wanted = privileges.filter((each) => OF_APPLICATIONS.includes(each) || kind === 'sequence');
    for (const privilege of wanted) if (!held.has(privilege)) lack(privilege, name);
  }
  if (lacking.size === 0) return null;
  // In one order, whatever the servers' is: what is accepted is known by these words.
  const evidence = [...lacking]
    .map(([privilege, names]) => `${privilege} on ${listShortly([...names].sort())}`)
    .sort()
    .join('; ');
  const isAfter = context.phase === 'after';
  return finding(isAfter ? 'failed' : context.phase === 'cutover' ? 'warning' : 'note', {
    subject: account,
    evidence: `on the target it lacks ${evidence}`,
    consequence: 'statements of whoever uses it are refused',
    advice: 'grant it on the target what it has on the source',
  });
}

/** What is granted on the whole schema. */
function wholeOf(grants: readonly GrantFacts[]): ReadonlySet<string> {
  const whole = grants.filter(({ object }) => object === null).flatMap(({ privileges }) => privileges);
  return new Set(whole.filter((privilege) => OF_APPLICATIONS.includes(privilege)));
}

/** What is granted on the schema of the source may be granted table by table on the target. */
function lackWhole(
  privilege: string,
  to: readonly GrantFacts[],
  {
    context,
    lack,
  }: { readonly context: GateContext; readonly lack: (privilege: string, what: string) => void },
): void {
  const held = new Set(
    to.filter(({ privileges }) => privileges.includes(privilege)).map(({ object }) => object),
  );
  if (privilege === 'EXECUTE') {
    const { routines } = context.facts.target;
    // Elsewhere everybody may call what nobody has taken away.
    if (!context.isSameEngine || !routines.known || routines.value.every(({ name }) => held.has(name)))
      return;
    lack(privilege, 'the schema');
    return;
  }
  const tables = context.tables.flatMap(({ target }) => target?.name ?? []).filter((name) => !held.has(name));
  for (const name of tables) lack(privilege, name);
}

/** The object as the target names it; null where the target has none, of which other checks speak. */
function targetName(object: string, kind: GrantFacts['kind'], context: GateContext): string | null {
  if (kind !== 'table') return context.isSameEngine ? object : null;
  const pair = context.tables.find(({ source }) => source?.name === object);
  return pair?.target?.name ?? null;
}
