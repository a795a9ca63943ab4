import { Snapshots } from '../run/snapshots/snapshots.js';
import type { OpenRun } from './read-tables.js';
import type { RunLoad } from './run-load.js';

/** What reads each side of a run as of one instant; null where every statement is read as of its own time. */
export function makeSnapshots({ config, sides, wishes }: OpenRun, load: RunLoad): Snapshots | null {
  if (!config.snapshot) return null;
  const { emit, signal } = wishes;
  return new Snapshots({
    ...{ sides, emit, signal },
    longestMs: config.maxSnapshotAgeMs,
    lockScope: config.snapshotLock,
    now: () => performance.now(),
    endReads: (side) => load.endSnapshot(side),
  });
}
