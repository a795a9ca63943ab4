import type { ChecksumResult, ChecksumTask } from '../core/chunk.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { readKeyParts } from '../core/encoding/key-bytes.js';
import { comparedColumns, SIDES, type Side, type TablePair } from '../core/pairing.js';
import { readChecksum, type ServerChecksum } from '../engines/checksum.js';
import type { KeyRange, Session } from '../engines/engine.js';
import { prepareTableSide, readEachRow } from './table-side.js';
import { type ChunkChannel, describeChunkFailure, onBothSides, type WorkerContext } from './verify-chunk.js';

interface ChecksumRequest {
  readonly task: ChecksumTask;
  readonly pair: TablePair;
  readonly context: WorkerContext;
  readonly channel: ChunkChannel;
}

/** Sessions that may be asked for checksums: what their engine wants set is set. */
const preparedSessions = new WeakSet<Session>();

/**
 * Has both servers hash the same key range at once and compares two numbers from each. Equal numbers prove the rows
 * equal; anything else, a row that a server could not hash included, proves nothing.
 *
 * The range ends at the smaller of the keys that stand `capRows` further on either side, so that neither server is ever
 * asked for more rows than that.
 */
export async function compareChecksums(request: ChecksumRequest): Promise<ChecksumResult> {
  const started = performance.now();
  const { task, pair, context, channel } = request;
  try {
    const sessions = await onBothSides(pair, context, (side) => openSession(side, context));
    channel.reportSessions({
      source: sessions.source.serverSessionId,
      target: sessions.target.serverSessionId,
    });
    const ends = await onBothSides(pair, context, (side) => readEnd(request, side, sessions[side]));
    const end = smallestEnd(pair, ends);
    const range = { after: task.after, upTo: end ?? task.upTo };
    const sums = await onBothSides(pair, context, (side) =>
      readSum(request, side, { session: sessions[side], range }),
    );
    return { ...judge(sums), end, elapsedMs: performance.now() - started };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

async function openSession(side: Side, { sessions }: WorkerContext): Promise<Session> {
  const session = await sessions.session(side);
  if (preparedSessions.has(session)) return session;
  for (const statement of sessions.engine(side).checksum.sessionSetup) await session.query(statement);
  preparedSessions.add(session);
  return session;
}

/** Reads the key of the last of `capRows` rows, from the index alone; null where a side has fewer. */
async function readEnd(
  { task, pair, context }: ChecksumRequest,
  side: Side,
  session: Session,
): Promise<Buffer | null> {
  const engine = context.sessions.engine(side);
  const { selection, columns, reader } = await prepareTableSide({ ...pair, columns: [] }, side, {
    engine,
    session,
  });
  const sql = engine.dialect.buildSelect({ ...selection, range: task, limit: 1, offset: task.capRows - 1 });
  const key = new ByteSink();
  await readEachRow({ session, columns, sql, codec: reader.codec }, (row) => reader.readKey(row, key));
  return key.length === 0 ? null : key.toBuffer();
}

function smallestEnd(pair: TablePair, ends: Readonly<Record<Side, Buffer | null>>): KeyRange['upTo'] {
  const smallest = SIDES.flatMap((side) => ends[side] ?? []).sort(Buffer.compare)[0];
  if (smallest === undefined) return null;
  return readKeyParts(
    pair.key.map((column) => column.keyKind),
    smallest,
  );
}

async function readSum(
  { task, pair, context }: ChecksumRequest,
  side: Side,
  { session, range }: { session: Session; range: KeyRange },
): Promise<ServerChecksum | null> {
  const sql = context.sessions.engine(side).checksum.buildChecksum({
    table: pair[side],
    columns: comparedColumns(pair).map((column) => column[side]),
    key: pair.key.map((column) => column[side]),
    where: side === 'source' ? pair.sourceWhere : pair.targetWhere,
    range,
    seed: task.seed,
  });
  return readChecksum(await session.query(sql));
}

const NO_DIFFERENCE = { missing: 0, extra: 0, changed: 0, inFlight: 0 };

function judge({ source, target }: Readonly<Record<Side, ServerChecksum | null>>) {
  if (source === null || target === null) return { kind: 'unequal', isHashed: false } as const;
  if (source.rows !== target.rows || source.sum !== target.sum)
    return { kind: 'unequal', isHashed: true } as const;
  return {
    kind: 'match',
    sourceRows: source.rows,
    targetRows: target.rows,
    wireBytes: 0,
    counts: NO_DIFFERENCE,
    changedColumns: {},
    undecidedColumns: {},
  } as const;
}
