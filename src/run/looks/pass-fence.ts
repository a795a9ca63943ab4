import { randomInt } from 'node:crypto';
import { LOOKS_TO_CONFIRM } from '../../core/candidate-book.js';
import type { Fence } from '../../core/fence.js';
import { awaitPosition, takePosition } from '../../tasks/fence-position.js';
import { waitUnlessStopped } from '../back-off.js';
import type { FenceRun } from '../table-run.js';
import type { LookRules } from './look-rules.js';

/** Between two looks at a row lies a random time, so that nothing that happens in a rhythm is met at the same point of it. */
const LEAST_DISTANCE_MS = 1000;
const MOST_DISTANCE_MS = 2000;

/** A time between two looks, in milliseconds. */
export function randomDistance(): number {
  return randomInt(LEAST_DISTANCE_MS, MOST_DISTANCE_MS);
}

/** Waits until the target has applied all that the source had committed when this was called; false where it does not. */
export async function passFence(
  { sides, signal, now }: FenceRun,
  fence: Fence | null,
  { forMs, longestLagMs, passwords, onLag }: LookRules,
): Promise<boolean> {
  if (fence === null || fence.order !== 'global') await waitUnlessStopped(forMs / LOOKS_TO_CONFIRM, signal);
  if (fence === null) return true;
  const wait = { fence, stop: signal, limitMs: longestLagMs, passwords };
  // What fails is in the log; a position that nobody can be asked for was not reached.
  const position = await takePosition({ ...wait, session: sides.source.session }).catch(() => null);
  if (position === null) return false;
  const takenMs = now();
  const { session } = sides[fence.reachedOn];
  // The same holds of the target.
  const isReached = await awaitPosition({ ...wait, session, position }).catch(() => false);
  if (isReached) onLag(fence, now() - takenMs);
  return isReached;
}
