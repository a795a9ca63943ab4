import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { isAlive } from '../app/left-files.js';
import { usageError } from '../config/raw-flags.js';

/** How long a command may wait for another one that changes the same file. */
const MOST_WAIT_MS = 10_000;
const POLL_MS = 50;

/** Changes a file while no other command of this machine does, so that none loses what another one adds. */
export async function whileLocked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const lock = `${path}.lock`;
  await takeLock(lock, path);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function takeLock(lock: string, path: string): Promise<void> {
  for (let waitedMs = 0; !tryLock(lock); waitedMs += POLL_MS) {
    if (waitedMs >= MOST_WAIT_MS)
      throw usageError(
        `Another command is changing ${path}.`,
        `Wait for it; if there is none, delete ${lock}.`,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function tryLock(lock: string): boolean {
  try {
    const handle = openSync(lock, 'wx', 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    // Where the folder cannot be written to, writing the file itself says so.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return true;
    removeLeft(lock);
    return false;
  }
}

/** A command that was ended at once leaves its lock. */
function removeLeft(lock: string): void {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) rmSync(lock, { force: true });
  } catch {
    // Its owner has just removed it.
  }
}
