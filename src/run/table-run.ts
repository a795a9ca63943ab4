import type { Pacing, UnverifiedChunk } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { EmitEvent } from '../core/event.js';
import type { Side } from '../core/pairing.js';
import type { Engine } from '../engines/engine.js';
import type { Session } from '../engines/session.js';
import { withKeyAdvice } from '../plan/advise-key.js';
import type { RunChecksums } from '../plan/checksum-plan.js';
import { describeShare, type SpotRequest } from '../plan/spot-planner.js';
import type { WorkerPool } from '../runners/pool.js';
import type { OpenRanges } from '../state/open-ranges.js';
import type { Spool } from '../state/spool.js';
import type { TableProgress } from '../state/table-progress.js';
import type { StoredRows, TableRecord } from '../state/table-record.js';
import type { TableState } from '../state/table-state.js';
import type { TaskResult, WorkerTask } from '../tasks/task.js';
import { RETRY_DELAYS_MS, waitUnlessStopped, withJitter } from './back-off.js';
import type { HeldRange } from './held-range.js';
import type { Lanes } from './lanes.js';
import type { LeaveRule } from './leave-rule.js';
import type { ServerWatch } from './server-watch.js';
import type { SpareLanes } from './spare-lanes.js';
import { tellDamage, tellRowsRead } from './tell-rows.js';
import type { WorkerSlots } from './worker-slots.js';

/** An outage counts as a try, because what is read may be what ends the server. */
const MOST_TRIES = 8;

/** What reading the tables of a run needs. */
export interface TableRun {
  readonly tables: readonly TableState[];
  /** What of a table is left to be read. */
  readonly openOf: (table: TableState) => OpenRanges;
  /** What earlier nights know of each table, where what was compared longest ago is read first; null where all is read. */
  readonly ages: ((table: TableState) => TableProgress | undefined) | null;
  /** Whether only parts of the tables are read. */
  readonly isPart: boolean;
  readonly pool: WorkerPool;
  readonly spool: Spool;
  /** A session of each side, for planning. */
  readonly sides: Readonly<Record<Side, { readonly engine: Engine; readonly session: Session }>>;
  /** Draws the chunks of tables that are only sampled. */
  readonly spotHash: SpotRequest['hash'];
  /** Who pulls work; of these as many read a chunk at a time as `lanes` lets. */
  readonly workers: number;
  readonly lanes: Lanes;
  readonly spare: SpareLanes;
  /** Whether small tables may be compared several in a task. */
  readonly mayGroup: boolean;
  /** The user's cap on rows, or null to follow the time a chunk takes. */
  readonly chunkRows: number | null;
  readonly pacing: Pacing;
  /** Which tables the servers may hash; null where they are asked for none. */
  readonly checksums: RunChecksums | null;
  readonly emit: EmitEvent;
  /** Whether the keys of differing rows are recorded, so that another sitting can look at them again. */
  readonly keepsKeys: boolean;
  /** Where each side is read as of one instant; null where every statement is read as of its own time. */
  readonly snapshots: RunSnapshots | null;
  /** Looks at rows that differ again, where somebody writes; null where what differed twice at once is a difference. */
  readonly looks: RunLooks | null;
  /** When a table is left; null where each is read to its end. */
  readonly leaving: LeaveRule | null;
  /** Whether every differing row is kept; else only what it takes to explain them. */
  readonly keepsRows: boolean;
  /** Makes a row what is told of it as `row:differs`; null where rows are not told one by one. */
  readonly tellRow: ((table: TableState, row: RowDifference) => RowDifference) | null;
  /** Whether a sentence may name keys. */
  readonly showsKeys: boolean;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether the servers are there. */
  readonly servers: ServerWatch;
  /** How many tasks may be under way. */
  readonly slots: WorkerSlots;
}

/** What reading as of one instant must hear of. */
export interface RunSnapshots {
  /** That rows of a table are read as they are at the time. */
  noteUnheld(table: TableState): void;
  /** That all was read. */
  release(): Promise<void>;
}

