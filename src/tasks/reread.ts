import type { ComparedDifferences, DifferenceCounts } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { KeyPacker } from '../core/packed-keys.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import type { PairKernel } from '../hashing/pair-kernel.js';
import type { RowKernel } from '../hashing/row-kernel.js';
import { FoundRows, type RowsKept } from './found-rows.js';
import { type KeysStep, planByKeys, type RereadStep } from './plan-rereads.js';
import { listKeys, readListedRows } from './read-again.js';
import { readRangeRows } from './read-range.js';
import { RowComparer } from './row-comparer.js';
import type { RowBatches } from './row-splitter.js';
import type { StepMemory } from './step-memory.js';
import { ListedRows, type RereadRow, type StepRows } from './step-rows.js';
import type { TableSide } from './table-side.js';
import { UnfoundCollector } from './unfound-collector.js';

/** Steps of larger rows are not read ahead, so that two of them are never in memory at once. */
const AHEAD_BYTES = 1 << 20;

/** What spares reading and comparing rows one by one; null has that done. */
export interface RereadKernels extends Readonly<Record<Side, RowKernel | null>> {
  /** Compares rows of both sides. */
  pair(): PairKernel | null;
}

/** What reading differing rows again needs. */
export interface RereadJob {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  readonly kernels: RereadKernels;
  /** Nobody else uses it meanwhile. */
  readonly memory: StepMemory;
  /** Whether rows were first hashed as they were sent, so that equal values may have had unequal hashes. */
  readonly asSent: boolean;
  readonly steps: Iterable<RereadStep> | AsyncIterable<RereadStep>;
  /** The keys of what still differs are wanted where no more rows than this do; 0 where they are not. */
  readonly mostKeys: number;
  readBoth<T>(read: (side: Side, session: Session) => Promise<T>): Promise<Record<Side, T>>;
  /** Puts the rows of a step into their places, where they need not be asked for; null asks both sides. */
  readonly readKept: ((step: KeysStep, batches: RowBatches) => void) | null;
  /** Which of the rows that differ go to the store. */
  readonly kept: RowsKept;
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
    keys: job.mostKeys > 0 ? new KeyPacker() : null,
  };
  const comparer = new RowComparer(job.pair, job.sides, { asSent: job.asSent, kernel: job.kernels.pair() });
  const found = await FoundRows.open(job, comparer);
  let storing = Promise.resolve();
  try {
    for await (const step of readSteps(job)) {
      const kept = compareStep(step, { comparer, found, outcome, mostKeys: job.mostKeys });
      await storing;
      if (kept.length > 0) storing = startStoring(job, kept);
    }
    await storing;
    const { keys, unfound, ...counted } = outcome;
    const differingKeys = keys?.take() ?? null;
    return { ...counted, unfound: unfound.toUnfound(), differingKeys, explained: found.takeExplained() };
  } finally {
    // A step that is still being stored would otherwise arrive after the failed chunk was taken back.
    await storing.catch(() => undefined);
    job.memory.release();
  }
}

interface MutableOutcome extends Omit<RereadOutcome, 'differingKeys' | 'explained'> {
  readonly counts: Record<keyof DifferenceCounts, number>;
  readonly changedColumns: Record<string, number>;
  readonly undecidedColumns: Record<string, number>;
  readonly present: Record<Side, number>;
  respelled: number;
  readonly unfound: UnfoundCollector;
  /** Null as soon as they are too many. */
  keys: KeyPacker | null;
}

interface ReadStep {
  readonly rows: StepRows;
  readonly batches: RowBatches;
}

function rowsOf({ rows }: RereadStep): StepRows {
  return 'count' in rows ? rows : new ListedRows(rows);
}

