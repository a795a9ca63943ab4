import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { RowproofError } from '../core/errors.js';
import {
  codeOf,
  listRunNames,
  listSittings,
  removeRun,
  sittingPath,
} from '../state/journal/journal-folder.js';
import { readPausedReplica } from '../state/journal/paused-replica.js';
import { readHead, readResult, readRun, type SavedRun } from '../state/journal/read-sitting.js';
import { isAlive } from '../state/left-files.js';

export type { SavedRun } from '../state/journal/read-sitting.js';

/** A process that wrote to a journal so lately is taken to be at work: it says so every few seconds. */
const AT_WORK_MS = 30_000;
const DAY_MS = 86_400_000;
/** Journals that lie longer than this are named by every run. */
export const OLD_DAYS = 14;

/** A run that is kept. */
export interface KeptRun {
  readonly run: string;
  /** When its first sitting began, as an ISO time; null where the journal cannot be read. */
  readonly startedAt: string | null;
  readonly sittings: number;
  readonly bytes: number;
  /** When it was written last, in milliseconds since 1970. */
  readonly writtenMs: number;
  /** The process that seems to be at work on it; null where none does. */
  readonly atWork: { readonly host: string; readonly pid: number } | null;
  readonly sides: { readonly source: string; readonly target: string } | null;
  readonly tables: number;
  /** What it ended with, where no row is open any more; null for a run that waits to go on. */
  readonly ended: string | null;
  /** Whether it is a rotation, which goes on with every night. */
  readonly rotates: boolean;
  /** Whether it is what a watch keeps, which goes on with the next one. */
  readonly isWatch: boolean;
  /** By which statement its target applies again, where it was told to stop and nothing is known of its going on; else null. */
  readonly pausedReplica: string | null;
}

/** The runs of a folder, the oldest first. */
export function listKeptRuns(folder: string, nowMs: number = Date.now()): KeptRun[] {
  return listRunNames(folder).flatMap((run) => {
    try {
      return describeRun(folder, run, nowMs);
    } catch (error) {
      // A run that came to its end meanwhile has no journal any more.
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

function describeRun(folder: string, run: string, nowMs: number): KeptRun {
  const sittings = listSittings(folder, run);
  const files = sittings.map((sitting) => statSync(sittingPath(folder, run, sitting)));
  const writtenMs = Math.max(...files.map(({ mtimeMs }) => mtimeMs));
  const head = readHead(folder, run);
  const result = readResult(folder, run);
  const isFresh = nowMs - writtenMs < AT_WORK_MS;
  return {
    run,
    startedAt: head?.startedAt ?? null,
    sittings: sittings.at(-1) ?? 0,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    writtenMs,
    atWork:
      head !== null && result === null && isFresh && isAtWork(head)
        ? { host: head.host, pid: head.pid }
        : null,
    sides:
      head === null ? null : { source: head.facts.sides.source.url, target: head.facts.sides.target.url },
    tables: head?.facts.tables.length ?? 0,
    rotates: head?.asked.rotation != null,
    isWatch: head?.asked.watch !== undefined,
    pausedReplica: readPausedReplica(folder, run),
    ended: result !== null && result.open === 0 ? result.verdict : null,
  };
}

/** Of another machine nothing is known but that its process wrote a moment ago. */
function isAtWork({ host, pid }: { readonly host: string; readonly pid: number }): boolean {
  return host !== hostname() || isAlive(pid);
}

/**
 * The runs that wait for more than a fortnight. Those that ended as long ago are deleted: all that could be done with them is to read again
 * what differed then.
 */
export function tidyRuns(folder: string, nowMs: number = Date.now()): KeptRun[] {
  const old = listKeptRuns(folder, nowMs).filter(({ writtenMs }) => nowMs - writtenMs > OLD_DAYS * DAY_MS);
  const isOver = ({ ended, rotates, pausedReplica }: KeptRun): boolean =>
    ended !== null && !rotates && pausedReplica === null;
  for (const each of old) if (isOver(each)) removeRun(folder, each.run);
  return old.filter((each) => !isOver(each));
}

/** Reads a run that is to go on; without a name the only one that waits. Throws a `usage` error where there is none, or several. */
export function openKeptRun(folder: string, name: string | null): SavedRun {
  const runs = listKeptRuns(folder);
  const waiting = runs.filter(({ ended, rotates, isWatch }) => ended === null && !rotates && !isWatch);
  const chosen = name === null ? onlyOne(waiting, folder) : runs.find(({ run }) => run === name);
  if (chosen === undefined) {
    throw new RowproofError({
      code: 'usage',
      message: `There is no run ${name} in ${folder}.`,
      hint: 'rowproof runs lists those that wait; --journal DIR names another folder.',
    });
  }
  if (chosen.isWatch) throw ofWatch(chosen);
  if (chosen.atWork !== null) throw atWork(chosen);
  const saved = readRun(folder, chosen.run);
  if (saved !== null) return saved;
  throw new RowproofError({
    code: 'usage',
    message: `The journal of run ${chosen.run} holds nothing that could be gone on with.`,
    hint: `Delete it with rowproof runs --delete ${chosen.run}, and run again.`,
  });
}

function ofWatch({ run }: KeptRun): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `${run} is what rowproof watch keeps, and no run that could be resumed.`,
    hint: 'Start rowproof watch with the same flags again: it goes on by itself.',
  });
}

function atWork({ run, atWork: who }: KeptRun): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Run ${run} seems to be at work still: process ${who?.pid} on ${who?.host} wrote to its journal a moment ago.`,
    hint: `Wait for it, or end it and try again in ${AT_WORK_MS / 1000} seconds.`,
  });
}

function onlyOne(runs: readonly KeptRun[], folder: string): KeptRun {
  const waiting = runs.filter(({ atWork: who }) => who === null);
  // Of a run that is at work more can be said than that none waits.
  const [first, second] = waiting.length === 0 ? runs : waiting;
  if (first !== undefined && (second === undefined || first.atWork !== null)) return first;
  throw new RowproofError({
    code: 'usage',
    message:
      first === undefined
        ? `No run waits to go on in ${folder}.`
        : `${waiting.length} runs wait to go on: ${waiting.map(({ run }) => run).join(', ')}.`,
    hint:
      first === undefined
        ? 'rowproof runs lists those that came to their end with differences: rowproof verify --only RUN reads these again. --journal DIR names another folder.'
        : 'Name one: rowproof resume RUN. rowproof runs says what they are.',
  });
}

/** Deletes what is kept of a run; throws a `usage` error where there is no such run, or where it is at work. */
export function deleteKeptRun(folder: string, name: string): void {
  const found = listKeptRuns(folder).find(({ run }) => run === name);
  if (found === undefined) {
    throw new RowproofError({
      code: 'usage',
      message: `There is no run ${name} in ${folder}.`,
      hint: 'rowproof runs lists those that are kept.',
    });
  }
  if (found.atWork !== null) throw atWork(found);
  removeRun(folder, name);
}
