import { findDifferingBuckets } from '../core/bucket.js';
import type { TriedCanary } from '../core/canary.js';
import type { UnverifiedChunk } from '../core/chunk.js';
import { PLAIN } from '../core/column-rule.js';
import type { RowDifference } from '../core/difference.js';
import { RowproofError, serializeError } from '../core/errors.js';
import { type ColumnPair, SIDES, type TablePair } from '../core/pairing.js';
import { eachRow, type RowSpan } from '../engines/row-span.js';
import { type Alteration, alterRow, findAlteration } from './alter-row.js';
import { spillBuckets, sumBuckets } from './bucket-tasks.js';
import { type CanaryJob, Failed, nameOfField, onTarget, prepareTarget, ROWS, tried } from './canary-parts.js';
import { playBack } from './canary-sessions.js';
import { comparePartition } from './compare-partition.js';
import type { TableSide } from './table-side.js';

/** Some rows of the target, as they were read, against the same rows with one value altered: both passes of the strategy. */
export async function tryBuckets(job: CanaryJob): Promise<TriedCanary> {
  const { task, context } = job;
  const pair = pairWithItself(job.pair);
  const prepared = await prepareTarget(pair, context);
  const spans = await recordRows(job, prepared);
  if (spans.length === 0) return tried('no-rows');
  const altered = alterFirst(pair, prepared, { spans, withKey: task.asBag });
  if (altered === null) return tried('no-value');
  const sessions = playBack(context.sessions, { source: spans, target: altered.spans });
  const rows: RowDifference[] = [];
  const channel = {
    reportSessions: () => undefined,
    reportRows: () => undefined,
    storeDifferences: async (more: readonly RowDifference[]) => void rows.push(...more),
  };
  await compareInBuckets({ task, pair, channel, context: { ...context, prepared: null, sessions } });
  const column = nameOfField(pair, altered.alteration);
  const kinds = rows
    .map(({ kind }) => kind)
    .sort()
    .join(' ');
  return tried(kinds === (task.asBag ? 'extra missing' : 'changed') ? 'found' : 'lost', column);
}

/** A pair of one table, so that rows of one side can stand on both. */
function pairWithItself(pair: TablePair): TablePair {
  const own = <Pair extends ColumnPair>(column: Pair): Pair => ({
    ...column,
    source: column.target,
    rule: column.rule.kind === 'plain' ? column.rule : PLAIN,
  });
  const { target, where } = pair;
  return {
    ...pair,
    source: target,
    where: { source: where.target, target: where.target },
    key: pair.key.map(own),
    columns: pair.columns.map(own),
  };
}

async function recordRows({ pair, context }: CanaryJob, { selection }: TableSide): Promise<RowSpan[]> {
  const spans: RowSpan[] = [];
  await onTarget(pair, context, async () => {
    const session = await context.sessions.session('target');
    await session.readRows({ ...selection, key: [], limit: ROWS }, (buffer, start, end, rows) => {
      const copy = Buffer.from(buffer.subarray(start, end));
      if (rows > 0) spans.push({ buffer: copy, start: 0, end: copy.length, rows });
      return true;
    });
  });
  return spans;
}

interface Recorded {
  readonly spans: readonly RowSpan[];
  readonly withKey: boolean;
}

/** The spans with the first row altered of which a value can be. */
function alterFirst(
  pair: TablePair,
  prepared: TableSide,
  { spans, withKey }: Recorded,
): { readonly spans: readonly RowSpan[]; readonly alteration: Alteration } | null {
  const { codec } = prepared.reader;
  let alteration: Alteration | null = null;
  const copies = spans.map((span) => ({ ...span, buffer: Buffer.from(span.buffer) }));
  for (const span of copies) {
    eachRow(codec, span, (row) => {
      const next = codec.rowEnd(row.buffer, row.offset, span.end);
      if (alteration !== null) return next;
      alteration = findAlteration(pair, prepared, { row, withKey });
      if (alteration !== null) alterRow(codec, row, alteration);
      return next;
    });
  }
  return alteration === null ? null : { spans: copies, alteration };
}

async function compareInBuckets(job: CanaryJob): Promise<void> {
  const { asBag, folder, pairId } = job.task;
  const sums = [];
  for (const side of SIDES) {
    const result = await sumBuckets({ ...job, task: { kind: 'sum-buckets', pairId, side, asBag } });
    if (result.kind === 'unverified') throw new Failed(result);
    sums.push(result.sums);
  }
  const [source, target] = sums;
  if (source === undefined || target === undefined) return;
  const wanted = findDifferingBuckets(source, target);
  const rows = { source: 0, target: 0 };
  const withRows = !asBag;
  for (const side of SIDES) {
    const spill = {
      kind: 'spill-buckets',
      pairId,
      side,
      asBag,
      withRows,
      wanted,
      bounds: [],
      folder,
      readsLive: true,
    } as const;
    const result = await spillBuckets({ ...job, task: spill });
    if (result.kind === 'unverified') throw new Failed(result);
    if (result.kind === 'unusable-key') throw new Failed(unusable(result.reason));
    rows[side] = result.rows[0] ?? 0;
  }
  const compared = await comparePartition({
    ...job,
    task: {
      kind: 'compare-partition',
      keepsKeys: false,
      look: null,
      pairId,
      asBag,
      withRows,
      folder,
      partition: 0,
      rows,
    },
  });
  if (compared.kind === 'unverified') throw new Failed(compared);
}

function unusable(reason: string): UnverifiedChunk {
  const error = new RowproofError({
    code: 'key-order',
    message: `The rows cannot be told apart: ${reason}.`,
  });
  return { kind: 'unverified', error: serializeError(error), transient: false };
}
