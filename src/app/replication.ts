import type { RunConfig } from '../config/run-config.js';
import type { Fence, FenceChoice } from '../core/fence.js';
import type { Finding } from '../core/finding.js';
import { SIDES, type Side, type TableId } from '../core/pairing.js';
import type { ReplicationResult } from '../core/result.js';
import { LookClock } from '../run/looks/look-clock.js';
import { Looks } from '../run/looks/looks.js';
import { WriteWatch } from '../run/looks/write-watch.js';
import type { Snapshots } from '../run/snapshots/snapshots.js';
import type { TableState } from '../state/table-state.js';
import { awaitPosition, takePosition } from '../tasks/fence-position.js';
import { formatDuration } from '../words/number-text.js';
import { chooseFences } from './choose-fences.js';
import type { OpenSide } from './open-side.js';

/** For how long rows that differ are looked at, where somebody writes. */
const DEFAULT_RECHECK_MS = 60_000;

type Sides = Readonly<Record<Side, OpenSide>>;

/** What is known of how the target follows the source, and how long it takes to. */
export class Replication {
  readonly #sides: Sides;
  readonly #config: RunConfig;
  readonly #choices: ReadonlyMap<TableId, FenceChoice>;
  readonly #signal: AbortSignal;
  readonly #writes: WriteWatch;
  readonly #isResumed: boolean;
  readonly #lookClock = new LookClock(() => performance.now());
  #sourceFrom: string | null = null;
  #sourceTo: string | null = null;
  #lag: { first: number; last: number; most: number } | null = null;

  private constructor(
    { sides, config, tables, signal, isResumed }: ReplicationRequest,
    choices: ReadonlyMap<TableId, FenceChoice>,
  ) {
    this.#sides = sides;
    this.#isResumed = isResumed;
    this.#config = config;
    this.#signal = signal;
    this.#choices = choices;
    const pairs = tables.flatMap(({ planned: { pair } }) => (pair === null ? [] : [pair]));
    this.#writes = new WriteWatch(sides, pairs, () => performance.now());
  }

  /** Asks both servers how the tables come from one to the other. What cannot be found out is known as that. */
  static async open(request: ReplicationRequest): Promise<Replication> {
    const { signal, tables } = request;
    const choices = signal.aborted
      ? new Map()
      : await chooseFences({ ...request, tables: tables.map(({ planned }) => planned) });
    const replication = new Replication(request, choices);
    for (const table of request.tables) noteLeftOut(table, replication.#choices.get(table.planned.id));
    replication.#sourceFrom = await replication.#askSource();
    return replication;
  }

  /** The fence of a table; null where it has none. */
  fenceOf(table: TableState): Fence | null {
    const choice = this.#choices.get(table.planned.id);
    return choice?.kind === 'fence' ? choice.fence : null;
  }

  /** What looks at rows again that differ, and minds snapshots that are held meanwhile; null where the user wants none of that. */
  makeLooks(snapshots: Snapshots | null): Looks | null {
    const { recheckForMs, maxLagWaitMs } = this.#config;
    if (recheckForMs === 0) return null;
    return new Looks({
      fenceOf: (table) => this.fenceOf(table),
      isAsked: recheckForMs !== null,
      writes: this.#writes,
      haltOf: (table) => this.#haltOf(table),
      onDoubt: (table) => this.#noteNoFence(table),
      isSettled: (table) => snapshots?.isSameInstant(table) === true,
      beforeFence: async () => snapshots?.beforeFence(),
      clock: this.#lookClock,
      rules: {
        forMs: recheckForMs ?? DEFAULT_RECHECK_MS,
        longestLagMs: recheckForMs ?? maxLagWaitMs,
        findHalt: (fence) => this.#findHalt(fence),
        passwords: this.#passwords,
        onLag: (_fence, lagMs) => this.#noteLag(lagMs),
      },
    });
  }

  /** Waits until the target is no further behind than the user allows. Returns what is to be said where it does not come to that. */
  async waitForLag(): Promise<Finding | null> {
    const { maxLagMs, maxLagWaitMs } = this.#config;
    if (maxLagMs === null) return null;
    const [fence] = this.#fences();
    if (fence === undefined) return lagUnknown();
    const endMs = performance.now() + maxLagWaitMs;
    while (!this.#signal.aborted) {
      const lagMs = await this.#measure(fence, endMs - performance.now());
      if (lagMs !== null) this.#noteLag(lagMs);
      if (lagMs !== null && lagMs <= maxLagMs) return null;
      if (performance.now() >= endMs) return tooLate(lagMs, { maxLagMs, maxLagWaitMs });
    }
    return null;
  }

  /** Where the source stood before the first row was read; null where it did not say. */
  get sourceFrom(): string | null {
    return this.#sourceFrom;
  }

  /** For how long what differed was looked at again. */
  get lookedMs(): number {
    return this.#lookClock.elapsedMs;
  }

  /** What a result says of it; null where no table has a fence. `lagWithinMs` is how long the lag at the end is waited for. */
  async describe(lagWithinMs: number | null): Promise<ReplicationResult | null> {
    const ways = new Map<string, number>();
    for (const choice of this.#choices.values())
      if (choice.kind === 'fence') ways.set(choice.fence.way, (ways.get(choice.fence.way) ?? 0) + 1);
    if (ways.size === 0) return null;
    if (!this.#signal.aborted) this.#sourceTo = await this.#askSource();
    const isMeasured = lagWithinMs !== null && !this.#signal.aborted;
    const lagAtEnd = isMeasured ? { lagAtEndMs: await this.#measureAll(lagWithinMs) } : {};
    return {
      fences: [...ways].map(([way, tables]) => ({ way, tables })),
      sourceFrom: this.#isResumed ? null : this.#sourceFrom,
      sourceTo: this.#sourceTo,
      lagMs: this.#lag,
      ...lagAtEnd,
    };
  }

  get #passwords(): readonly string[] {
    return SIDES.flatMap((side) => this.#sides[side].settings.password.text ?? []);
  }

  #fences(): readonly Fence[] {
    return [...this.#choices.values()].flatMap((choice) => (choice.kind === 'fence' ? [choice.fence] : []));
  }

  /** Where the source stands, as far as it says that. */
  #askSource(): Promise<string | null> {
    const [fence] = this.#fences();
    if (fence === undefined) return Promise.resolve(null);
    // What fails is in the log; a position is needed only where rows are looked at.
    return this.#sides.source.session.ask('position', fence).catch(() => null);
  }

  /** How long the target takes to come up to where the source is now; null where it does not within the limit. */
  async #measure(fence: Fence, limitMs: number): Promise<number | null> {
    const { source, [fence.reachedOn]: reached } = this.#sides;
    const wait = { fence, stop: this.#signal, limitMs, passwords: this.#passwords };
    const position = await takePosition({ ...wait, session: source.session });
    if (position === null) return null;
    const takenMs = performance.now();
    const isReached = await awaitPosition({ ...wait, session: reached.session, position });
    return isReached ? performance.now() - takenMs : null;
  }

  /** The longest time that the target takes by any of the fences; null where it does not come up within the limit. */
  async #measureAll(limitMs: number): Promise<number | null> {
    const distinct = new Map(
      this.#fences().map((fence) => [JSON.stringify([fence.way, fence.details]), fence]),
    );
    let mostMs = 0;
    for (const fence of distinct.values()) {
      // What fails is in the log; a lag that nobody can be asked for is not known.
      const lagMs = await this.#measure(fence, limitMs).catch(() => null);
      if (lagMs === null) return null;
      this.#noteLag(lagMs);
      mostMs = Math.max(mostMs, Math.round(lagMs));
    }
    return mostMs;
  }

  #noteLag(lagMs: number): void {
    const rounded = Math.round(lagMs);
    this.#lag = {
      first: this.#lag?.first ?? rounded,
      last: rounded,
      most: Math.max(rounded, this.#lag?.most ?? 0),
    };
  }

  #haltOf(table: TableState): string | null {
    const choice = this.#choices.get(table.planned.id);
    return choice?.kind === 'none' && choice.isHalted === true ? choice.reason : null;
  }

