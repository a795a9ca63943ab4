import type { SpillBucketsTask, SpilledRows, UnusableKey } from '../core/bucket.js';
import type { UnverifiedChunk } from '../core/chunk.js';
import { type ErrorDetails, RowproofError, serializeError } from '../core/errors.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import { runWithRetries, type SpoolPlace, type TableRun } from './table-run.js';
import type { TableWork } from './table-work.js';

/** A table under comparison, with what was settled about its key. */
export interface BucketRun {
  readonly run: TableRun;
  readonly table: TableState;
  readonly pair: TablePair;
  readonly asBag: boolean;
  /** Whether rows with a key are kept whole, because they cannot be asked for by it. */
  readonly withRows: boolean;
  /** Counts the parts of the table that are held back. */
  readonly work: TableWork;
}

/** Ends the comparison of a table of which nothing more can be known. */
export class Unverified extends Error {
  readonly result: UnverifiedChunk;

  constructor(result: UnverifiedChunk) {
    super(result.error.message);
    this.result = result;
  }
}

export function unverified(details: ErrorDetails): UnverifiedChunk {
  return { kind: 'unverified', error: serializeError(new RowproofError(details)), transient: false };
}

export async function onBothSides<T>(step: (side: Side) => Promise<T>): Promise<Record<Side, T>> {
  const [source, target] = await Promise.allSettled([step('source'), step('target')]);
  if (source.status === 'rejected') throw source.reason;
  if (target.status === 'rejected') throw target.reason;
  return { source: source.value, target: target.value };
}

export async function spillSide(
  { run, table, pair, asBag, withRows }: BucketRun,
  request: Pick<SpillBucketsTask, 'side' | 'wanted' | 'bounds' | 'folder' | 'readsLive'>,
): Promise<SpilledRows | UnusableKey> {
  const task: SpillBucketsTask = { kind: 'spill-buckets', pairId: pair.id, asBag, withRows, ...request };
  const result = await runWithRetries(run, wholeTable(table), task);
  if (result.kind === 'unverified') throw new Unverified(result);
  return result;
}

/** Passes over a whole side find no differing row themselves. */
export function wholeTable(table: TableState): SpoolPlace {
  return { table, segment: 0 };
}
