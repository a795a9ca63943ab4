import {
  type ChecksumTask,
  type ComparedChunk,
  nextChunkRows,
  type Pacing,
  type UnequalChecksums,
} from '../core/chunk.js';
import type { TablePair } from '../core/pairing.js';
import type { KeyRange } from '../engines/engine.js';
import { ChecksumChoice } from './checksum-choice.js';
import type { Segment } from './planner.js';
import type { TableProgress } from './table-progress.js';
import { runWithRetries, type SpoolPlace, type TableRun } from './table-run.js';

type Key = KeyRange['after'];

/** What comes next in a segment: rows that the servers proved equal, or rows to read. */
export type Turn =
  | { readonly kind: 'proved'; readonly chunk: ComparedChunk }
  /** Rows up to a key; `isLast` says whether the segment ends there. */
  | { readonly kind: 'read'; readonly upTo: Key; readonly isLast: boolean };

/** Rows of a first checksum, which is also what a trial costs. */
const FIRST_ROWS = 20_000;
/** A range of so few rows is not worth another checksum: it is read. */
const SMALL_ROWS = 4000;
/** How much shorter the next range is after one whose checksums differ. */
const NARROWING = 16;
const PACING: Pacing = {
  targetMs: 500,
  minRows: SMALL_ROWS,
  maxRows: 1_000_000,
  maxBytes: Number.POSITIVE_INFINITY,
};

/**
 * Walks one segment with the servers' checksums as far as they are wanted and prove something. Where two differ, shorter
 * ranges are tried, and what is short and still differs is left to be read and compared row by row.
 */
export class ChecksumWalk {
  readonly #run: TableRun;
  readonly #place: SpoolPlace;
  readonly #pair: TablePair;
  readonly #segment: Segment;
  readonly #choice: ChecksumChoice;
  readonly #seed: bigint;
  #capRows: number;
  /** The end of the range that is being read because its checksums differ. */
  #doubted: { readonly upTo: Key } | null = null;

  constructor(of: {
    run: TableRun;
    place: SpoolPlace;
    pair: TablePair;
    segment: Segment;
    choice: ChecksumChoice;
    seed: bigint;
  }) {
    this.#run = of.run;
    this.#place = of.place;
    this.#pair = of.pair;
    this.#segment = of.segment;
    this.#choice = of.choice;
    this.#seed = of.seed;
    this.#capRows = of.run.chunkRows ?? FIRST_ROWS;
  }

  /** Goes on from a key. */
  async advance(after: Key): Promise<Turn> {
    if (this.#doubted === null && this.#choice.next() === 'server') {
      const chunk = await this.#prove(after);
      if (chunk !== null) return { kind: 'proved', chunk };
    }
    const upTo = this.#doubted === null ? this.#segment.upTo : this.#doubted.upTo;
    return { kind: 'read', upTo, isLast: upTo === this.#segment.upTo };
  }

  /** Takes in what came of rows that were read. */
  noteRead({ end, sourceRows, targetRows, elapsedMs }: ComparedChunk): void {
    const rows = Math.max(sourceRows, targetRows);
    this.#choice.note(this.#doubted === null ? 'client' : 'server', { rows, elapsedMs });
    if (end === null) this.#doubted = null;
  }

  /** Tries shorter and shorter ranges. Null where none was proved equal: then rows are to be read. */
  async #prove(after: Key): Promise<ComparedChunk | null> {
    while (this.#doubted === null && !this.#run.signal.aborted) {
      const capRows = this.#capRows;
      const { id: pairId } = this.#pair;
      const { upTo } = this.#segment;
      const task: ChecksumTask = { kind: 'checksum', pairId, after, upTo, capRows, seed: this.#seed };
      const result = await runWithRetries(this.#run, this.#place, task);
      if (result.kind === 'unverified') {
        // A server may well be able to send what it cannot hash; if not, reading will say so.
        this.#choice.bar();
        return null;
      }
      if (result.kind !== 'unequal') {
        this.#choice.note('server', { rows: result.sourceRows, elapsedMs: result.elapsedMs });
        this.#capRows = this.#run.chunkRows ?? nextChunkRows({ ...result, capRows }, PACING);
        return result;
      }
      this.#narrow(result);
    }
    return null;
  }

  #narrow({ end, isHashed, elapsedMs }: UnequalChecksums): void {
    this.#choice.noteWaste(elapsedMs);
    const canNarrow = isHashed && this.#run.chunkRows === null && this.#capRows > SMALL_ROWS;
    if (canNarrow) this.#capRows = Math.max(SMALL_ROWS, Math.floor(this.#capRows / NARROWING));
    else this.#doubted = { upTo: end ?? this.#segment.upTo };
  }
}

/** Opens the walk of a segment whose rows the servers may hash; null where they may not. */
export function openChecksumWalk(
  run: TableRun,
  { table, segment }: { table: TableProgress; segment: Segment },
): ChecksumWalk | null {
  const { pair } = table.planned;
  if (run.checksums === null || pair === null || run.checksums.obstacles.has(pair.id)) return null;
  table.checksumChoice ??= new ChecksumChoice({
    always: run.checksums.place === 'server',
    estimatedRows: pair.source.estimatedRows,
    lanes: run.workers,
    now: run.now,
  });
  const { checksumChoice: choice } = table;
  const place = { table, segment: segment.ordinal };
  return new ChecksumWalk({ run, place, pair, segment, choice, seed: run.checksums.seed });
}
