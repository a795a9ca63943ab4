import { textTypeOf } from '../core/canonical-type.js';
import type { ChunkTask } from '../core/chunk.js';
import { mayHoldTwiceEncoded } from '../core/encoding/twice-encoded.js';
import { RowproofError } from '../core/errors.js';
import type { TablePair } from '../core/pairing.js';
import type { RowSelection } from '../engines/row-selection.js';
import type { Session, SpanListener } from '../engines/session.js';
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
  readonly index: RowIndex;
  readonly hasher: ChunkHasher;
}

/** Which rows of a table a chunk has. */
type ChunkRows = Pick<ChunkTask, 'after' | 'upTo' | 'capRows' | 'capBytes'>;

/** Reads the rows of a chunk on one side into an index, up to a cap. */
export async function readChunkSide(
  task: ChunkRows,
  { session, ...of }: ChunkSide & { readonly session: Session },
): Promise<SideRead> {
  const reading = new SideReading(task, of);
  reading.begin();
  await session.readRows(reading.wanted, reading.listen);
  return reading.end();
}

/** The reading of a chunk on one side, between whose beginning and end nothing else is read into its index. */
export class SideReading {
  /** What is to be read. */
  readonly wanted: RowSelection;
  readonly #task: ChunkRows;
  readonly #of: ChunkSide;
  #wireBytes = 0;
  #received = 0;
  #isStopped = false;
  // Text that is the same on both sides is looked at on one.
  #isOnceEncoded: boolean | null;

  constructor(task: ChunkRows, of: ChunkSide) {
    const { side, selection } = of.prepared;
    this.#task = task;
    this.#of = of;
    this.wanted = { ...selection, range: task, limit: task.capRows };
    this.#isOnceEncoded = side === 'source' && task.after === null && sendsUtf8(of.pair) ? true : null;
  }

  begin(): void {
    const { prepared, index, hasher } = this.#of;
    prepared.reader.beginIndex(index, hasher);
  }

  readonly listen: SpanListener = (buffer, start, end, rows) => {
    const { prepared, index, hasher } = this.#of;
    prepared.reader.indexSpan({ buffer, start, end, rows }, index, hasher);
    if (this.#isOnceEncoded === true) this.#isOnceEncoded = !mayHoldTwiceEncoded(buffer.subarray(start, end));
    this.#wireBytes += end - start;
    this.#received += rows;
    this.#isStopped = this.#wireBytes >= this.#task.capBytes;
    return !this.#isStopped;
  };

  /** Says what came of it, once all rows that were wanted have been received. */
  end(): SideRead {
    const { prepared, index, hasher } = this.#of;
    prepared.reader.endIndex(index, hasher);
    const lost = this.#received - index.count;
    if (lost !== 0)
      throw new RowproofError({ code: 'internal', message: `Rows that were not hashed: ${lost}` });
    return {
      capped: this.#isStopped || index.count >= this.#task.capRows,
      wireBytes: this.#wireBytes,
      isOnceEncoded: this.#isOnceEncoded,
    };
  }
}

/** Whether the source sends all text as UTF-8. */
function sendsUtf8({ columns, key }: TablePair): boolean {
  return [...key, ...columns]
    .filter(({ canonical }) => canonical === 'text')
    .every(({ source }) => textTypeOf(source.type)?.charset === 'utf8');
}
