import { ServerWatch } from '../run/server-watch.js';
import { WorkerSlots } from '../run/worker-slots.js';
import type { OpenRun, Reading } from './read-tables.js';
import type { RunLoad } from './run-load.js';

/** What a run knows of its servers being there, and of how many connections they have for it. */
export function watchServers(
  { config, sides, wishes }: OpenRun,
  { load, workers }: { readonly load: RunLoad; readonly workers: number },
): Pick<Reading, 'servers' | 'slots'> {
  const now = (): number => performance.now();
  const { emit, signal } = wishes;
  const waitMs = config.waitForServerMs;
  return {
    servers: new ServerWatch({ sides, waitMs, emit, signal, now, random: Math.random }),
    slots: new WorkerSlots({
      workers,
      setScarce: (scarce) => load.setScarce(scarce),
      now,
    }),
  };
}