/** What waiting for a target needs. */
export interface FenceRun {
  readonly sides: Readonly<Record<Side, { readonly session: Session }>>;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Holds ranges with rows that differ back, until it is known of these whether they do. */
export interface RunLooks {
  /** Whether rows of a table that differed twice may be equal in a while. */
  mustHold(table: TableState): Promise<boolean>;
  /** Takes a range; where too many rows are held already they are settled first. */
  hold(run: TableRun, range: HeldRange): Promise<void>;
  /** Looks at all rows that are held, until it is known what they are, and commits their ranges. */
  settle(run: TableRun): Promise<void>;
  /**
   * Between two looks at a table as a whole, or between its two sides: waits until the target has applied all that the source
   * holds now; without a fence, for a share of the time. False where the target does not come up to that.
   */
  passFence(run: FenceRun, table: TableState): Promise<boolean>;
  /** Waits for a random time. */
  pause(signal: AbortSignal): Promise<void>;
}

/** Where a task's differences belong: a table, and the part of it whose rows follow each other in the spool. */
export interface SpoolPlace {
  readonly table: TableState;
  readonly segment: number;
}

/**
 * Runs a task, again after a transient error; what it had put in the spool is forgotten first. While a server is away it
 * waits with all others; where no connection is left for it, until another task is done.
 */
export async function runWithRetries<Task extends WorkerTask>(
  run: TableRun,
  place: SpoolPlace,
  task: Task,
): Promise<TaskResult<Task> | UnverifiedChunk> {
  const { table, segment } = place;
  for (let attempt = 0; ; ) {
    const gone = await describeGone(run, table);
    if (gone !== null) return gone;
    const { result, mayWait } = await runInSlot(run, place, task);
    if (!isUnverified(result)) return result;
    await run.spool.rollback(table.planned.id, segment);
    if (run.signal.aborted) return result;
    if (mayWait) continue;
    if (!(await mayTryAgain(run, { table, result, attempt })))
      return (await describeGone(run, table)) ?? result;
    attempt++;
  }
}

/** Runs a task once there is a slot for it; what failed is not tried again. */
export function runInSlot<Task extends WorkerTask>(
  run: TableRun,
  place: SpoolPlace,
  task: Task,
): ReturnType<typeof run.slots.during<TaskResult<Task> | UnverifiedChunk>> {
  return run.slots.during<TaskResult<Task> | UnverifiedChunk>(
    // A task that waited for its turn must not begin once everything else was cancelled.
    async () => (run.signal.aborted ? interrupted() : runOnce(run, place, task)),
    (done) => (isUnverified(done) && done.lost?.isFull === true ? done.lost.side : null),
  );
}

function interrupted(): UnverifiedChunk {
  const error = new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
  return { kind: 'unverified', error: serializeError(error), transient: false };
}

interface FailedTry {
  readonly table: TableState;
  readonly result: UnverifiedChunk;
  /** How many tries there were before. */
  readonly attempt: number;
}

/** Waits until another try may help; false where none would. */
async function mayTryAgain(run: TableRun, { table, result, attempt }: FailedTry): Promise<boolean> {
  const { error, transient, lost } = result;
  if (!transient || attempt >= MOST_TRIES) return false;
  const state = lost === undefined ? 'answers' : await run.servers.lookFor(lost);
  const delayMs = RETRY_DELAYS_MS[attempt];
  if (state === 'gone' || state === 'stopped' || (state === 'answers' && delayMs === undefined)) return false;
  await run.emit({ type: 'chunk:retry', table: table.name, error, attempt: attempt + 1 });
  if (state === 'answers') await waitUnlessStopped(withJitter(delayMs ?? 0, run.random), run.signal);
  return !run.signal.aborted;
}

/** What is said of rows whose server was waited for in vain; null where both are there. */
export async function describeGone(run: TableRun, table: TableState): Promise<UnverifiedChunk | null> {
  const gone = await run.servers.untilUp();
  if (gone === null) return null;
  const error = serializeError(gone);
  return {
    kind: 'unverified',
    error: { ...error, message: `Cannot read ${table.name}: ${error.message}` },
    transient: false,
  };
}

function isUnverified(result: { readonly kind: string }): result is UnverifiedChunk {
  return result.kind === 'unverified';
}

async function runOnce<Task extends WorkerTask>(
  run: TableRun,
  { table, segment }: SpoolPlace,
  task: Task,
): Promise<TaskResult<Task> | UnverifiedChunk> {
  let spoolError: unknown = null;
  const onDifferences = async (lines: Uint8Array): Promise<void> => {
    try {
      await run.spool.append(table.planned.id, segment, lines);
    } catch (error) {
      spoolError = error;
      throw error;
    }
  };
  const result = await run.pool
    .run(task, {
      onDifferences,
      onRows: tellRowsRead(run.emit, table),
      onSilence: run.servers.tellSilence,
      onUnheld: () => run.snapshots?.noteUnheld(table),
    })
    .catch((error: unknown): UnverifiedChunk => {
      return { kind: 'unverified', error: serializeError(error), transient: false };
    });
  if (spoolError === null) return result;
  const hint = 'Make room in the folder for temporary files, or name another one with TMPDIR.';
  const error = new RowproofError({
    code: 'output',
    message: `Cannot keep the differences of ${table.name}: ${spoolError instanceof Error ? spoolError.message : spoolError}`,
    hint,
    cause: spoolError,
  });
  const message = `Rows of ${table.name} differ that could not be kept, so that they are neither counted nor listed.`;
  table.addFinding({ code: 'differences-lost', about: { table: table.name }, message, hint });
  return { kind: 'unverified', error: serializeError(error), transient: false };
}

/** Notes that nothing is known of a part of a table, described by `open`, and tells who listens. */
export async function reportUnverified(
  run: TableRun,
  table: TableState,
  result: UnverifiedChunk,
  open: string | null = null,
): Promise<void> {
  const advised = withKeyAdvice(result, table.planned.pair);
  table.record({ kind: 'unverified', open, error: advised.error });
  await run.emit({ type: 'chunk:unverified', table: table.name, error: advised.error });
}

/** What came of rows, but for where those that differ are stored. */
type ComparedPart = Omit<Extract<TableRecord, { readonly kind: 'compared' }>, 'kind' | 'part' | 'stored'>;

/** Commits what a task found together: first the rows that differ, then what is counted of them; and tells who listens. */
export async function commitRows(
  run: TableRun,
  place: SpoolPlace,
  { wasHeld = false, ...part }: ComparedPart & { readonly wasHeld?: boolean },
): Promise<void> {
  const { table, segment } = place;
  const stored = run.spool.commit(table.planned.id, segment);
  table.record({ kind: 'compared', part: segment, ...part, stored });
  const { sourceRows, targetRows, counts, undecidedColumns } = part.rows;
  const differing = counts.missing + counts.extra + counts.changed + (part.unsettled?.rows ?? 0);
  const isEqual = differing === 0 && noneOf(undecidedColumns);
  const type = isEqual ? 'chunk:verified' : 'chunk:differs';
  const held = wasHeld ? { wasHeld } : {};
  await run.emit({ type, table: table.name, sourceRows, targetRows, counts, ...held });
  if (!isEqual) await tellDamage(run.emit, table);
  if (stored !== null) await tellRows(run, table, stored);
}

const noneOf = (counts: Readonly<Record<string, number>>): boolean => Object.keys(counts).length === 0;

/**
 * Tells who listens of each differing row that was stored. They are read back from there: only now is it sure that their
 * chunk is not tried again, and memory holds a row at a time.
 */
async function tellRows(run: TableRun, table: TableState, stored: StoredRows): Promise<void> {
  const { tellRow } = run;
  if (tellRow === null) return;
  for await (const row of run.spool.read(table.planned.id, [stored])) {
    const difference = tellRow(table, row);
    await run.emit({ type: 'row:differs', table: table.name, difference });
  }
}

/** Ends a table and tells who listens. */
export async function endTable(run: TableRun, table: TableState): Promise<void> {
  if (table.spotShare !== null) table.addFinding(describeShare(table.spotShare, table.differences));
  table.record({ kind: 'ended', atMs: run.now() });
  await run.emit({ type: 'table:end', table: table.name, verdict: table.toResult([]).verdict });
}
