import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const DIGITS = 8;

/** Which process made a file that it is to delete: in the name, so that another one can tell once it is gone. */
export function markOfProcess(): string {
  return `${machine()}-${process.pid}`;
}

/** Containers that share a folder number their processes alike, and have names of their own, or the name of their host. */
function machine(): string {
  return createHash('sha256').update(`${hostname()} ${processSpace()}`).digest('hex').slice(0, DIGITS);
}

/**
 * What tells processes apart of which each has numbers of its own.
 *
 * @see https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
 */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Other systems number all processes of a machine together.
    return '';
  }
}

/**
 * Deletes what processes of this user and machine have left that were ended at once: names that begin with a prefix and the mark of a process
 * which is there no more. What cannot be deleted is left.
 */
export function sweepLeft(folder: string, prefix: string): void {
  try {
    for (const name of readdirSync(folder)) if (isLeft(folder, name, prefix)) remove(join(folder, name));
  } catch {
    // Whoever makes a file there says why that is not possible.
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It stays for its owner to delete.
  }
}

function isLeft(folder: string, name: string, prefix: string): boolean {
  const [, tag, pid] = name.startsWith(prefix)
    ? (/^([0-9a-f]{8})-(\d{1,10})[-.]/.exec(name.slice(prefix.length)) ?? [])
    : [];
  if (tag !== machine() || isAlive(Number(pid))) return false;
  return process.getuid === undefined || lstatSync(join(folder, name)).uid === process.getuid();
}

/** Whether there is a process with a number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
