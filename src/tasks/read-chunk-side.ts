import { textTypeOf } from '../core/canonical-type.js';
import type { ChunkTask } from '../core/chunk.js';
import { mayHoldTwiceEncoded } from '../core/encoding/twice-encoded.js';
import { RowproofError } from '../core/errors.js';
import type { TablePair } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import type { RowIndex } from '../hashing/row-index.js';
import type { ChunkHasher } from '../hashing/row-reader.js';
import type { TableSide } from './table-side.js';

/** What came of reading a chunk on one side. */
export interface SideRead {
  /** True where the side has rows beyond the last one it returned. */
  readonly capped: boolean;
  readonly wireBytes: number;
  /** Whether none of its text was encoded twice; null where nobody knows what its bytes mean, or wants to. */
  readonly isOnceEncoded: boolean | null;
}

/** Where rows of a chunk come from, and what takes them. */
interface ChunkSide {
  readonly pair: TablePair;
  readonly prepared: TableSide;
  readonly session: Session;
  readonly index: RowIndex;
  readonly hasher: ChunkHasher;
}

/** Reads the rows of a chunk on one side into an index, up to a cap. */
export async function readChunkSide(
  task: Pick<ChunkTask, 'after' | 'upTo' | 'capRows' | 'capBytes'>,
  { pair, prepared, session, index, hasher }: ChunkSide,
): Promise<SideRead> {
  const { side, selection, reader } = prepared;
  reader.beginIndex(index, hasher);
  let wireBytes = 0;
  let received = 0;
  let stopped = false;
  // Text that is the same on both sides is looked at on one.
  let isOnceEncoded = side === 'source' && task.after === null && sendsUtf8(pair) ? true : null;
  const wanted = { ...selection, range: task, limit: task.capRows };
  await session.readRows(wanted, (buffer, start, end, rows) => {
    reader.indexSpan({ buffer, start, end, rows }, index, hasher);
    if (isOnceEncoded === true) isOnceEncoded = !mayHoldTwiceEncoded(buffer.subarray(start, end));
    wireBytes += end - start;
    received += rows;
    stopped = wireBytes >= task.capBytes;
    return !stopped;
  });
  reader.endIndex(index, hasher);
  if (index.count !== received)
    throw new RowproofError({
      code: 'internal',
      message: `Rows that were not hashed: ${received - index.count}`,
    });
  return { capped: stopped || index.count >= task.capRows, wireBytes, isOnceEncoded };
}

/** Whether the source sends all text as UTF-8. */
function sendsUtf8({ columns, key }: TablePair): boolean {
  return [...key, ...columns]
    .filter(({ canonical }) => canonical === 'text')
    .every(({ source }) => textTypeOf(source.type)?.charset === 'utf8');
}
