import { LOOKS_TO_CONFIRM } from '../../core/candidate-book.js';
import type { LookTask } from '../../core/chunk.js';
import type { Side } from '../../core/pairing.js';
import { awaitPosition } from '../../tasks/fence-position.js';
import { waitUnlessStopped } from '../back-off.js';
import { runWithRetries, type TableRun } from '../table-run.js';
import type { LookBatch } from './look-batch.js';
import type { LookRules } from './look-rules.js';
import { randomDistance } from './pass-fence.js';

/** Without a fence it is the time that decides: looks become rarer, up to this. */
const LONGEST_DISTANCE_MS = 10_000;
/** How long is waited before it is said, and asked whether the target applies at all; and how long where it does not. */
const SLICE_MS = 5000;
const LONGEST_HALT_MS = 60_000;
/** A place in the spool that no rows are put in. */
const NO_SEGMENT = -1;

/**
 * Looks at candidates in rounds, until of each it is known whether it differs or the time is up; then once more at all that
 * are confirmed, because what became equal without the source having changed proves that its fence is none.
 */
export async function settleBatches(
  run: TableRun,
  batches: readonly LookBatch[],
  rules: LookRules,
): Promise<void> {
  const endMs = run.now() + rules.forMs;
  for (let round = 0; !run.signal.aborted; round++) {
    const isOver = run.now() >= endMs;
    const live = batches.filter((batch) => batch.isLive);
    const moving = live.filter((batch) => batch.book.open.length > 0 && !isDone(batch, { round, isOver }));
    if (moving.length > 0) {
      if (round > 0) await waitUnlessStopped(distanceOf(moving, round), run.signal);
      await lookAt(run, moving, { rules, which: (batch) => batch.book.open });
      await tell(run, batches, { looks: round + 1, endMs });
      continue;
    }
    if (isOver) for (const batch of live) if (!batch.isFenced) batch.book.confirmUnchanged();
    if ((await lookOnceMore(run, live, rules)) || isOver) break;
  }
  distrustBroken(batches);
}

/** Whether the time of its candidates is up. */
function isDone({ isFenced }: LookBatch, { round, isOver }: { round: number; isOver: boolean }): boolean {
  return isOver && (!isFenced || round >= LOOKS_TO_CONFIRM);
}

/** Looks at all that are confirmed. Returns whether they all stay so. */
async function lookOnceMore(run: TableRun, live: readonly LookBatch[], rules: LookRules): Promise<boolean> {
  const confirmed = live.filter(({ isFenced, book }) => isFenced && book.confirmed.length > 0);
  if (confirmed.length === 0) return true;
  await waitUnlessStopped(distanceOf(confirmed, 0), run.signal);
  const before = confirmed.map(({ book }) => book.open.length);
  await lookAt(run, confirmed, { rules, which: ({ book }) => book.confirmed });
  return confirmed.every(({ book }, at) => book.open.length === before[at]);
}

function distanceOf(batches: readonly LookBatch[], round: number): number {
  const random = randomDistance();
  if (batches.some(({ isFenced }) => isFenced)) return random;
  return Math.min(LONGEST_DISTANCE_MS, random * 1.5 ** (round - 1));
}

interface Wanted {
  readonly rules: LookRules;
  readonly which: (batch: LookBatch) => Uint32Array;
}

/** One look at each batch: the source of all, then the targets behind their fences, so that the lag is waited for once. */
async function lookAt(run: TableRun, batches: readonly LookBatch[], wanted: Wanted): Promise<void> {
  const begun: BegunLook[] = [];
  await inLanes(run, batches, async (batch) => {
    const rows = wanted.which(batch);
    const looked = await ask(run, { batch, rows, sides: ['source'], rules: wanted.rules });
    if (looked === null) return;
    const [before] = looked.states;
    if (before !== undefined)
      begun.push({ batch, rows, before, position: looked.position, takenMs: run.now() });
  });
  // Positions of one source grow, so that whoever waited for the first has mostly waited for all.
  for (const look of begun) await waitForFence(run, look, wanted.rules);
  await inLanes(
    run,
    begun.filter(({ batch }) => batch.isLive),
    async ({ batch, rows, before }) => {
      const looked = await ask(run, { batch, rows, sides: ['target', 'source'], rules: wanted.rules });
      if (looked === null) return;
      const [target, after] = looked.states;
      if (target === undefined || after === undefined) return;
      batch.book.note({ rows, before, target, after });
      batch.lastMs = Date.now();
      if (batch.firstMs === 0) batch.firstMs = batch.lastMs;
    },
  );
}

