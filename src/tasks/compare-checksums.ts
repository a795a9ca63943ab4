import {
  type ChecksumResult,
  type ChecksumTask,
  describeProved,
  type UnverifiedChunk,
} from '../core/chunk.js';
import type { KeyPart } from '../core/encoding/key-bytes.js';
import { comparedColumns, type Side, type TablePair } from '../core/pairing.js';
import type { KeyRange } from '../engines/row-selection.js';
import { selectRows } from '../engines/select-rows.js';
import type { ChecksumRequest, ServerChecksum, Session } from '../engines/session.js';
import { joinParts, judgeParts, PART_ROWS, partShare, thinOut } from './checksum-parts.js';
import { type KeyPlace, readKeys, smallestEnd, toKeyParts } from './read-keys.js';
import {
  type ChunkChannel,
  describeChunkFailure,
  onBothSides,
  type WorkerContext,
} from './worker-context.js';

interface ChecksumWork {
  readonly task: ChecksumTask;
  readonly pair: TablePair;
  readonly context: WorkerContext;
  readonly channel: ChunkChannel;
}

type Sessions = Readonly<Record<Side, Session>>;

/**
 * Has both servers hash the same key range at once and compares two numbers from each. Equal numbers prove the rows
 * equal; anything else, a row that a server could not hash included, proves nothing. Then the range is cut into parts, and
 * one more statement for each side says which of them are equal.
 *
 * The range ends at the smaller of the keys that stand `capRows` further on either side, so that neither server is ever
 * asked for more rows than that.
 */
export async function compareChecksums(work: ChecksumWork): Promise<ChecksumResult> {
  const started = performance.now();
  const { task, pair, context, channel } = work;
  try {
    const sessions = await onBothSides(pair, context, (side) => context.sessions.session(side));
    channel.reportSessions(sessions);
    const ends = await onBothSides(pair, context, async (side) => {
      const selection = { range: task, limit: 1, offset: task.capRows - 1 };
      return (await readKeys(keysOf(work, side, sessions[side]), selection))[0] ?? null;
    });
    const end = smallestEnd(pair, ends);
    const range = { after: task.after, upTo: end ?? task.upTo };
    const compared = await compareRange(work, sessions, { range, end });
    return { ...compared, elapsedMs: performance.now() - started };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

/** A range of which `end` says whether it ends before the segment does. */
interface CheckedRange {
  readonly range: KeyRange;
  readonly end: KeyRange['upTo'];
}

async function compareRange(
  work: ChecksumWork,
  sessions: Sessions,
  { range, end }: CheckedRange,
): Promise<Exclude<ChecksumResult, UnverifiedChunk>> {
  const { task } = work;
  let rows = task.capRows;
  if (!task.inParts || rows <= PART_ROWS) {
    const sums = await readSums(work, sessions, range);
    if (areEqual(sums)) return describeProved(sums.source?.rows ?? 0, { end, elapsedMs: 0 });
    rows = Math.max(sums.source?.rows ?? rows, sums.target?.rows ?? rows);
  }
  if (rows <= PART_ROWS) return { kind: 'unequal', parts: [{ end, provedRows: null }], elapsedMs: 0 };
  const ends = await readPartEnds(work, { session: sessions.source, range, rows });
  const sums = await readPartSums(work, sessions, { range, ends });
  const parts = joinParts(judgeParts(sums, [...ends, end]));
  const [first, ...others] = parts;
  if (others.length === 0 && first?.provedRows != null)
    return describeProved(first.provedRows, { end, elapsedMs: 0 });
  return { kind: 'unequal', parts, elapsedMs: 0 };
}

function keysOf({ pair, context }: ChecksumWork, side: Side, session: Session): KeyPlace {
  return { pair, side, session, engine: context.sessions.engine(side) };
}

/** Draws keys of the source that cut a range into parts of about as many rows each. */
async function readPartEnds(
  work: ChecksumWork,
  { session, range, rows }: { session: Session; range: KeyRange; rows: number },
): Promise<KeyPart[][]> {
  const { pair, context } = work;
  const read = await onBothSides(pair, context, async (side) =>
    side === 'target' ? [] : readKeys(keysOf(work, side, session), { range, share: partShare(rows) }),
  );
  return thinOut(read.source).map((key) => toKeyParts(pair, key));
}

function readSums(
  work: ChecksumWork,
  sessions: Sessions,
  range: KeyRange,
): Promise<Record<Side, ServerChecksum | null>> {
  const { pair, context } = work;
  return onBothSides(pair, context, async (side) => {
    return sessions[side].ask('checksum', describeRows(work, side, range));
  });
}

function readPartSums(
  work: ChecksumWork,
  sessions: Sessions,
  { range, ends }: { range: KeyRange; ends: readonly KeyPart[][] },
): Promise<Record<Side, ReadonlyMap<number, ServerChecksum | null>>> {
  const { pair, context } = work;
  return onBothSides(pair, context, async (side) => {
    return sessions[side].ask('part-checksums', { rows: describeRows(work, side, range), ends });
  });
}

function describeRows({ task, pair }: ChecksumWork, side: Side, range: KeyRange): ChecksumRequest {
  return { ...selectRows(pair, side, comparedColumns(pair)), range, seed: task.seed };
}

function areEqual({ source, target }: Readonly<Record<Side, ServerChecksum | null>>): boolean {
  return source !== null && target !== null && source.rows === target.rows && source.sum === target.sum;
}
