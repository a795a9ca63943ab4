import type { ChunkTask } from '../core/chunk.js';
import { type KeyKind, type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { Side } from '../core/pairing.js';
import type { DifferingRows, RowIndex } from '../hashing/row-index.js';
import { IndexedRows, type RereadRow, type StepRows } from './step-rows.js';

/** Keys a statement: lists that optimizers still turn into index lookups; a composite key has no IN list, but ORs. */
const BATCH_KEYS = { single: 1000, composite: 250 };
/** Bytes of the keys of a statement, which writes each as two digits: servers may take no more than a megabyte. */
const BATCH_KEY_BYTES = 128 << 10;
/** Differing rows of a range: enough that starting a statement costs next to nothing beside them. */
const RANGE_KEYS = 16_000;
/** Fewer differing rows in a range are looked up, with those of other places, in one statement. */
const LEAST_RANGE_KEYS = 16;
/** Equal rows in a row that end a range. */
const LONGEST_GAP_ROWS = 128;
/** Wire bytes that cost about as much to read as one more row does. */
const BYTES_A_ROW = 512;
/** Wire bytes of the rows of a step, as first read: what a step may hold in memory a side. */
const STEP_BYTES = 1 << 20;

/** A row to be looked up: its key bytes on each side, if it is there, and its size on the wire. */
interface KeyedRow {
  readonly source: Buffer | null;
  readonly target: Buffer | null;
  readonly wireBytes: number;
}

/** Differing rows that are looked up by their keys, by one statement a side. */
export interface KeysStep<Row extends { readonly wireBytes: number } = RereadRow> {
  readonly rows: readonly Row[];
  readonly wireBytes: number;
}

/** Differing rows that are read again with all rows of their key range, by one statement a side. */
export interface RangeStep {
  readonly rows: StepRows;
  readonly range: { readonly after: readonly KeyPart[] | null; readonly upTo: readonly KeyPart[] };
  readonly wireBytes: number;
}

export type RereadStep = KeysStep | RangeStep;

/** The differing rows of a chunk, and what to choose the way of reading them again by. */
export interface RereadRequest {
  readonly differing: DifferingRows;
  readonly indexes: Readonly<Record<Side, RowIndex>>;
  readonly keyKinds: readonly KeyKind[];
  /** The lower bound of the chunk. */
  readonly after: ChunkTask['after'];
  /** How many rows of a range may be read for each row that differs, before looking rows up is cheaper. */
  readonly rowsPerLookup: number;
}

/**
 * Plans how the differing rows of a chunk are read again, in key order: where they lie close together, with all rows
 * between them, because a server finds a row by its key at the price of sending many; elsewhere by their keys.
 */
export function* planRereads(request: RereadRequest): Generator<RereadStep> {
  const sparse = new KeyBatch<RereadRow>(request.keyKinds.length);
  for (const stretch of stretches(request)) {
    if (isDense(stretch, request)) {
      yield* sparse.take();
      yield rangeStep(stretch, request);
    } else yield* sparse.add(rowsOf(stretch, request));
  }
  yield* sparse.take();
}

/** Groups rows to be looked up, bounded by number and by the size that the rows had. */
export function* planByKeys<Row extends KeyedRow>(
  rows: Iterable<Row>,
  keyColumns: number,
): Generator<KeysStep<Row>> {
  const batch = new KeyBatch<Row>(keyColumns);
  yield* batch.add(rows);
  yield* batch.take();
}

/** Rows that wait until they are enough for a statement. */
class KeyBatch<Row extends KeyedRow> {
  readonly #most: number;
  #rows: Row[] = [];
  #wireBytes = 0;
  #keyBytes = 0;

  constructor(keyColumns: number) {
    this.#most = keyColumns === 1 ? BATCH_KEYS.single : BATCH_KEYS.composite;
  }

  *add(rows: Iterable<Row>): Generator<KeysStep<Row>> {
    for (const row of rows) {
      const keyBytes = Math.max(row.source?.length ?? 0, row.target?.length ?? 0);
      const isFull =
        this.#rows.length === this.#most ||
        this.#wireBytes + row.wireBytes > STEP_BYTES ||
        this.#keyBytes + keyBytes > BATCH_KEY_BYTES;
      if (isFull) yield* this.take();
      this.#rows.push(row);
      this.#wireBytes += row.wireBytes;
      this.#keyBytes += keyBytes;
    }
  }

  *take(): Generator<KeysStep<Row>> {
    if (this.#rows.length === 0) return;
    const step = { rows: this.#rows, wireBytes: this.#wireBytes };
    this.#rows = [];
    this.#wireBytes = 0;
    this.#keyBytes = 0;
    yield step;
  }
}

/** Differing rows without a long gap between them: their places among those of the chunk. */
interface Stretch {
  readonly from: number;
  to: number;
  /** Where the first row is on each side, or would be. */
  readonly first: Readonly<Record<Side, number>>;
  wireBytes: number;
  /** The equal rows between them, and what reading those costs, in rows. */
  gapCost: number;
}

function* stretches({ differing, indexes }: RereadRequest): Generator<Stretch> {
  let stretch: Stretch | null = null;
  const next = { source: 0, target: 0 };
  for (let place = 0; place < differing.count; place++) {
    const source = differing.source[place] as number;
    const target = differing.target[place] as number;
    const gap = source >= 0 ? source - next.source : target - next.target;
    const wireBytes = Math.max(
      source < 0 ? 0 : indexes.source.wireBytesAt(source),
      target < 0 ? 0 : indexes.target.wireBytesAt(target),
    );
    if (stretch !== null) {
      const isFull = place - stretch.from === RANGE_KEYS || stretch.wireBytes + wireBytes > STEP_BYTES;
      if (gap > LONGEST_GAP_ROWS || isFull) {
        yield stretch;
        stretch = null;
      } else if (gap > 0) {
        const gapBytes = indexes.source.wireBytesOf(next.source, next.source + gap);
        stretch.gapCost += gap + gapBytes / BYTES_A_ROW;
      }
    }
    stretch ??= beginStretch(place, { source: next.source + gap, target: next.target + gap });
    stretch.to = place + 1;
    stretch.wireBytes += wireBytes;
    next.source = next.source + gap + (source >= 0 ? 1 : 0);
    next.target = next.target + gap + (target >= 0 ? 1 : 0);
  }
  if (stretch !== null) yield stretch;
}

function beginStretch(from: number, first: Stretch['first']): Stretch {
  return { from, to: from, first, wireBytes: 0, gapCost: 0 };
}

/** The rows one by one. The indexes stay as they are until the next chunk, so a key is a view of them. */
function* rowsOf(stretch: Stretch, { indexes, differing }: RereadRequest): Generator<RereadRow> {
  const rows = new IndexedRows(indexes, differing, stretch);
  for (let place = 0; place < rows.count; place++) yield rows.at(place);
}

function isDense({ from, to, gapCost }: Stretch, { rowsPerLookup }: RereadRequest): boolean {
  const rows = to - from;
  return rows >= LEAST_RANGE_KEYS && gapCost + rows <= rowsPerLookup * rows;
}

/** The range begins behind the last row before the stretch that either side has. */
function rangeStep(stretch: Stretch, { indexes, differing, keyKinds, after }: RereadRequest): RangeStep {
  const { first, wireBytes } = stretch;
  const before = (['source', 'target'] as const)
    .filter((side) => first[side] > 0)
    .map((side) => indexes[side].keyAt(first[side] - 1))
    .sort(Buffer.compare)
    .at(-1);
  const rows = new IndexedRows(indexes, differing, stretch);
  return {
    rows,
    range: {
      after: before === undefined ? after : readKeyParts(keyKinds, before),
      upTo: readKeyParts(keyKinds, rows.at(rows.count - 1).source),
    },
    wireBytes,
  };
}
