import { isSparse, type LookAgainTask, type LookedAgain, NONE_UNFOUND } from '../../core/chunk.js';
import { readKeyParts } from '../../core/encoding/key-bytes.js';
import { type PackedKeys, pickKeys, unpackKeys } from '../../core/packed-keys.js';
import { SIDES, type Side, type TablePair } from '../../core/pairing.js';
import { describeSpans } from '../../state/describe-span.js';
import type { UnsettledRows } from '../../state/table-record.js';
import type { TableState } from '../../state/table-state.js';
import { drawLevelOf } from '../draw-level.js';
import type { HeldRange } from '../held-range.js';
import { commitRows, reportUnverified, runWithRetries, type TableRun } from '../table-run.js';
import type { BatchedRange, LookBatch } from './look-batch.js';

/** Keys of unsettled rows that are kept, to be told. */
const MOST_EXAMPLES = 5;

const NONE_CONFIRMED: LookedAgain = {
  ...{ kind: 'looked-again', asked: 0, present: { source: 0, target: 0 } },
  counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
  ...{
    changedColumns: {},
    undecidedColumns: {},
    unfound: NONE_UNFOUND,
    explained: null,
    differingKeys: null,
  },
};

/** What became of the rows of a range that differed when they were read first. */
export interface SettledRange {
  readonly table: TableState;
  readonly range: HeldRange;
  /** Those that differ still: they are read once more, in full, and kept. */
  readonly confirmed: PackedKeys;
  /** How many of the others were equal, and how many of them each side has. */
  readonly inFlight: number;
  readonly present: Readonly<Record<Side, number>>;
  readonly unsettled: UnsettledRows | null;
  /** Whether it was told before that its rows were read. */
  readonly wasHeld: boolean;
}

/** Ends a range of a batch that was looked at. */
export async function commitHeld(run: TableRun, batch: LookBatch, range: BatchedRange): Promise<void> {
  const { table, failure } = batch;
  const { pair } = table.planned;
  if (pair === null) return;
  if (failure !== null) {
    await reportUnverified(run, table, failure, describeRange(run, pair, range));
    return;
  }
  const mine = (rows: Uint32Array): Uint32Array =>
    rows.filter((row) => row >= range.from && row < range.from + range.count);
  const confirmed = mine(batch.book.confirmed);
  const open = mine(batch.book.open);
  await commitSettled(run, {
    table,
    range,
    confirmed: pickKeys(
      range.keys,
      confirmed.map((row) => row - range.from),
    ),
    inFlight: range.count - confirmed.length - open.length,
    present: countPresent(batch, range, new Set(confirmed)),
    unsettled: open.length === 0 ? null : describeOpen(batch, pair, open),
    wasHeld: true,
  });
}

/** Reads the confirmed rows of a range in full, keeps them, and commits what is known of the range. */
export async function commitSettled(run: TableRun, settled: SettledRange): Promise<void> {
  const { table, range, confirmed, unsettled } = settled;
  const { pair } = table.planned;
  if (pair === null) return;
  const place = { table, segment: range.part };
  const drawLevel = drawLevelOf(run, table);
  const task: LookAgainTask = { kind: 'look-again', pairId: pair.id, keys: confirmed, drawLevel };
  const result = confirmed.length === 0 ? NONE_CONFIRMED : await runWithRetries(run, place, task);
  if (run.signal.aborted) return;
  if (result.kind === 'unverified') {
    await reportUnverified(run, table, result, describeRange(run, pair, range));
    return;
  }
  const { counts, changedColumns, undecidedColumns, explained, differingKeys, present } = result;
  const { rows } = range;
  const has = (side: Side): number => settled.present[side] + present[side];
  // Rows may have come or gone among those that were looked at.
  const sourceRows = rows.sourceRows + has('source') - (range.count - rows.counts.extra);
  const targetRows = rows.targetRows + has('target') - (range.count - rows.counts.missing);
  const doubtful = counts.missing + counts.extra + counts.changed;
  const isListed = unsettled === null && isSparse(doubtful, Math.max(sourceRows, targetRows));
  const inFlight = rows.counts.inFlight + settled.inFlight + counts.inFlight;
  await commitRows(run, place, {
    range: range.range,
    hasher: range.hasher,
    rows: { sourceRows, targetRows, counts: { ...counts, inFlight }, changedColumns, undecidedColumns },
    unfound: range.unfound,
    // Of a range with unsettled rows it is not known which side has which, so that it is read again.
    keys: isListed && range.range !== null ? differingKeys : null,
    chunks: range.chunks,
    explained,
    wasHeld: settled.wasHeld,
    ...(unsettled !== null && { unsettled }),
  });
}

/** Ends a range of a run that was stopped: what was read of it counts, and of the rows that differed nothing is known. */
export async function commitStopped(run: TableRun, batch: LookBatch, range: BatchedRange): Promise<void> {
  const { table } = batch;
  const { pair } = table.planned;
  if (pair === null) return;
  await run.spool.rollback(table.planned.id, range.part);
  const rows = Uint32Array.from({ length: range.count }, (_, at) => range.from + at);
  const { sourceRows, targetRows, counts } = range.rows;
  await commitRows(
    run,
    { table, segment: range.part },
    {
      ...{
        range: range.range,
        hasher: range.hasher,
        unfound: range.unfound,
        keys: null,
        chunks: range.chunks,
      },
      rows: {
        ...{ sourceRows, targetRows, changedColumns: {}, undecidedColumns: {} },
        counts: { missing: 0, extra: 0, changed: 0, inFlight: counts.inFlight },
      },
      wasHeld: true,
      unsettled: { ...describeOpen(batch, pair, rows), why: 'stopped' },
    },
  );
}

/** How many candidates of a range each side had when they were looked at last, without those that are read once more. */
function countPresent(
  { book }: LookBatch,
  { from, count }: BatchedRange,
  without: ReadonlySet<number>,
): Record<Side, number> {
  const present = { source: 0, target: 0 };
  for (let row = from; row < from + count; row++) {
    if (without.has(row)) continue;
    for (const side of SIDES) if (book.isPresent(side, row)) present[side]++;
  }
  return present;
}

function describeOpen(batch: LookBatch, pair: TablePair, open: Uint32Array): UnsettledRows {
  const looks = [...open].map((row) => batch.book.looksAt(row)).sort((one, other) => one - other);
  const kinds = pair.key.map((column) => column.keyKind);
  const first = Uint32Array.from(open.subarray(0, MOST_EXAMPLES));
  return {
    rows: open.length,
    why: batch.why ?? 'moving',
    ...(batch.because !== null && { because: batch.because }),
    looks: { least: looks[0] ?? 0, most: looks.at(-1) ?? 0 },
    firstMs: batch.firstMs,
    lastMs: batch.lastMs,
    examples: [...unpackKeys(batch.keysOf(first))].map(({ source }) => readKeyParts(kinds, source)),
  };
}

function describeRange({ showsKeys }: TableRun, pair: TablePair, { range }: HeldRange): string | null {
  return range === null ? null : describeSpans(pair, [range], showsKeys);
}
