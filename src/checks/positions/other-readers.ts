import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { LinkFacts, ReaderFacts } from '../../core/gate/link-facts.js';
import { finding, unknownFinding } from '../findings.js';
import { followsOther, linksOfBoth } from './links.js';

/** Whether somebody beside the target reads the changes of the source: replicas, warehouses, search engines. They stay behind with it. */
export const otherReaders: Check = {
  id: 'other-readers',
  group: 'positions',
  claim: 'nobody but the target reads the changes of the source',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => {
    const { source } = context.facts;
    if (!source.links.known) return [unknownFinding('source', source.links, 'the readers') ?? []].flat();
    const { readers } = source.links.value;
    if (!readers.known) return [unknownFinding('source', readers, 'the readers') ?? []].flat();
    const links = linksOfBoth(context);
    const others = readers.value.filter(({ peer }) => links === null || !isTarget(peer, links.target));
    return withoutOne(others, context, readers.value.length).map((reader) => judge(reader, context));
  },
};

function isTarget(peer: string | null, { identities, incoming }: LinkFacts): boolean {
  return peer !== null && (identities.includes(peer) || incoming.some(({ peers }) => peers.includes(peer)));
}

/** Of readers that do not say who they are, one is the target if it follows the source and is none of those that do. */
function withoutOne(
  others: readonly ReaderFacts[],
  context: GateContext,
  all: number,
): readonly ReaderFacts[] {
  const links = linksOfBoth(context);
  const isAmongKnown = others.length < all;
  const follows = links !== null && followsOther('target', links).some(({ isRunning }) => isRunning);
  const unknown = others.findIndex(({ peer }) => peer === null);
  if (isAmongKnown || !follows || unknown === -1) return others;
  return others.filter((_, index) => index !== unknown);
}

function judge({ name, isActive }: ReaderFacts, { phase }: GateContext): CheckFinding {
  if (!isActive)
    return finding('note', {
      subject: name,
      evidence: 'is kept for a reader of the source that is not there',
    });
  return finding(phase === 'preflight' ? 'note' : 'warning', {
    subject: name,
    evidence: `reads the changes of the source${phase === 'after' ? ' still' : ''}`,
    ...(phase === 'preflight'
      ? {}
      : {
          consequence: 'it gets nothing more after the switch',
          advice: 'have it read from the target, or accept this',
        }),
  });
}
