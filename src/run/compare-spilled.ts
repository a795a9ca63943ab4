import type { SpillBucketsTask, SpilledRows, UnusableKey } from '../core/bucket.js';
import { LOOKS_TO_CONFIRM } from '../core/candidate-book.js';
import type { Side } from '../core/pairing.js';
import { type BucketRun, onBothSides, spillSide, Unverified, unverified } from './bucket-run.js';
import { type ComparedPartitions, comparePartitions } from './compare-partitions.js';

/** Which buckets are compared, and how their rows are cut into partitions. */
export type SpillRequest = Pick<SpillBucketsTask, 'wanted' | 'bounds'>;

/** `open` are the partitions that a broken index left open. */
export type ComparedSpills = UnusableKey | { readonly kind: 'done'; readonly open: readonly number[] };

/**
 * Keeps the rows of buckets that differ and compares them. Where somebody writes, and rows cannot be asked for by a key, all of
 * them are read several times, each behind a fence: what differs alike in every look is a difference.
 */
export async function compareSpilled(
  bucket: BucketRun,
  request: SpillRequest,
  partitions?: readonly number[],
): Promise<ComparedSpills> {
  const { run, table, asBag, withRows } = bucket;
  const mustLook = (asBag || withRows) && (await run.looks?.mustHold(table)) === true;
  if (mustLook) return compareInLooks(bucket, request, partitions);
  return withFolder(bucket, async (folder) => {
    const spilled = await onBothSides((side) =>
      spillSide(bucket, { side, folder, readsLive: false, ...request }),
    );
    const rows = usable(spilled);
    if (rows.kind === 'unusable-key') return rows;
    const compared = await comparePartitions(
      { ...bucket, folder, spilled: rows.spilled, look: null },
      partitions ?? rows.spilled.source.rows.keys(),
    );
    return { kind: 'done', open: compared.open };
  });
}

/** How often both sides are read again. Rows that nothing tells apart are found again by their values alone, so it is once more than elsewhere. */
const LOOKS = LOOKS_TO_CONFIRM + 1;

/**
 * Reads the source, lets the target come up to it, reads the target, and the source once more, which is where the next look
 * begins. What differs alike in every pair of reads is a difference: a value that goes away and comes back is met on both
 * sides of one of them.
 */
async function compareInLooks(
  bucket: BucketRun,
  request: SpillRequest,
  partitions: readonly number[] | undefined,
): Promise<ComparedSpills> {
  const { run } = bucket;
  const firstMs = Date.now();
  return withFolder(bucket, async (folder) => {
    const spill = (side: Side) => spillSide(bucket, { side, folder, readsLive: true, ...request });
    let source = await spill('source');
    let known: ComparedPartitions['entries'] | null = null;
    for (let look = 1; look <= LOOKS && !run.signal.aborted; look++) {
      if (look > 1) await run.looks?.pause(run.signal);
      await standBehind(bucket);
      const target = await spill('target');
      for (const isSecond of [false, true]) {
        if (isSecond) source = await spill('source');
        const rows = usable({ source, target });
        if (rows.kind === 'unusable-key') return rows;
        const isLast = isSecond && look === LOOKS;
        const compared: ComparedPartitions = await comparePartitions(
          { ...bucket, folder, spilled: rows.spilled, look: { known, isLast, looks: look, firstMs } },
          partitions ?? rows.spilled.source.rows.keys(),
        );
        known = compared.entries;
      }
    }
    return { kind: 'done', open: [] };
  });
}

/** Nothing is known of a table whose target did not come up to what was read of the source. */
async function standBehind({ run, table }: BucketRun): Promise<void> {
  if (run.looks === null || (await run.looks.passFence(run, table)) || run.signal.aborted) return;
  throw new Unverified(
    unverified({
      code: 'timeout',
      message: `The target did not come up to where the source was when its rows of ${table.name} were read.`,
      hint: 'See whether the target still follows, wait longer with --max-lag-wait, or run again once it has caught up.',
    }),
  );
}

type Spills = Readonly<Record<Side, SpilledRows>>;

function usable({
  source,
  target,
}: Readonly<Record<Side, SpilledRows | UnusableKey>>):
  | UnusableKey
  | { readonly kind: 'usable'; readonly spilled: Spills } {
  if (source.kind === 'unusable-key') return source;
  if (target.kind === 'unusable-key') return target;
  return { kind: 'usable', spilled: { source, target } };
}

async function withFolder<Result>(
  { run }: BucketRun,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await run.spool.openFolder();
  try {
    return await work(folder);
  } finally {
    await run.spool.closeFolder(folder);
  }
}
