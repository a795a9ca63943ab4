import { compareByBuckets } from './compare-by-buckets.js';
import { endPart } from './end-part.js';
import { type LookAgainWork, lookAtRowsAgain } from './look-at-rows-again.js';
import { pullOldest, readWhole } from './pull-oldest.js';
import { pullTables, type Work } from './pull-tables.js';
import type { TableRun } from './table-run.js';
import type { SegmentWork } from './table-work.js';
import { walkSegment } from './walk-segment.js';
import { walkTogether } from './walk-together.js';

/**
 * Verifies all tables: as many segments at a time as there are workers, each walked chunk by chunk. Segments are pulled,
 * so the first is read before the second table is planned.
 */
export async function runTables(request: TableRun): Promise<void> {
  const failure = new AbortController();
  const run = { ...request, signal: AbortSignal.any([request.signal, failure.signal]) };
  const work = run.ages === null ? pullTables(run) : pullOldest(run, run.ages);
  const lane = async (): Promise<void> => {
    for (;;) {
      const release = await run.lanes.forSegment();
      try {
        if (await run.spare.during(() => readNext(run, work, release))) continue;
        const given = await run.spare.take();
        if (given === null) return;
        await run.spare.during(() => walkSegment(run, given));
      } finally {
        release();
      }
    }
  };
  const lanes = Array.from({ length: run.workers }, () =>
    lane().catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  // Nothing may go on reading once the caller hears of a failure.
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  await run.snapshots?.release();
  // After a stop too: what was read is not lost.
  await run.looks?.settle(run);
}

/** Does what comes next; false where nothing does. `release` lets another lane begin a segment. */
async function readNext(run: TableRun, work: AsyncGenerator<Work>, release: () => void): Promise<boolean> {
  const { done, value } = await work.next();
  if (done === true) return false;
  if (isSegment(value)) await walkSegment(run, value);
  else {
    release();
    await readOther(run, value);
  }
  return true;
}

function isSegment(item: Work): item is SegmentWork {
  return typeof item.segment === 'object' && item.segment !== null;
}

/** What has a number of tasks of its own. */
async function readOther(run: TableRun, item: Exclude<Work, SegmentWork>): Promise<void> {
  if (item.segment === 'again') await walkAgain(run, item);
  else if (item.segment === 'small') await walkTogether(run, item);
  else await (run.ages === null ? compareByBuckets(run, item.table) : readWhole(run, item.table));
}

async function walkAgain(run: TableRun, item: LookAgainWork): Promise<void> {
  const { work, part } = item;
  await lookAtRowsAgain(run, item);
  if (!run.signal.aborted) await endPart(run, work, part);
}
