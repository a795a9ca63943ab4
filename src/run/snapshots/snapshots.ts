import { RowproofError } from '../../core/errors.js';
import type { EmitEvent } from '../../core/event.js';
import type { Finding } from '../../core/finding.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { Consistency, LockScope, SnapshotEnd, SnapshotResult } from '../../core/snapshot.js';
import type { ConnectionSettings } from '../../engines/connection-settings.js';
import type { Engine } from '../../engines/engine.js';
import type { Session } from '../../engines/session.js';
import type { SnapshotCost, SnapshotFacts } from '../../engines/snapshots.js';
import type { WorkerPool } from '../../runners/pool.js';
import type { SnapshotLane } from '../../runners/snapshot-lane.js';
import type { TableState } from '../../state/table-state.js';
import { CostWatch } from './cost-watch.js';
import type { PausedReplica } from './paused-replica.js';
import { SideSnapshot } from './side-snapshot.js';
import {
  describeEnded,
  describeLocks,
  describeNarrow,
  describePause,
  describeWithout,
} from './snapshot-findings.js';
import { takeSnapshots } from './take-snapshots.js';
import { WriterLock } from './writer-lock.js';

/** Where it cannot be seen who waits, nobody has to for longer than this. */
const LONGEST_BLIND_MS = 300_000;
/** How much longer than we do a server keeps a snapshot of which it hears nothing: who ends it says why. */
const GRACE_MS = 60_000;
/** How many more transactions a server may keep old rows of than when the snapshot was taken. */
const MOST_GROWN = 5_000_000;
/** For how long a standby may stand still because of it. */
const LONGEST_REPLAY_WAIT_MS = 5000;
/** How much a standby may have received and not replayed. */
const MOST_UNREPLAYED_BYTES = 1 << 30;

interface SnapshotSide {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly session: Session;
}

export interface SnapshotsRequest {
  readonly sides: Readonly<Record<Side, SnapshotSide>>;
  readonly longestMs: number;
  /** What may be locked for a moment; null for nothing. */
  readonly lockScope: LockScope | null;
  /** The target, where it is to be paused so that both sides are of the same instant; else null. */
  readonly replica: PausedReplica | null;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Has all workers read a side as it is at the time, from now on. */
  readonly endReads: (side: Side) => void;
}

/** A pool and the tables that it is to read. */
interface Reading {
  readonly pool: WorkerPool;
  readonly tables: readonly TableState[];
}

/**
 * The snapshots of a run: one instant a side, for as long as tables are read and nobody waits for it. Whatever is read without is
 * known by its table. Who makes it releases it.
 */
export class Snapshots {
  readonly #request: SnapshotsRequest;
  readonly #sides = new Map<Side, SideSnapshot>();
  readonly #without = new Set<string>();
  readonly #findings: Finding[] = [];
  #watches: readonly CostWatch[] = [];
  #parked: readonly SnapshotLane[] = [];
  #isTaken = false;

  constructor(request: SnapshotsRequest) {
    this.#request = request;
  }

