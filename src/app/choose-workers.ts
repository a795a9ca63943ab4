import { availableParallelism } from 'node:os';
import type { RunConfig } from '../config/run-config.js';
import { hasLimits } from '../core/load-limits.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import { LaneCount } from '../run/lane-count.js';
import { type FixedLanes, Lanes } from '../run/lanes.js';
import type { WorkerNumbers } from '../tasks/task.js';

/** How many times as many chunks may be under way as there are workers, where statements wait for the link. */
const BEHIND_DELAY = 2;
/** From here on a statement waits for the link and not for its server. */
const DELAY_MS = 5;
/** What is less is no delay. */
const NO_DELAY_MS = 1;
const LOOKS = 6;
/** A link takes about as long every time; a server, or a client, that is busy does not. */
const STEADY = 1.3;
/** Lanes near servers, to begin with. */
const LANES_NEAR = 2;
/** Processors that one thread and the servers beside it keep busy. */
const THREAD_AND_SERVERS = 2;
/** More threads than these need a processor each. */
const FEW_THREADS = 4;

/** How many tasks may be under way at most, before anything is known of the servers. */
export function numberWorkers(config: RunConfig): WorkerNumbers {
  const { workers } = config;
  // A snapshot belongs to the lane that took it: each has a thread of its own, so that no task comes to another one.
  const threads = config.snapshot
    ? workers
    : Math.min(workers, Math.max(FEW_THREADS, availableParallelism()));
  const spreads = availableParallelism() > THREAD_AND_SERVERS;
  if (config.snapshot) return { workers, threads, firstThreads: threads, spreads };
  const isFixed = fixedBy(config) !== null;
  const most = isFixed ? workers : workers * BEHIND_DELAY;
  // Two lanes in one thread keep the processors of a small machine as busy as two threads do, and load and compile once.
  const firstThreads = spreads ? (isFixed ? threads : startNear(workers)) : 1;
  return { workers: most, threads, firstThreads, spreads };
}

/** How many chunks of a run may be under way. */
export interface ChosenWorkers {
  readonly workers: number;
  readonly lanes: Lanes;
}

/** Has a run find out how many chunks should be under way, unless that is fixed. */
export async function chooseWorkers(
  config: RunConfig,
  sides: Readonly<Record<Side, { readonly session: Session }>>,
): Promise<ChosenWorkers> {
  const { workers: most } = config;
  const fixed = fixedBy(config);
  if (fixed !== null) return { workers: most, lanes: new Lanes({ lanes: most, why: fixed }) };
  const now = (): number => performance.now();
  const delayMs = Math.max(...(await Promise.all(SIDES.map((side) => measureDelay(sides[side].session)))));
  const isFar = delayMs >= DELAY_MS;
  const mostBehindDelay = isFar ? most * BEHIND_DELAY : most;
  const bounds = { start: isFar ? most : startNear(most), most, mostBehindDelay };
  return { workers: mostBehindDelay, lanes: new Lanes(new LaneCount(bounds, now), isFar ? delayMs : 0) };
}

/** While one lane compares, another one's rows are on their way; more seldom help near servers. */
function startNear(most: number): number {
  return Math.max(Math.min(most, LANES_NEAR), Math.ceil(most / 2));
}

function fixedBy(config: RunConfig): FixedLanes['why'] | null {
  if (config.fixesWorkers) return 'asked';
  if (config.snapshot) return 'snapshot';
  if (hasLimits(config.limits)) return 'limits';
  return config.checksumOn === 'client' ? null : 'checksums';
}

/** How long the link delays a statement, in milliseconds; 0 where it is not the link. */
async function measureDelay(session: Session): Promise<number> {
  const took: number[] = [];
  while (took.length < LOOKS) {
    const startedMs = performance.now();
    try {
      await session.ask('clock', null);
    } catch {
      // What is wrong with the server is met again where rows are read, which waits for one that went away.
      return 0;
    }
    took.push(performance.now() - startedMs);
    if (Math.min(...took) < NO_DELAY_MS) return 0;
  }
  // The first one may have been prepared, or read from a disk.
  const [, ...usual] = took;
  const leastMs = Math.min(...usual);
  return Math.max(...usual) <= leastMs * STEADY ? leastMs : 0;
}
