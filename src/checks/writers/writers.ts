import type { Check, CheckFinding, FindingLevel, GateContext, Phase } from '../../core/gate/check.js';
import type { SessionFacts } from '../../core/gate/session-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import { formatCounted } from '../../words/number-text.js';
import { finding, unknownFinding } from '../findings.js';
import { findKnownAccount } from './known-accounts.js';

/**
 * Whether somebody else writes, or may begin to: on the source until the switch, on the target before it, on the old source
 * after it. A session that sleeps counts, because nothing keeps it from waking up.
 */
export const writers: Check = {
  id: 'writers',
  group: 'writers',
  claim: 'no other session writes to the source, or may, and none to the target before the switch',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => [...SIDES.flatMap((side) => findOn(side, context)), ...findUpstream(context)],
};

function findOn(side: Side, { facts, phase }: GateContext): readonly CheckFinding[] {
  // The application runs there.
  if (side === 'target' && phase === 'after') return [];
  const { sessions } = facts[side];
  if (!sessions.known)
    return [unknownFinding(side, sessions, 'the sessions')].filter((each) => each !== null);
  const clients = sessions.value.filter(
    ({ kind, isOwn, mayWrite, isWriting }) => kind === 'client' && !isOwn && (mayWrite !== 'no' || isWriting),
  );
  const accounts = [...new Set(clients.map(({ account }) => account))];
  return accounts.map((account) => {
    const own = clients.filter((session) => session.account === account);
    return describe(own, { side, phase });
  });
}

/** What the source applies of a third server is written too, and no session of a client shows it. */
function findUpstream({ facts, phase }: GateContext): readonly CheckFinding[] {
  const { source, target } = facts;
  if (phase === 'after' || !source.links.known) return [];
  const ofTarget = target.links.known ? target.links.value.identities : [];
  return source.links.value.incoming
    .filter(({ isRunning, peers }) => isRunning && !peers.some((peer) => ofTarget.includes(peer)))
    .map(({ name, what }) =>
      finding(phase === 'preflight' ? 'note' : 'failed', {
        subject: 'source',
        evidence: `it follows another server by ${what}${name === '' ? '' : ` named ${name}`}, which is running`,
        consequence: 'what is written there arrives after the rows were compared',
        advice:
          'stop it before the switch, or switch what it follows; accept this where nothing is written there',
      }),
    );
}

interface Place {
  readonly side: Side;
  readonly phase: Phase;
}

function describe(sessions: readonly SessionFacts[], place: Place): CheckFinding {
  const [first] = sessions;
  const known = findKnownAccount(first?.user ?? '');
  const isWriting = sessions.some((session) => session.isWriting);
  const level = judge(sessions, place);
  const isStep = place.phase === 'preflight' || (known !== null && !isWriting);
  if (isStep && level !== 'not-checked')
    return finding('note', {
      subject: first?.account ?? '',
      evidence: `${tell(sessions, place)}${known === null ? '' : `; it is ${known.what}`}`,
    });
  return finding(level === 'not-checked' && known !== null ? 'note' : level, {
    subject: first?.account ?? '',
    evidence: tell(sessions, place),
    consequence: level === 'not-checked' ? '' : CONSEQUENCES[place.phase === 'after' ? 'after' : place.side],
    advice: sessions.find(({ grant }) => grant !== null)?.grant ?? '',
    fix:
      level === 'not-checked'
        ? null
        : { side: place.side, action: { kind: 'end-sessions', ids: sessions.map(({ id }) => id) } },
  });
}

const CONSEQUENCES = {
  source: 'rows may change after they were compared, and never reach the target',
  target: 'rows of the target may change that the source does not have so',
  after: 'what is written to the old source is lost',
};

function judge(sessions: readonly SessionFacts[], { side, phase }: Place): FindingLevel {
  const may = (wanted: SessionFacts['mayWrite']): boolean =>
    sessions.some(({ mayWrite }) => mayWrite === wanted);
  if (sessions.some(({ isWriting }) => isWriting)) return 'failed';
  if (may('yes')) return side === 'target' ? 'warning' : 'failed';
  if (may('unknown')) return phase === 'preflight' && side === 'target' ? 'note' : 'not-checked';
  return 'warning';
}

function tell(sessions: readonly SessionFacts[], { side }: Place): string {
  const place = side === 'source' ? 'on the source' : 'on the target';
  const count = formatCounted(sessions.length, 'session');
  const hosts = [...new Set(sessions.map(({ from }) => from))].filter((from) => from !== '');
  const names = [...new Set(sessions.map(({ application }) => application))].filter((name) => name !== '');
  const details = [
    ...(hosts.length > 0 ? [`from ${listOf(hosts)}`] : []),
    ...(names.length > 0 ? [`named ${listOf(names)}`] : []),
  ].join(', ');
  return `${count} ${place} ${wordOf(sessions)}${details === '' ? '' : `: ${details}`}`;
}

function wordOf(sessions: readonly SessionFacts[]): string {
  const isPlural = sessions.length > 1;
  if (sessions.some(({ isWriting }) => isWriting)) return isPlural ? 'write' : 'writes';
  if (sessions.some(({ mayWrite }) => mayWrite === 'yes')) return 'may write';
  if (sessions.some(({ mayWrite }) => mayWrite === 'unknown'))
    return 'may write or not: the grants of the account are hidden';
  return 'may write, if begun before new sessions were kept from it, or if told to all the same';
}

const LISTED = 3;

function listOf(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