interface BegunLook {
  readonly batch: LookBatch;
  readonly rows: Uint32Array;
  readonly before: Parameters<LookBatch['book']['note']>[0]['before'];
  readonly position: string | null;
  readonly takenMs: number;
}

interface Question {
  readonly batch: LookBatch;
  readonly rows: Uint32Array;
  readonly sides: readonly Side[];
  readonly rules: LookRules;
}

/** Null where that failed, which is kept, and at a stop. */
async function ask(run: TableRun, { batch, rows, sides, rules }: Question) {
  const { table, fence } = batch;
  const task: LookTask = {
    kind: 'look',
    pairId: table.planned.id,
    keys: batch.keysOf(rows),
    sides,
    fence: sides.length === 1 ? fence : null,
    limitMs: rules.longestLagMs,
  };
  const result = await runWithRetries(run, { table, segment: NO_SEGMENT }, task);
  if (run.signal.aborted) return null;
  if (result.kind === 'looked') return result;
  batch.failure = result;
  return null;
}

/** Waits, and says so; not for a target that stands still for a minute, and says why. */
async function waitForFence(run: TableRun, look: BegunLook, rules: LookRules): Promise<void> {
  const { batch, position, takenMs } = look;
  const { fence } = batch;
  if (fence === null || run.signal.aborted) return;
  const { session } = run.sides[fence.reachedOn];
  const endMs = takenMs + rules.longestLagMs;
  let halt: string | null = null;
  while (position !== null && !run.signal.aborted) {
    const limitMs = Math.max(0, Math.min(SLICE_MS, endMs - run.now()));
    // What fails is in the log; a position that nobody can be asked for was not reached.
    const wait = { session, fence, position, stop: run.signal, limitMs };
    if (await awaitPosition(wait).catch(() => false)) return rules.onLag(fence, run.now() - takenMs);
    if (run.signal.aborted) return;
    halt = await rules.findHalt(fence);
    const waitedMs = run.now() - takenMs;
    await run.emit({ type: 'target:late', waitedMs, halt });
    if (waitedMs >= rules.longestLagMs || (halt !== null && waitedMs >= LONGEST_HALT_MS)) break;
  }
  if (run.signal.aborted) return;
  batch.why = 'fence-late';
  batch.because = halt;
}

/** What a fence confirmed that proved to be none is as good as not looked at. */
function distrustBroken(batches: readonly LookBatch[]): void {
  const broken = new Set(batches.filter(({ book }) => book.isFenceBroken).map(nameOf));
  for (const batch of batches) {
    if (!broken.has(nameOf(batch))) continue;
    batch.book.distrust();
    batch.why = 'fence-broken';
  }
}

function nameOf({ fence }: LookBatch): string {
  return fence === null ? '' : JSON.stringify([fence.way, fence.details]);
}

/** Does something for each, as many at a time as there are workers. */
async function inLanes<Item>(
  { workers }: TableRun,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, lane));
}

interface Told {
  readonly looks: number;
  readonly endMs: number;
}

async function tell(run: TableRun, batches: readonly LookBatch[], { looks, endMs }: Told): Promise<void> {
  const sum = (count: (batch: LookBatch) => number): number =>
    batches.reduce((total, batch) => total + count(batch), 0);
  const isTimed = batches.some(({ isFenced, book }) => !isFenced && book.open.length > 0);
  await run.emit({
    type: 'rows:looked',
    looks,
    open: sum(({ book }) => book.open.length),
    confirmed: sum(({ book }) => book.confirmed.length),
    inFlight: sum(({ book }) => book.inFlight),
    leftMs: isTimed ? Math.max(0, Math.round(endMs - run.now())) : null,
  });
}
