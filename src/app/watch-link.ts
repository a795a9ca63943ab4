import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { findObstacles, type HashableTables } from '../plan/checksum-plan.js';
import { adviseChecksums } from '../run/advise-checksums.js';
import { LinkWatch } from '../run/link-watch.js';
import type { TableRun } from '../run/table-run.js';

/**
 * Reads tables, and looks meanwhile whether the link is what they wait for, if the servers might hash some of them and are
 * not asked to. Within a snapshot a server shows its sessions as they were when it began.
 */
export async function watchLink(
  run: TableRun,
  hashable: HashableTables,
  read: () => Promise<void>,
): Promise<void> {
  const { sides, pool, workers, now, tables } = run;
  const canTell = sides.source.engine.can.activity === true && sides.target.engine.can.activity === true;
  const obstacles = run.checksums === null && run.snapshots === null ? findObstacles(hashable) : new Map();
  if (!canTell || ![...obstacles.values()].includes(null)) return read();
  const watch = new LinkWatch({
    sides,
    workerSessions: pool.sessionIds,
    processors: Math.min(workers, availableParallelism()),
    now,
    processorMs: readProcessorMs,
  });
  try {
    await read();
  } finally {
    const looks = watch.stop();
    if (looks !== null) adviseChecksums({ looks, tables, obstacles });
  }
}

/**
 * Processor time that the process took, and for which its threads stood in line, where the system says so: one that is kept from
 * its work by others is not idle.
 *
 * @see https://docs.kernel.org/scheduler/sched-stats.html
 */
function readProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + readWaitedMs();
}

function readWaitedMs(): number {
  const threads = '/proc/self/task';
  try {
    const waited = readdirSync(threads).map((thread) => {
      const [, waitedNs = '0'] = readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ');
      return Number(waitedNs) / 1e6;
    });
    return waited.reduce((sum, ms) => sum + ms, 0);
  } catch {
    // Not on every system, and a thread may have ended meanwhile: then nobody knows.
    return 0;
  }
}
