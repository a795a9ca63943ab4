import type { CanaryTask, CanaryTaskResult, TriedCanary } from '../core/canary.js';
import type { ChecksumTask, ChunkTask } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { eachRow } from '../engines/row-span.js';
import { findDifferingRows } from '../hashing/row-index.js';
import { findAlteration } from './alter-row.js';
import { tryBuckets } from './canary-buckets.js';
import { type CanaryJob, Failed, nameOfField, onTarget, prepareTarget, ROWS, tried } from './canary-parts.js';
import { type AlteredRow, alterChecksum, alterTarget } from './canary-sessions.js';
import { compareChecksums } from './compare-checksums.js';
import { verifyChunk } from './verify-chunk.js';
import { describeChunkFailure, type WorkerContext } from './worker-context.js';

const BYTES = 1 << 20;

/**
 * Changes one value in what was read of the first rows of a table, and compares them by the very code that compares the
 * table. Nothing is written to a database, and nothing that differs here leaves this function but whether it was found.
 */
export async function tryCanary(job: CanaryJob): Promise<CanaryTaskResult> {
  const context = { ...job.context, prepared: null };
  try {
    switch (job.task.way) {
      case 'range':
        return await tryRange({ ...job, context });
      case 'checksum':
        return await tryChecksum({ ...job, context });
      case 'bucket':
        return await tryBuckets({ ...job, context });
    }
  } catch (error) {
    return error instanceof Failed ? error.result : describeChunkFailure(error);
  }
}

/** The first rows of a table, both sides as they are; then the same with a value of the target altered on its way. */
async function tryRange(job: CanaryJob): Promise<TriedCanary> {
  const known = new Set((await compareFirstRows(job)).map(nameOf));
  const { source, target } = job.context.indexes;
  if (target.count === 0 || source.count === 0) return tried('no-rows');
  const equal = listEqualKeys(job.context);
  if (equal.size === 0) return tried('differs-already');
  const altered = await chooseRow(job, equal);
  if (altered === null) return tried('no-value');
  const context = { ...job.context, prepared: null, sessions: alterTarget(job.context.sessions, altered) };
  const found = (await compareFirstRows({ ...job, context })).filter((row) => !known.has(nameOf(row)));
  const column = nameOfField(job.pair, altered.alteration);
  const isFound = found.some(({ kind, columns }) => kind === 'changed' && columns.includes(column));
  return tried(isFound ? 'found' : 'lost', column);
}

const nameOf = ({ kind, key }: RowDifference): string => JSON.stringify([kind, key]);

function chunkOf({ pairId }: CanaryTask): ChunkTask {
  return {
    kind: 'chunk',
    pairId,
    after: null,
    upTo: null,
    capRows: ROWS,
    capBytes: BYTES,
    keeps: 'no-keys',
    drawLevel: null,
  };
}

async function compareFirstRows({ task, pair, context, channel }: CanaryJob): Promise<RowDifference[]> {
  const rows: RowDifference[] = [];
  const collecting = {
    ...channel,
    storeDifferences: async (more: readonly RowDifference[]) => void rows.push(...more),
  };
  const result = await verifyChunk(chunkOf(task), pair, context, collecting);
  if (result.kind === 'unverified') throw new Failed(result);
  return rows;
}

/** The keys of rows that have equal hashes on both sides. */
function listEqualKeys({ indexes: { source, target } }: WorkerContext): ReadonlySet<string> {
  const found = findDifferingRows(source, target);
  const differing = new Set(found.target.subarray(0, found.count));
  const equal = Array.from({ length: target.count }, (_, row) => row).filter((row) => !differing.has(row));
  return new Set(equal.map((row) => target.keyAt(row).toString('latin1')));
}

/** Looks through the first rows of the target for one that is equal on both sides and has a value that can be altered. */
async function chooseRow(
  { task, pair, context }: CanaryJob,
  equal: ReadonlySet<string>,
): Promise<AlteredRow | null> {
  let chosen: AlteredRow | null = null;
  const prepared = await prepareTarget(pair, context);
  const { reader, selection } = prepared;
  const sink = new ByteSink();
  await onTarget(pair, context, async () => {
    const session = await context.sessions.session('target');
    const wanted = { ...selection, range: chunkOf(task), limit: ROWS };
    await session.readRows(wanted, (buffer, start, end, rows) => {
      eachRow(reader.codec, { buffer, start, end, rows }, (row) => {
        sink.reset();
        const next = reader.readKey(row, sink);
        const key = sink.toBuffer();
        if (chosen !== null || !equal.has(key.toString('latin1'))) return next;
        const alteration = findAlteration(pair, prepared, { row, withKey: false });
        if (alteration !== null) chosen = { prepared, key, alteration };
        return next;
      });
      return true;
    });
  });
  return chosen;
}

/** The checksums of both servers of a range that they prove equal; then with that of the target altered on its way. */
async function tryChecksum({ task, pair, context, channel }: CanaryJob): Promise<TriedCanary> {
  const { seed } = task;
  const asked: ChecksumTask = { ...chunkOf(task), kind: 'checksum', seed, inParts: false };
  const control = await compareChecksums({ task: asked, pair, context, channel });
  if (control.kind === 'unverified') throw new Failed(control);
  if (control.kind !== 'match') return tried('differs-already');
  if (control.sourceRows === 0) return tried('no-rows');
  const altered = { ...context, sessions: alterChecksum(context.sessions) };
  const result = await compareChecksums({ task: asked, pair, context: altered, channel });
  if (result.kind === 'unverified') throw new Failed(result);
  return tried(result.kind === 'match' ? 'lost' : 'found');
}
