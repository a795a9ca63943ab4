import type { GateContext } from '../../core/gate/check.js';
import type { IncomingFacts, LinkFacts } from '../../core/gate/link-facts.js';
import type { Side } from '../../core/pairing.js';

/** By what a side follows the other one, as far as both can tell each other. */
export function followsOther(side: Side, links: Readonly<Record<Side, LinkFacts>>): readonly IncomingFacts[] {
  const { identities } = links[side === 'source' ? 'target' : 'source'];
  return links[side].incoming.filter(({ peers }) => peers.some((peer) => identities.includes(peer)));
}

/** The links of both sides; null unless both are known. */
export function linksOfBoth({ facts }: GateContext): Readonly<Record<Side, LinkFacts>> | null {
  const { source, target } = facts;
  return source.links.known && target.links.known
    ? { source: source.links.value, target: target.links.value }
    : null;
}
