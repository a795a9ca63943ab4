import type { ChunkTask } from '../core/chunk.js';
import { type KeyKind, type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { Side } from '../core/pairing.js';
import type { DifferingRow, RowIndex } from '../hashing/row-index.js';
import type { DifferingKeys } from './compare-keyed.js';

/** Keys a statement: lists that optimizers still turn into index lookups; a composite key has no IN list, but ORs. */
const BATCH_KEYS = { single: 1000, composite: 250 };
/** Bytes of the keys of a statement, which writes each as two digits: servers may take no more than a megabyte. */
const BATCH_KEY_BYTES = 128 << 10;
/** Differing rows of a range: enough that starting a statement costs little beside them. */
const RANGE_KEYS = 2000;
/** Fewer differing rows in a range are looked up, with those of other places, in one statement. */
const LEAST_RANGE_KEYS = 16;
/** Equal rows in a row that end a range. */
const LONGEST_GAP_ROWS = 128;
/** Wire bytes that cost about as much to read as one more row does. */
const BYTES_A_ROW = 512;
/** Wire bytes of the rows of a step, as first read: what a step may hold in memory a side. */
const STEP_BYTES = 1 << 20;

/** A differing row as it is asked for: by which key bytes on which side, and the larger size it had on the wire. */
export interface RereadRow {
  readonly source: Buffer;
  readonly target: Buffer;
  readonly wireBytes: number;
  /** Which sides had it when they were read a moment ago. */
  readonly seen: Side | 'both' | 'none';
  /** Where the row of each side was kept, if it was: then no side is asked for it. */
  readonly kept: DifferingKeys['kept'];
}

/** A row to be looked up: its key bytes on each side, if it is there, and its size on the wire. */
interface KeyedRow {
  readonly source: Buffer | null;
  readonly target: Buffer | null;
  readonly wireBytes: number;
}

/** Differing rows that are read again by one statement a side: by their keys, or with all rows of their key range. */
export interface RereadStep<Row extends { readonly wireBytes: number } = RereadRow> {
  readonly rows: readonly Row[];
  readonly range: { readonly after: readonly KeyPart[] | null; readonly upTo: readonly KeyPart[] } | null;
  readonly wireBytes: number;
}

/** The differing rows of a chunk, and what to choose the way of reading them again by. */
export interface RereadRequest {
  readonly differing: Iterable<DifferingRow>;
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
    } else yield* sparse.add(stretch.rows);
  }
  yield* sparse.take();
}

/** Groups rows to be looked up, bounded by number and by the size that the rows had. */
export function* planByKeys<Row extends KeyedRow>(
  rows: Iterable<Row>,
  keyColumns: number,
): Generator<RereadStep<Row>> {
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

  *add(rows: Iterable<Row>): Generator<RereadStep<Row>> {
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

  *take(): Generator<RereadStep<Row>> {
    if (this.#rows.length === 0) return;
    const step = { rows: this.#rows, range: null, wireBytes: this.#wireBytes };
    this.#rows = [];
    this.#wireBytes = 0;
    this.#keyBytes = 0;
    yield step;
  }
}

/** Differing rows without a long gap between them. */
interface Stretch {
  readonly rows: RereadRow[];
  /** Where the first row is on each side, or would be. */
  readonly first: Readonly<Record<Side, number>>;
  wireBytes: number;
  /** The equal rows between them, and what reading those costs, in rows. */
  gapCost: number;
}

function* stretches({ differing, indexes }: RereadRequest): Generator<Stretch> {
  let stretch: Stretch | null = null;
  const next = { source: 0, target: 0 };
  for (const { source, target } of differing) {
    const gap = source >= 0 ? source - next.source : target - next.target;
    const at = { source: next.source + gap, target: next.target + gap };
    const row = describeRow({ source, target }, indexes);
    if (stretch !== null) {
      const isFull = stretch.rows.length === RANGE_KEYS || stretch.wireBytes + row.wireBytes > STEP_BYTES;
      if (gap > LONGEST_GAP_ROWS || isFull) {
        yield stretch;
        stretch = null;
      } else stretch.gapCost += gap + indexes.source.wireBytesOf(next.source, at.source) / BYTES_A_ROW;
    }
    stretch ??= { rows: [], first: at, wireBytes: 0, gapCost: 0 };
    stretch.rows.push(row);
    stretch.wireBytes += row.wireBytes;
    next.source = at.source + (source >= 0 ? 1 : 0);
    next.target = at.target + (target >= 0 ? 1 : 0);
  }
  if (stretch !== null) yield stretch;
}

/** The indexes stay as they are until the next chunk, so a key is a view of them. */
function describeRow({ source, target }: DifferingRow, indexes: RereadRequest['indexes']): RereadRow {
  const key = source >= 0 ? indexes.source.keyAt(source) : indexes.target.keyAt(target);
  const wireBytes = Math.max(
    source < 0 ? 0 : indexes.source.wireBytesAt(source),
    target < 0 ? 0 : indexes.target.wireBytesAt(target),
  );
  return {
    source: key,
    target: key,
    wireBytes,
    seen: source < 0 ? 'target' : target < 0 ? 'source' : 'both',
    kept: null,
  };
}

function isDense({ rows, gapCost }: Stretch, { rowsPerLookup }: RereadRequest): boolean {
  return rows.length >= LEAST_RANGE_KEYS && gapCost + rows.length <= rowsPerLookup * rows.length;
}

/** The range begins behind the last row before the stretch that either side has. */
function rangeStep(
  { rows, first, wireBytes }: Stretch,
  { indexes, keyKinds, after }: RereadRequest,
): RereadStep {
  const before = (['source', 'target'] as const)
    .filter((side) => first[side] > 0)
    .map((side) => indexes[side].keyAt(first[side] - 1))
    .sort(Buffer.compare)
    .at(-1);
  const last = rows.at(-1)?.source ?? Buffer.alloc(0);
  return {
    rows,
    range: {
      after: before === undefined ? after : readKeyParts(keyKinds, before),
      upTo: readKeyParts(keyKinds, last),
    },
    wireBytes,
  };
}
