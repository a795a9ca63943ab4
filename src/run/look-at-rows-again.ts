import type { LookAgainTask, LookedAgain } from '../core/chunk.js';
import { describeSpans } from '../state/describe-span.js';
import type { ReadSpan } from '../state/read-span.js';
import type { ComparedRows } from '../state/table-record.js';
import { commitRows, reportUnverified, runWithRetries, type TableRun } from './table-run.js';
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
  const { pair } = table.planned;
  if (pair === null) return;
  const place = { table, segment: part };
  for (const [at, { range, hasher, rows, keys }] of spans.entries()) {
    if (run.signal.aborted || keys === null) return;
    const task: LookAgainTask = { kind: 'look-again', pairId: pair.id, keys };
    const result = await runWithRetries(run, place, task);
    if (run.signal.aborted) return;
    if (result.kind === 'unverified') {
      const left = spans.slice(at).map((span) => span.range);
      await reportUnverified(run, table, result, describeSpans(pair, left));
      return;
    }
    const { counts, changedColumns, undecidedColumns, unfound, differingKeys } = result;
    const inFlight = rows.counts.inFlight + counts.inFlight;
    const { sourceRows, targetRows } = rowsNow(rows, result);
    const now = { sourceRows, targetRows, counts: { ...counts, inFlight }, changedColumns, undecidedColumns };
    await commitRows(run, place, { range, hasher, rows: now, unfound, keys: differingKeys });
  }
}

/** The rows of a range, with those that have come or gone among the ones that were looked at again. */
function rowsNow({ sourceRows, targetRows, counts }: ComparedRows, { asked, present }: LookedAgain) {
  return {
    sourceRows: sourceRows + present.source - (asked - counts.extra),
    targetRows: targetRows + present.target - (asked - counts.missing),
  };
}
