import { setTimeout as delay } from 'node:timers/promises';
import { isUnwritten, maySettle, type WriteMark } from '../../core/gate/write-marks.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { PlannedTable } from '../../plan/table-pairing.js';
import type { OpenSide } from '../open-side.js';
import { ownSessionsOn } from './own-sessions.js';

/** What both servers say of when each table was written last, by the tables' names. */
export type WriteMarks = Readonly<Record<Side, ReadonlyMap<string, WriteMark>>>;

interface MarksRequest {
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly tables: readonly PlannedTable[];
}

/** Longer than the steps in which servers count writes. */
const STEP_MS = 1100;
/** A server that is written all the time never stands still. */
const TRIES = 6;

/** Asks both servers. One that does not answer says nothing of any table. */
export async function readWriteMarks({ sides, tables }: MarksRequest): Promise<WriteMarks> {
  const [source, target] = await Promise.all(
    SIDES.map((side) => {
      const own = tables.flatMap((table) => table[side] ?? []);
      // What fails is in the log; tables without a mark count as written.
      return sides[side].session
        .ask('write-marks', { tables: own, ownSessionIds: ownSessionsOn(sides, side) })
        .catch(() => new Map<string, WriteMark>());
    }),
  );
  return { source, target } as Record<Side, ReadonlyMap<string, WriteMark>>;
}

/**
 * Marks behind which every later write shows: servers count in steps of a second, and late. So they are read until two in a row
 * are alike, or until it is clear that somebody writes.
 */
export async function settleWriteMarks(request: MarksRequest, signal: AbortSignal): Promise<WriteMarks> {
  let marks = await readWriteMarks(request);
  for (let tries = 1; tries < TRIES && !signal.aborted; tries++) {
    // A stop ends the wait; what was read until then counts.
    await delay(STEP_MS, undefined, { signal }).catch(() => undefined);
    const next = await readWriteMarks(request);
    const isSettled = areAlike(marks, next);
    marks = next;
    if (isSettled) break;
  }
  return marks;
}

/** Longer than what a session that fell silent takes to tell what it wrote. */
const LATE_TRIES = 20;

/** What the servers say of writes by now; where they will say more in a moment, that is waited for. */
export async function readLaterMarks(
  request: MarksRequest,
  before: WriteMarks,
  signal: AbortSignal,
): Promise<WriteMarks> {
  let marks = await readWriteMarks(request);
  for (let tries = 1; tries < LATE_TRIES && !signal.aborted; tries++) {
    const isOpen = SIDES.some((side) =>
      [...marks[side]].some(([name, mark]) => maySettle(mark) && !isUnwritten(before[side].get(name), mark)),
    );
    if (!isOpen) break;
    // A stop ends the wait; what was read until then counts.
    await delay(STEP_MS, undefined, { signal }).catch(() => undefined);
    marks = await readWriteMarks(request);
  }
  return marks;
}

/** Whether nobody wrote meanwhile, as far as servers tell. */
function areAlike(before: WriteMarks, after: WriteMarks): boolean {
  return SIDES.every((side) =>
    [...after[side]].every(([name, mark]) => isUnwritten(before[side].get(name), mark)),
  );
}