/** Yields each step with its rows, good until the next one is asked for, and has the next one read meanwhile. */
async function* readSteps(job: RereadJob): AsyncGenerator<ReadStep> {
  const steps =
    Symbol.iterator in job.steps ? job.steps[Symbol.iterator]() : job.steps[Symbol.asyncIterator]();
  /** What is left of a range that was not in order. */
  const listed: RereadStep[] = [];
  let [batches, others] = job.memory.batches;
  const read = async (step: RereadStep, into: RowBatches): Promise<boolean> => {
    if (await readStep(job, step, into)) return true;
    listed.unshift(...planByKeys(listRows(rowsOf(step)), job.pair.key.length));
    return false;
  };
  const pull = async (into: RowBatches): Promise<{ step: RereadStep; isRead: boolean } | null> => {
    for (;;) {
      const first = listed.shift();
      const next = first === undefined ? await steps.next() : { done: false as const, value: first };
      if (next.done === true) return null;
      if (next.value.wireBytes > AHEAD_BYTES) return { step: next.value, isRead: false };
      if (await read(next.value, into)) return { step: next.value, isRead: true };
    }
  };
  let pulling = pull(batches);
  try {
    for (let pulled = await pulling; pulled !== null; pulled = await pulling) {
      const { step } = pulled;
      const isRead = pulled.isRead || (await read(step, batches));
      pulling = pull(isRead ? others : batches);
      // What goes wrong is thrown where it is waited for, even if storing fails first.
      pulling.catch(() => undefined);
      if (!isRead) continue;
      yield { rows: rowsOf(step), batches };
      [batches, others] = [others, batches];
    }
  } finally {
    // A session must not be left in the middle of a result.
    await pulling.catch(() => undefined);
  }
}

function* listRows(rows: StepRows): Generator<RereadRow> {
  for (let place = 0; place < rows.count; place++) yield rows.at(place);
}

/** Reads the rows of a step; false where those of a range came in another order, so that nothing is known of them. */
async function readStep(job: RereadJob, step: RereadStep, batches: RowBatches): Promise<boolean> {
  const { sides, kernels } = job;
  if (!('range' in step)) {
    if (job.readKept !== null) job.readKept(step, batches);
    else await readByKeys(job, step.rows, batches);
    return true;
  }
  const { rows, range } = step;
  const isInOrder = await job.readBoth((side, session) =>
    readRangeRows(
      { prepared: sides[side], session, side, rows, range, kernel: kernels[side] },
      batches[side],
    ),
  );
  return isInOrder.source && isInOrder.target;
}

async function readByKeys(
  { sides, pair, readBoth }: RereadJob,
  rows: KeysStep['rows'],
  batches: RowBatches,
): Promise<void> {
  const keyKinds = pair.key.map((column) => column.keyKind);
  const keys = { source: rows.map(({ source }) => source), target: rows.map(({ target }) => target) };
  const source = listKeys(keyKinds, keys.source);
  const isShared = rows.every((row) => row.source === row.target);
  const lists = { source, target: isShared ? source : listKeys(keyKinds, keys.target) };
  await readBoth((side, session) =>
    readListedRows({ prepared: sides[side], session }, lists[side], batches[side]),
  );
}

interface Comparing {
  readonly comparer: RowComparer;
  readonly found: FoundRows;
  readonly outcome: MutableOutcome;
  readonly mostKeys: number;
}

/** Counts what became of the rows of a step and returns those that still differ and are kept. */
function compareStep({ rows, batches }: ReadStep, comparing: Comparing): RowDifference[] {
  const { comparer, found, outcome, mostKeys } = comparing;
  const { counts, changedColumns, undecidedColumns, present, unfound } = outcome;
  const { source, target } = batches;
  const kept: RowDifference[] = [];
  comparer.begin(batches, rows.count);
  for (let place = 0; place < rows.count; place++) {
    if (source.startOf(place) >= 0) present.source++;
    else unfound.note(rows, 'source', place);
    if (target.startOf(place) >= 0) present.target++;
    else unfound.note(rows, 'target', place);
    const { kind, undecided, isInFlight } = comparer.compare(place);
    if (undecided.length > 0) countColumns(undecidedColumns, undecided);
    if (isInFlight) counts.inFlight++;
    else if (kind === null && undecided.length === 0) outcome.respelled++;
    if (outcome.keys !== null && (kind !== null || undecided.length > 0)) rows.packKey(outcome.keys, place);
    if (kind === null) continue;
    counts[kind]++;
    if (counts.missing + counts.extra + counts.changed > mostKeys) outcome.keys = null;
    if (kind === 'changed') countColumns(changedColumns, comparer.changedColumns);
    const row = found.take(kind, rows, place);
    if (row !== null) kept.push(row);
  }
  return kept;
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
