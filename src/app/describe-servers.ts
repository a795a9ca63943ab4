import type { Log } from '../core/log.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { ClockOffset, ServerFacts, SidesFacts } from '../core/server-facts.js';
import { describeSide } from './open-run.js';
import type { OpenSide } from './open-side.js';

/** The quickest of so many answers says most of a clock. */
const TRIES = 5;

/** Asks both servers who they are, as whom we are logged in, and what time it is. What one does not tell is left out. */
export async function describeServers(sides: Record<Side, OpenSide>, log: Log): Promise<SidesFacts> {
  const facts = SIDES.map((side) => describeServer(sides[side], log.with({ side })));
  const [source, target] = (await Promise.all(facts)) as [ServerFacts, ServerFacts];
  return { source, target };
}

async function describeServer(side: OpenSide, log: Log): Promise<ServerFacts> {
  const { engine, product = engine, version, url } = describeSide(side);
  const { id, place, started } = side.session.server;
  const orNull = <T>(answer: Promise<T>): Promise<T | null> =>
    answer.catch((error: unknown) => {
      log.warn('evidence:gap', () => log.describeError(error));
      return null;
    });
  const clock = await orNull(measureClock(side));
  const account = await orNull(side.session.ask('account', null));
  return { product, version, url, identity: { id, place, started }, account, clock };
}

/** A server's clock, by what it says halfway between asking and hearing; the quickest answer bounds it best. */
async function measureClock({ session }: OpenSide): Promise<ClockOffset> {
  let best: ClockOffset | null = null;
  for (let i = 0; i < TRIES; i++) {
    const began = { wallMs: Date.now(), ms: performance.now() };
    const serverMs = await session.ask('clock', null);
    const boundMs = (performance.now() - began.ms) / 2;
    if (best === null || boundMs < best.boundMs)
      best = { offsetMs: serverMs - (began.wallMs + boundMs), boundMs };
  }
  const { offsetMs, boundMs } = best as ClockOffset;
  // What is told has whole milliseconds, as our own clock does.
  return { offsetMs: Math.round(offsetMs), boundMs: Math.ceil(boundMs) + 1 };
}