  get #keptMs(): number {
    return this.#request.longestMs + GRACE_MS;
  }

  /** Has the workers of a pool take them. Returns how many of them read. */
  async take({ pool, tables }: Reading): Promise<number> {
    const facts = await this.#readFacts(tables);
    const lanes = pool.holdLanes();
    this.#parked = lanes;
    const holders = await this.#openHolders(facts);
    try {
      const { signal } = this.#request;
      const longestMs = this.#keptMs;
      const sideOf = (side: Side) => ({
        ...{ facts: facts[side], name: holders[side].name },
        lock: this.#makeLock(side, tables),
      });
      const sides = { source: sideOf('source'), target: sideOf('target') };
      const taken = await this.#whilePaused((replica) =>
        takeSnapshots({ lanes, sides, longestMs, replica, signal }),
      );
      for (const side of SIDES) {
        const lock = sides[side].lock?.result ?? null;
        this.#hold(side, { ...taken.sides[side], ...holders[side], lock });
      }
      this.#parked = lanes.slice(taken.workers);
      await Promise.all(this.#parked.map((lane) => lane.tell({ kind: 'let-go' })));
      await Promise.all(lanes.slice(0, taken.workers).map((lane) => lane.go()));
      this.#isTaken = true;
      this.#findings.push(...describeNarrow({ facts, workers: lanes.length, sessions: taken.workers }));
      this.#watches = await Promise.all(SIDES.map((side) => this.#startWatch(side, pool)));
      return taken.workers;
    } catch (error) {
      await Promise.all(SIDES.map((side) => holders[side].holder?.close()));
      throw error;
    }
  }

  /** Notes that rows of a table were read as they were at the time. */
  noteUnheld(table: TableState): void {
    this.#without.add(table.name);
  }

  /** Whether both sides of a table were read as of the same instant, so that what differs is not only late. */
  isSameInstant(table: TableState): boolean {
    return this.#request.replica?.result.asOf != null && !this.#without.has(table.name);
  }

  /** A standby cannot come up to its source while it must keep old rows for us. */
  async beforeFence(): Promise<void> {
    const { session } = this.#request.sides.target;
    if (session.findings.some(({ code }) => code === 'standby')) await this.#end('target', 'fence');
  }

  /** All was read: nobody keeps anything for us any longer. */
  async release(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.stop()));
    this.#watches = [];
    await Promise.all(SIDES.map((side) => this.#end(side, null)));
    const parked = this.#parked;
    this.#parked = [];
    // One that ended before reads nothing either.
    await Promise.all(parked.map((lane) => lane.go().catch(() => undefined)));
  }

  /** What is proved of when rows were read; `isWhole` says that this run has read everything that its result tells of. */
  consistency(isWhole: boolean): Consistency {
    if (!this.#isTaken) return 'chunk';
    return isWhole && this.#without.size === 0 ? 'snapshot' : 'mixed';
  }

  /** Null where none was taken. */
  describe(): SnapshotResult | null {
    const [source, target] = SIDES.map((side) => this.#sides.get(side)?.describe(this.#request.now()));
    if (source === undefined || target === undefined) return null;
    const { replica } = this.#request;
    const pause = replica === null ? {} : { pause: replica.result };
    return { source, target, without: [...this.#without], ...pause };
  }

  findings(): readonly Finding[] {
    const result = this.describe();
    return result === null
      ? this.#findings
      : [...this.#findings, ...describeEnded(result), ...describeLocks(result), ...describePause(result)];
  }

  async #readFacts(tables: readonly TableState[]): Promise<Record<Side, SnapshotFacts>> {
    const read = async (side: Side): Promise<SnapshotFacts> => {
      const { engine, session } = this.#request.sides[side];
      if (engine.can.snapshots !== true) throw cannot(side);
      const own = tables.flatMap((table) => table.planned[side] ?? []);
      return session.ask('snapshot-facts', own);
    };
    const [source, target] = await Promise.all([read('source'), read('target')]);
    const facts = { source, target };
    for (const table of tables) for (const side of SIDES) this.#noteWithout(table, { side, ...facts[side] });
    return facts;
  }

  #noteWithout(
    table: TableState,
    { side, without }: Pick<SnapshotFacts, 'without'> & { readonly side: Side },
  ): void {
    const why = without.get(table.planned[side]?.name ?? '');
    if (why === undefined) return;
    table.addFinding(describeWithout({ table: table.name, side, why }));
    this.noteUnheld(table);
  }

  async #openHolders(
    facts: Readonly<Record<Side, SnapshotFacts>>,
  ): Promise<Record<Side, { readonly holder: Session | null; readonly name: string | null }>> {
    const open = async (side: Side) => {
      if (facts[side].way !== 'by-name') return { holder: null, name: null };
      const { engine, settings } = this.#request.sides[side];
      const holder = await engine.open(settings, this.#request.signal);
      try {
        const { name } = await holder.ask('begin-snapshot', {
          from: null,
          longestMs: this.#keptMs,
        });
        return { holder, name };
      } catch (error) {
        await holder.close();
        throw error;
      }
    };
    const [source, target] = await Promise.allSettled([open('source'), open('target')]);
    if (source.status === 'fulfilled' && target.status === 'fulfilled')
      return { source: source.value, target: target.value };
    for (const each of [source, target]) if (each.status === 'fulfilled') await each.value.holder?.close();
    throw source.status === 'rejected' ? source.reason : (target as PromiseRejectedResult).reason;
  }

  /** The replica is started again at once, whatever came of the snapshots. */
  async #whilePaused<Result>(work: (replica: PausedReplica | null) => Promise<Result>): Promise<Result> {
    const { replica } = this.#request;
    if (replica === null) return work(null);
    try {
      await replica.stop();
      return await work(replica);
    } finally {
      await replica.start();
    }
  }

  #makeLock(side: Side, tables: readonly TableState[]): WriterLock | null {
    const { lockScope: scope, signal, now, sides } = this.#request;
    if (scope === null) return null;
    const { engine, settings } = sides[side];
    const own = tables.flatMap((table) => table.planned[side] ?? []);
    return new WriterLock({ ...{ side, engine, settings, scope, signal, now }, tables: own });
  }

  #hold(side: Side, taken: Omit<SideSnapshot['held'], 'takenMs'>): void {
    this.#sides.set(side, new SideSnapshot({ ...taken, takenMs: this.#request.now() }));
  }

  #startWatch(side: Side, pool: WorkerPool): Promise<CostWatch> {
    const { engine, settings } = this.#request.sides[side];
    const { handles = [], holder = null } = this.#sides.get(side)?.held ?? {};
    const own = [...handles, ...(holder === null ? [] : [holder])].map(
      ({ serverSessionId }) => serverSessionId,
    );
    return CostWatch.start({
      ...{ side, engine, settings },
      sessionIds: () => [...new Set([...own, ...pool.sessionIds(side)])],
      onCost: (cost) => this.#judge(side, cost),
    });
  }

  #judge(side: Side, cost: SnapshotCost | null): void {
    const snapshot = this.#sides.get(side);
    if (snapshot === undefined || snapshot.isEnded) return;
    const { longestMs, now } = this.#request;
    snapshot.note(cost, now());
    const ageMs = now() - snapshot.held.takenMs;
    const mostMs = snapshot.isSeen ? longestMs : Math.min(longestMs, LONGEST_BLIND_MS);
    const isBehind =
      snapshot.replayWaitMs(now()) >= LONGEST_REPLAY_WAIT_MS ||
      snapshot.unreplayedBytes > MOST_UNREPLAYED_BYTES;
    if ((cost?.waiting ?? 0) > 0) void this.#end(side, 'waiter');
    else if (ageMs >= mostMs) void this.#end(side, 'age');
    else if (isBehind) void this.#end(side, 'replay');
    else if (snapshot.grownOld > MOST_GROWN) void this.#end(side, 'cost');
    else if (snapshot.held.holder?.broken === true) void this.#end(side, 'lost');
  }

  async #end(side: Side, by: SnapshotEnd | null): Promise<void> {
    const { now, endReads, emit } = this.#request;
    const snapshot = this.#sides.get(side);
    if (snapshot === undefined || snapshot.isEnded) return;
    snapshot.end(now(), by);
    endReads(side);
    // A listener that fails ends the run where its next event is waited for.
    if (by !== null) void emit({ type: 'snapshot:ended', side, why: by }).catch(() => undefined);
    await snapshot.held.holder?.close();
  }
}

function cannot(side: Side): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Cannot read the ${side} as of one instant: its engine has no snapshots.`,
    hint: 'Leave --snapshot out.',
  });
}
