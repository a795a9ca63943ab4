import { isSparse, NONE_UNFOUND } from '../core/chunk.js';
import { countKeys } from '../core/packed-keys.js';
import type { ReadSpan } from '../state/read-span.js';
import type { HeldRange } from './held-range.js';
import { commitSettled } from './looks/commit-held.js';
import type { TableRun } from './table-run.js';
import type { TableWork } from './table-work.js';

/** Ranges that one worker takes at a time. */
const BATCH_SPANS = 64;

/** Ranges of which rows are looked at again, by one worker. */
export interface LookAgainWork {
  readonly work: TableWork;
  readonly part: number;
  readonly spans: readonly ReadSpan[];
}

/** Shares ranges out. */
export function* batchSpans(spans: readonly ReadSpan[]): Generator<readonly ReadSpan[]> {
  for (let at = 0; at < spans.length; at += BATCH_SPANS) yield spans.slice(at, at + BATCH_SPANS);
}

/**
 * Looks at rows again that differed when an earlier sitting read them. Of the others of their ranges counts what that
 * sitting found.
 */
export async function lookAtRowsAgain(run: TableRun, { work, part, spans }: LookAgainWork): Promise<void> {
  const { table } = work;
  const mustHold = run.looks !== null && (await run.looks.mustHold(table));
  for (const span of spans) {
    if (run.signal.aborted || span.keys === null) return;
    const range = {
      ...span,
      work,
      part,
      keys: span.keys,
      count: countKeys(span.keys),
      unfound: NONE_UNFOUND,
    };
    if (mustHold) await holdRange(run, { ...range, part: work.begin() });
    else await commitSettled(run, { table, range, confirmed: span.keys, ...NOTHING_SETTLED });
  }
}

const NOTHING_SETTLED = { inFlight: 0, present: { source: 0, target: 0 }, unsettled: null, wasHeld: false };

/** Holds a range back; another sitting can go on from there, unless it has less to do to read it again. */
export async function holdRange(run: TableRun, held: HeldRange): Promise<void> {
  const { work, range, hasher, rows, keys, count } = held;
  if (range !== null && isSparse(count, Math.max(rows.sourceRows, rows.targetRows)))
    work.table.record({ kind: 'held', range, hasher, rows, keys });
  const { sourceRows, targetRows } = rows;
  await run.emit({ type: 'chunk:held', table: work.table.name, sourceRows, targetRows, candidates: count });
  await run.looks?.hold(run, held);
}
