import type { RunConfig } from '../../config/run-config.js';
import type { Fence, FenceChoice } from '../../core/fence.js';
import type { FollowFacts } from '../../core/gate/follow-facts.js';
import { qualifiedName, SIDES, type Side, type TableId } from '../../core/pairing.js';
import type { PlannedTable } from '../../plan/table-pairing.js';
import { awaitPosition, takePosition } from '../../tasks/fence-position.js';
import { chooseFences } from '../choose-fences.js';
import type { OpenSide } from '../open-side.js';
import { namingSide } from './naming-side.js';

/** The sides of a gate, and for how long the target is waited for. */
export interface FollowRequest {
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly config: RunConfig;
  readonly tables: readonly PlannedTable[];
  readonly signal: AbortSignal;
}

/** Nothing is known of how the target follows. */
export const NO_FOLLOW: FollowFacts = {
  ways: [],
  isReached: null,
  lagMs: null,
  position: null,
  without: [],
  leftOut: [],
};

/** Asks how the target follows the source, takes the source's position and waits until the target has reached it. */
export async function readFollow(request: FollowRequest): Promise<FollowFacts> {
  const { tables, signal } = request;
  if (signal.aborted) return NO_FOLLOW;
  const choices = await chooseFences(request);
  const passed = await passFences(request, choices);
  return { ...passed, ...describeChoices(choices, tables) };
}

function describeChoices(
  choices: ReadonlyMap<TableId, FenceChoice>,
  tables: readonly PlannedTable[],
): Pick<FollowFacts, 'ways' | 'without' | 'leftOut'> {
  const ways = new Map<string, FollowFacts['ways'][number]>();
  const without = new Map<string, FollowFacts['without'][number]>();
  const leftOut: FollowFacts['leftOut'][number][] = [];
  for (const { id, target, source } of tables) {
    const choice = choices.get(id);
    const named = target ?? source;
    if (choice?.kind === 'fence') {
      const { way, details } = choice.fence;
      const name = details.subscription ?? details.channel ?? null;
      const key = JSON.stringify([way, name]);
      ways.set(key, { way, name, tables: (ways.get(key)?.tables ?? 0) + 1 });
    } else if (choice?.kind === 'none') {
      const { reason, grant, isHalted = false } = choice;
      without.set(reason, { reason, grant, isHalted });
    } else if (choice?.kind === 'left-out' && named !== null)
      leftOut.push({ table: qualifiedName(named), side: choice.side, filter: choice.filter });
  }
  return {
    ways: [...ways.values()],
    without: [...without.values()],
    leftOut,
  };
}

/** Each way once, one after the other; the longest lag is that of the target. */
async function passFences(
  { sides, config, signal }: FollowRequest,
  choices: ReadonlyMap<TableId, FenceChoice>,
): Promise<Pick<FollowFacts, 'isReached' | 'lagMs' | 'position'>> {
  const fences = new Map<string, Fence>();
  for (const choice of choices.values())
    if (choice.kind === 'fence')
      fences.set(JSON.stringify([choice.fence.way, choice.fence.details]), choice.fence);
  let [lagMs, position]: [number, string | null] = [0, null];
  if (fences.size === 0) return { isReached: null, lagMs: null, position };
  const passwords = SIDES.flatMap((side) => sides[side].settings.password.text ?? []);
  for (const fence of fences.values()) {
    const wait = { fence, stop: signal, limitMs: config.maxLagWaitMs, passwords };
    const startedMs = performance.now();
    const taken = await namingSide(sides, 'source', takePosition({ ...wait, session: sides.source.session }));
    if (taken === null) return { isReached: false, lagMs: null, position };
    position = taken;
    const takenMs = performance.now();
    const limitMs = Math.max(0, config.maxLagWaitMs - (takenMs - startedMs));
    const reached = { ...wait, limitMs, session: sides[fence.reachedOn].session, position: taken };
    if (!(await namingSide(sides, fence.reachedOn, awaitPosition(reached))))
      return { isReached: false, lagMs: null, position };
    lagMs = Math.max(lagMs, Math.round(performance.now() - takenMs));
  }
  return { isReached: true, lagMs, position };
}
