import { readFileSync } from 'node:fs';
import { openAdmin } from './databases.mjs';

/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/**
 * Finds the process of each server, so that its processor time can be read. Only servers on this machine, whose files
 * this account may read, can be measured; the others are left out.
 */
export async function findServerProcesses(servers) {
  const found = [];
  for (const { engine, url } of servers) {
    const pid = await readPid(engine, url).catch(() => null);
    if (pid !== null && readTicks(pid) !== null) found.push({ engine, pid });
  }
  return found;
}

async function readPid(engine, url) {
  const admin = await openAdmin(engine, url);
  try {
    if (engine === 'postgresql') {
      const [row] = await admin.run("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid");
      return Number(row.pid);
    }
    const [row] = await admin.run('SELECT @@pid_file AS path');
    return Number(readFileSync(row.path, 'utf8').trim());
  } finally {
    await admin.close();
  }
}

/** Processor seconds of each server until now, its children included. */
export function readServerSeconds(processes) {
  return Object.fromEntries(processes.map(({ engine, pid }) => [engine, treeTicks(pid) / TICKS_PER_SECOND]));
}

/** Time of a process with that of its ended children, and the same of the living ones. */
function treeTicks(pid) {
  const own = readTicks(pid) ?? 0;
  return readChildren(pid).reduce((sum, child) => sum + treeTicks(child), own);
}

function readTicks(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  } catch {
    return null;
  }
}

function readChildren(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
