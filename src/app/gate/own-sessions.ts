import { SIDES, type Side } from '../../core/pairing.js';
import type { OpenSide } from '../open-side.js';

/** The sessions of both sides that are on the server of one: both where it is one server. */
export function ownSessionsOn(sides: Readonly<Record<Side, OpenSide>>, side: Side): string[] {
  const { id } = sides[side].session.server;
  return SIDES.map((each) => sides[each].session)
    .filter(({ server }) => server.id === id)
    .map(({ serverSessionId }) => serverSessionId);
}
