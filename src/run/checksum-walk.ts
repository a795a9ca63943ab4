import {
  type ChecksumPart,
  type ChecksumTask,
  type ComparedChunk,
  describeProved,
  nextChunkRows,
  type Pacing,
} from '../core/chunk.js';
import type { TablePair } from '../core/pairing.js';
import type { KeyRange } from '../engines/row-selection.js';
import type { Segment } from '../plan/planner.js';
import { ChecksumChoice, type TableChecksums } from './checksum-choice.js';
import { runWithRetries, type SpoolPlace, type TableRun } from './table-run.js';
import type { TableWork } from './table-work.js';

type Key = KeyRange['after'];

/** What comes next in a segment: rows that the servers proved equal, or rows to read. */
export type Turn =
  | { readonly kind: 'proved'; readonly chunk: ComparedChunk }
  /** Rows up to a key; `isLast` says whether the segment ends there. */
  | { readonly kind: 'read'; readonly upTo: Key; readonly isLast: boolean };

/** Rows of a first checksum, where nothing is known of how long rows take. */
const FIRST_ROWS = 20_000;
/** A trial has few rows, and hashing them is steady work: ranges may grow by this much faster than chunks. */
const FASTER_GROWTH = 2;
const PACING: Pacing = {
  targetMs: 500,
  minRows: 1000,
  maxRows: 1_000_000,
  maxBytes: Number.POSITIVE_INFINITY,
};

/**
 * Walks one segment with the servers' checksums as far as they are wanted and prove something. Of a range that they do not
 * prove they say which parts differ, and only these are left to be read and compared row by row.
 */
export class ChecksumWalk {
  readonly #run: TableRun;
  readonly #place: SpoolPlace;
  readonly #pair: TablePair;
  readonly #segment: Segment;
  readonly #shared: TableChecksums;
  readonly #seed: bigint;
  /** What is still ahead of the range that was hashed last. */
  #parts: readonly ChecksumPart[] = [];
  /** The part that is being read. */
  #doubted: { readonly upTo: Key } | null = null;
  /** What came of the range so far, checksums and rows that had to be read. */
  #spent = { rows: 0, elapsedMs: 0 };

  constructor(of: {
    run: TableRun;
    place: SpoolPlace;
    pair: TablePair;
    segment: Segment;
    shared: TableChecksums;
    seed: bigint;
  }) {
    this.#run = of.run;
    this.#place = of.place;
    this.#pair = of.pair;
    this.#segment = of.segment;
    this.#shared = of.shared;
    this.#seed = of.seed;
  }

  /** Goes on from a key. */
  async advance(after: Key): Promise<Turn> {
    if (this.#doubted === null && this.#parts.length === 0 && this.#shared.choice.next() === 'server') {
      const chunk = await this.#prove(after);
      if (chunk !== null) return { kind: 'proved', chunk };
    }
    const { upTo } = this.#segment;
    if (this.#doubted === null) {
      const [part, ...rest] = this.#parts;
      if (part === undefined) return { kind: 'read', upTo, isLast: true };
      this.#parts = rest;
      if (part.provedRows !== null) return { kind: 'proved', chunk: this.#passOver(part, part.provedRows) };
      this.#doubted = { upTo: part.end ?? upTo };
    }
    return { kind: 'read', upTo: this.#doubted.upTo, isLast: this.#doubted.upTo === upTo };
  }

  /** How many rows to read at most, where a chunk of `capRows` would do. */
  limitRows(capRows: number): number {
    return this.#doubted === null && this.#run.chunkRows === null
      ? this.#shared.choice.limitRows(capRows)
      : capRows;
  }

  /** Takes in what came of rows that were read. */
  noteRead({ end, sourceRows, targetRows, elapsedMs }: ComparedChunk): void {
    const rows = Math.max(sourceRows, targetRows);
    if (this.#doubted === null) {
      this.#shared.choice.note('client', { rows, elapsedMs });
      return;
    }
    if (end === null) this.#doubted = null;
    this.#spend({ rows, elapsedMs });
  }

  /** Takes in that the rest of the rows that were to be read cannot be. */
  passOverRead(): void {
    this.#doubted = null;
  }

  /** Null where the range was not proved equal, so that it is to be passed part by part, or to be read. */
  async #prove(after: Key): Promise<ComparedChunk | null> {
    const shared = this.#shared;
    const capRows = this.#run.chunkRows ?? shared.capRows ?? shared.choice.trialRows ?? FIRST_ROWS;
    const task: ChecksumTask = {
      kind: 'checksum',
      pairId: this.#pair.id,
      after,
      upTo: this.#segment.upTo,
      capRows,
      seed: this.#seed,
      inParts: shared.isDamaged,
    };
    const result = await runWithRetries(this.#run, this.#place, task);
    if (result.kind === 'unverified') {
      // A server may well be able to send what it cannot hash; if not, reading will say so.
      shared.choice.bar();
      return null;
    }
    shared.isDamaged = result.kind === 'unequal';
    const { elapsedMs } = result;
    if (result.kind === 'unequal') {
      this.#parts = result.parts;
      // How many rows stand in the last range of a segment is not known.
      if (result.parts.at(-1)?.end !== null) this.#pace({ rows: capRows, elapsedMs, capRows });
      this.#spend({ rows: 0, elapsedMs });
      return null;
    }
    const { sourceRows: rows } = result;
    this.#pace({ rows, elapsedMs, capRows });
    this.#spend({ rows, elapsedMs });
    return result;
  }

  #pace({ rows, elapsedMs, capRows }: { rows: number; elapsedMs: number; capRows: number }): void {
    const hashed = { elapsedMs, wireBytes: 0, sourceRows: rows, targetRows: rows };
    this.#shared.capRows = nextChunkRows({ ...hashed, capRows: capRows * FASTER_GROWTH }, PACING);
  }

  #passOver({ end }: ChecksumPart, rows: number): ComparedChunk {
    this.#spend({ rows, elapsedMs: 0 });
    return describeProved(rows, { end, elapsedMs: 0 });
  }

  /** Adds to what a range took; at its end the servers are judged by it, vain checksums and read rows included. */
  #spend({ rows, elapsedMs }: { rows: number; elapsedMs: number }): void {
    this.#spent = { rows: this.#spent.rows + rows, elapsedMs: this.#spent.elapsedMs + elapsedMs };
    if (this.#doubted !== null || this.#parts.length > 0) return;
    this.#shared.choice.note('server', this.#spent);
    this.#spent = { rows: 0, elapsedMs: 0 };
  }
}

/** Opens the walk of a segment whose rows the servers may hash; null where they may not. */
export function openChecksumWalk(
  run: TableRun,
  { work, segment }: { work: TableWork; segment: Segment },
): ChecksumWalk | null {
  const { table } = work;
  const { pair } = table.planned;
  if (run.checksums === null || pair === null || run.checksums.obstacles.has(pair.id)) return null;
  work.checksums ??= {
    choice: new ChecksumChoice({
      always: run.checksums.place === 'server',
      estimatedRows: pair.source.estimatedRows,
      lanes: run.workers,
      now: run.now,
    }),
    capRows: null,
    isDamaged: false,
  };
  const { checksums: shared } = work;
  const place = { table, segment: segment.ordinal };
  return new ChecksumWalk({ run, place, pair, segment, shared, seed: run.checksums.seed });
}
