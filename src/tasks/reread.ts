import type { ComparedDifferences, DifferenceCounts } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { KeyPacker } from '../core/packed-keys.js';
import { SIDES, type Side, type TablePair } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import type { RereadStep } from './plan-rereads.js';
import { listKeys, readListedRows, readRangeRows } from './read-again.js';
import { RowBatch } from './row-batch.js';
import { RowComparer } from './row-comparer.js';
import type { TableSide } from './table-side.js';
import { UnfoundCollector } from './unfound-collector.js';

/** Steps of larger rows are not read ahead, so that two of them are never in memory at once. */
const AHEAD_BYTES = 1 << 20;

/** What reading differing rows again needs. */
export interface RereadJob {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  /** Whether rows were first hashed as they were sent, so that equal values may have had unequal hashes. */
  readonly asSent: boolean;
  readonly steps: Iterable<RereadStep> | AsyncIterable<RereadStep>;
  /** Whether the keys of what still differs are wanted. */
  readonly keepsKeys: boolean;
  readBoth<T>(read: (side: Side, session: Session) => Promise<T>): Promise<Record<Side, T>>;
  /** Puts the rows of a step into their places, where they need not be asked for; null asks both sides. */
  readonly readKept: ((step: RereadStep, batches: RowBatches) => void) | null;
  store(rows: readonly RowDifference[]): Promise<void>;
}

/** The outcome: exact counts, and how often each column (by the target's name) differs. */
export interface RereadOutcome extends ComparedDifferences {
  /** How many of the rows each side has now. */
  readonly present: Readonly<Record<Side, number>>;
  /** How many rows have equal values and would have unequal hashes again. */
  readonly respelled: number;
}

/**
 * Reads rows that differed again, in full and on both sides, and compares them value by value. What is equal now was in
 * flight; what still differs goes to the spool, a bounded step at a time. While one step is compared and stored, the
 * rows of the next are on their way.
 */
export async function rereadDifferingRows(job: RereadJob): Promise<RereadOutcome> {
  const outcome: MutableOutcome = {
    counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
    // Without a prototype: a column may be called constructor or __proto__.
    changedColumns: Object.create(null),
    undecidedColumns: Object.create(null),
    present: { source: 0, target: 0 },
    respelled: 0,
    unfound: new UnfoundCollector(),
    keys: job.keepsKeys ? new KeyPacker() : null,
  };
  const comparer = new RowComparer(job.pair, job.sides, job.asSent);
  let storing = Promise.resolve();
  try {
    for await (const step of readSteps(job)) {
      const found = compareStep(step, comparer, outcome);
      await storing;
      if (found.length > 0) storing = startStoring(job, found);
    }
    await storing;
    const { keys, unfound, ...counted } = outcome;
    return { ...counted, unfound: unfound.toUnfound(), differingKeys: keys?.take() ?? null };
  } finally {
    // A step that is still being stored would otherwise arrive after the failed chunk was taken back.
    await storing.catch(() => undefined);
  }
}

interface MutableOutcome extends Omit<RereadOutcome, 'differingKeys'> {
  readonly counts: Record<keyof DifferenceCounts, number>;
  readonly changedColumns: Record<string, number>;
  readonly undecidedColumns: Record<string, number>;
  readonly present: Record<Side, number>;
  respelled: number;
  readonly unfound: UnfoundCollector;
  readonly keys: KeyPacker | null;
}

/** The rows of a step on both sides. */
export type RowBatches = Readonly<Record<Side, RowBatch>>;

interface ReadStep {
  readonly step: RereadStep;
  readonly batches: RowBatches;
}

/** Yields each step with its rows, good until the next one is asked for, and has the next one read meanwhile. */
async function* readSteps(job: RereadJob): AsyncGenerator<ReadStep> {
  const steps =
    Symbol.iterator in job.steps ? job.steps[Symbol.iterator]() : job.steps[Symbol.asyncIterator]();
  let [batches, others] = [makeBatches(), makeBatches()];
  const pull = async (into: RowBatches): Promise<{ step: RereadStep; isRead: boolean } | null> => {
    const next = await steps.next();
    if (next.done === true) return null;
    const isRead = next.value.wireBytes <= AHEAD_BYTES;
    if (isRead) await readStep(job, next.value, into);
    return { step: next.value, isRead };
  };
  let pulling = pull(batches);
  try {
    for (let pulled = await pulling; pulled !== null; pulled = await pulling) {
      if (!pulled.isRead) await readStep(job, pulled.step, batches);
      pulling = pull(others);
      // What goes wrong is thrown where it is waited for, even if storing fails first.
      pulling.catch(() => undefined);
      yield { step: pulled.step, batches };
      [batches, others] = [others, batches];
    }
  } finally {
    // A session must not be left in the middle of a result.
    await pulling.catch(() => undefined);
  }
}

function makeBatches(): RowBatches {
  return { source: new RowBatch(), target: new RowBatch() };
}

async function readStep(job: RereadJob, step: RereadStep, batches: RowBatches): Promise<void> {
  const { sides, pair } = job;
  const { rows, range } = step;
  if (job.readKept !== null) return job.readKept(step, batches);
  const keys = { source: rows.map(({ source }) => source), target: rows.map(({ target }) => target) };
  if (range !== null) {
    const isInOrder = await job.readBoth((side, session) => {
      const read = { prepared: sides[side], session, keys: keys[side], range };
      return readRangeRows(read, batches[side]);
    });
    if (isInOrder.source && isInOrder.target) return;
  }
  const keyKinds = pair.key.map((column) => column.keyKind);
  const source = listKeys(keyKinds, keys.source);
  const isShared = rows.every((row) => row.source === row.target);
  const lists = { source, target: isShared ? source : listKeys(keyKinds, keys.target) };
  await job.readBoth((side, session) =>
    readListedRows({ prepared: sides[side], session }, lists[side], batches[side]),
  );
}

/** Counts what became of the rows of a step and returns those that still differ. */
function compareStep(
  { step, batches }: ReadStep,
  comparer: RowComparer,
  outcome: MutableOutcome,
): RowDifference[] {
  const { counts, changedColumns, undecidedColumns, unfound, keys } = outcome;
  const found: RowDifference[] = [];
  for (const [place, row] of step.rows.entries()) {
    unfound.note(row, batches, place);
    for (const side of SIDES) if (batches[side].startOf(place) >= 0) outcome.present[side]++;
    const { difference, undecided, isInFlight } = comparer.compare(batches, place);
    countColumns(undecidedColumns, undecided);
    if (isInFlight) counts.inFlight++;
    else if (difference === null && undecided.length === 0) outcome.respelled++;
    if (difference !== null || undecided.length > 0) keys?.add(row);
    if (difference === null) continue;
    counts[difference.kind]++;
    found.push(difference);
    if (difference.kind === 'changed') countColumns(changedColumns, difference.columns);
  }
  return found;
}

/** Stores a step while the next one is read. What goes wrong is thrown where it is waited for, even if a read fails first. */
function startStoring({ store }: RereadJob, rows: readonly RowDifference[]): Promise<void> {
  const storing = store(rows);
  storing.catch(() => undefined);
  return storing;
}

function countColumns(into: Record<string, number>, columns: readonly string[]): void {
  for (const column of columns) into[column] = (into[column] ?? 0) + 1;
}
