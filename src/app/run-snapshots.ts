import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import { PausedReplica } from '../run/snapshots/paused-replica.js';
import { Snapshots } from '../run/snapshots/snapshots.js';
import type { OpenSide } from './open-side.js';
import type { OpenRun, RunWishes } from './read-tables.js';
import type { RunLoad } from './run-load.js';

/** What reads each side of a run as of one instant; null where every statement is read as of its own time. */
export function makeSnapshots(run: OpenRun, load: RunLoad): Snapshots | null {
  const { config, sides, wishes } = run;
  if (!config.snapshot) return null;
  const { emit, signal } = wishes;
  return new Snapshots({
    ...{ sides, emit, signal },
    longestMs: config.maxSnapshotAgeMs,
    lockScope: config.snapshotLock,
    replica: makeReplica(run),
    now: () => performance.now(),
    endReads: (side) => load.endSnapshot(side),
  });
}

function makeReplica({ config, sides, wishes }: OpenRun): PausedReplica | null {
  const { pauseReplicaMs: longestMs } = config;
  if (longestMs === null) return null;
  const { signal, warn: say, sitting } = wishes;
  const { journal } = sitting.sitting;
  const paused = (start: string): void => {
    if (journal === null) throw notKept();
    journal.notePaused(start);
  };
  const notes = { paused, started: () => journal?.noteStarted() };
  return new PausedReplica({ sides, longestMs, notes, say, signal, now: () => performance.now() });
}

/** Starts a target again that an earlier sitting of the run told to apply nothing, and could not start itself. */
export async function startPausedReplica(
  { target }: Readonly<Record<Side, OpenSide>>,
  { warn, sitting }: Pick<RunWishes, 'warn' | 'sitting'>,
): Promise<void> {
  const { journal } = sitting.sitting;
  const start = journal?.pausedReplica ?? null;
  if (journal === null || start === null) return;
  await target.session.ask('order-applier', { kind: 'start' });
  journal.noteStarted();
  warn(`The target, which was told to apply nothing, was told to go on: ${start};`);
}

function notKept(): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: 'A target is not told to apply nothing where no journal keeps how to start it again.',
    hint: 'Leave --no-journal out, or name a folder with --journal DIR.',
  });
}
