import { setTimeout as delay } from 'node:timers/promises';
import type { WatchHolder } from '../../core/watch.js';
import { openJournalFolder } from '../../state/journal/journal-folder.js';
import { type SeenHolder, seeHolder, type WatchPlace, WatchTerm } from '../../state/watch/watch-folder.js';

/** How often within the time of a take-over the holder says that it is alive, and others look whether it did. */
const SIGNS = 6;
const LONGEST_BEAT_MS = 5000;

/** The time between two signs of life. */
export function beatMs(takeOverAfterMs: number): number {
  return Math.min(LONGEST_BEAT_MS, takeOverAfterMs / SIGNS);
}

interface TermRequest {
  readonly place: WatchPlace;
  readonly takeOverAfterMs: number;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Is told, once, who holds the watch. */
  readonly onStandby: (holder: WatchHolder | null) => void;
}

/**
 * Waits until nobody holds the watch, and takes it; null where it was stopped before. Whether another process is alive is judged by
 * its counter and by our own clock: the clocks of two machines differ, and a process number says nothing beyond its container.
 */
export async function awaitTerm(request: TermRequest): Promise<WatchTerm | null> {
  const { place, takeOverAfterMs, signal, now, onStandby } = request;
  openJournalFolder(place.folder);
  const pollMs = beatMs(takeOverAfterMs);
  let last: SeenHolder | null = null;
  let silentMs = 0;
  let seenMs = now();
  let isTold = false;
  while (!signal.aborted) {
    const seen = seeHolder(place);
    // Time in which this process was stopped itself is no silence of the other one.
    silentMs = isSame(seen, last) ? silentMs + Math.min(now() - seenMs, 2 * pollMs) : 0;
    seenMs = now();
    last = seen;
    if (seen === null || seen.isReleased || silentMs >= takeOverAfterMs) {
      const term = WatchTerm.take(place, seen?.term ?? 0, new Date());
      if (term !== null) return term;
      continue;
    }
    if (!isTold) onStandby(seen.who);
    isTold = true;
    // A stop ends the wait.
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

function isSame(one: SeenHolder | null, other: SeenHolder | null): boolean {
  return one?.term === other?.term && one?.counter === other?.counter;
}