  /** What fails is in the log; then nothing is known of it. */
  async #findHalt(fence: Fence): Promise<string | null> {
    const { engine, session } = this.#sides.target;
    const facts = await session.ask('replication', { side: 'target', tables: [] }).catch(() => null);
    return facts === null ? null : (engine.can.positions?.findHalt(fence, facts) ?? null);
  }

  /** Where an account could see more, that is said of every table with rows that differ: they may only be late. */
  #noteNoFence(table: TableState): void {
    const choice = this.#choices.get(table.planned.id);
    if (choice?.kind !== 'none' || choice.grant === null) return;
    const { reason, grant } = choice;
    table.addFinding({
      code: 'no-fence',
      about: { table: table.name, detail: reason },
      message: `It is not known when the target has applied what the source holds of ${table.name}, because ${reason}: rows that differ may only be late.`,
      hint: `Grant what tells it: ${grant}`,
    });
  }
}

/** The sides of a run, and the tables that it reads. */
export interface ReplicationRequest {
  readonly sides: Sides;
  readonly config: RunConfig;
  readonly tables: readonly TableState[];
  readonly signal: AbortSignal;
  /** Whether rows were read by a process before, so that nobody knows from which position on. */
  readonly isResumed: boolean;
}

function noteLeftOut(table: TableState, choice: FenceChoice | undefined): void {
  if (choice?.kind !== 'left-out') return;
  const { side, filter } = choice;
  table.addFinding({
    code: 'not-replicated',
    about: { table: table.name, side, detail: filter },
    message: `Replication leaves ${table.name} out, all of it or some rows or columns, on purpose: ${filter}.`,
    hint: 'Compare only what is replicated, with --exclude, --where or --ignore-columns, or take the filter away.',
  });
}

function lagUnknown(): Finding {
  return {
    code: 'lagging',
    message:
      'Nothing was read: it is not known how far the target is behind the source, because no table has a fence.',
    hint: 'Leave --max-lag out, or name a fence with --fence-table.',
  };
}

function tooLate(
  lagMs: number | null,
  { maxLagMs, maxLagWaitMs }: { readonly maxLagMs: number; readonly maxLagWaitMs: number },
): Finding {
  const behind =
    lagMs === null
      ? 'did not come up to where the source was'
      : `was ${formatDuration(lagMs)} behind the source`;
  return {
    code: 'lagging',
    message: `Nothing was read: the target ${behind}, and --max-lag allows ${formatDuration(maxLagMs)}. It was waited for ${formatDuration(maxLagWaitMs)}.`,
    hint: 'Run again once the target has caught up, or wait longer with --max-lag-wait.',
  };
}
