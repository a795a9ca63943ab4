import { RowproofError } from '../core/errors.js';
import type { EmitEvent, RunEvent } from '../core/event.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import type { Session } from '../engines/session.js';

const SAMPLE_EVERY_MS = 1000;
/** A server that does not say its load in this time counts as one whose load is unknown. */
const SAMPLE_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 1000;
/**
 * How long a run waits for a server whose load is unknown. Beyond that it goes on: what keeps the load from being read
 * will then show in the reads themselves, and a run must not stand still for ever.
 */
const LONGEST_BLIND_MS = 600_000;

export interface LoadWatch {
  readonly sides: Readonly<Record<Side, { readonly engine: Engine; readonly settings: ConnectionSettings }>>;
  /** Statements at work on a server above which the run pauses. */
  readonly maxLoad: number;
  /** The sessions of the run itself, which do not count. */
  ownSessions(side: Side): readonly string[];
  setPaused(paused: boolean): void;
  readonly emit: EmitEvent;
  readonly now: () => number;
}

/** Pauses a run while one of its servers is busy with the work of others. Who starts it stops it. */
export class LoadMonitor {
  /** How long the run was paused in all. */
  pausedMs = 0;
  readonly #watch: LoadWatch;
  readonly #sessions = new Map<Side, Promise<Session>>();
  readonly #blindSinceMs = new Map<Side, number>();
  #pausedSinceMs: number | null = null;
  #isStopped = false;
  #wake: () => void = () => undefined;

  private constructor(watch: LoadWatch) {
    this.#watch = watch;
  }

  /** Reads the load once, so that an account that may not see it is refused before anything else is read. */
  static async start(watch: LoadWatch): Promise<LoadMonitor> {
    const monitor = new LoadMonitor(watch);
    try {
      monitor.#decide(await monitor.#sampleBoth());
    } catch (error) {
      await monitor.#closeAll();
      throw error;
    }
    void monitor.#keepLooking();
    return monitor;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#closeAll();
    this.#decide({ source: 0, target: 0 });
  }

  async #keepLooking(): Promise<void> {
    while (!this.#isStopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, SAMPLE_EVERY_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (this.#isStopped) return;
      // What fails on the server is in the log; a load that is not known pauses the run.
      const loads = await this.#sampleBoth().catch(() => NOTHING_KNOWN);
      if (!this.#isStopped) this.#decide(loads);
    }
  }

  async #sampleBoth(): Promise<Record<Side, number | null>> {
    const [source, target] = await Promise.all([this.#sample('source'), this.#sample('target')]);
    return { source, target };
  }

  /** Null where the load is unknown; only an account that may not see it is an error. */
  async #sample(side: Side): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), SAMPLE_TIMEOUT_MS);
    });
    try {
      const load = await Promise.race([this.#read(side), late]);
      if (load === null) void this.#close(side);
      return load;
    } catch (error) {
      void this.#close(side);
      if (!(error instanceof RowproofError) || error.code !== 'usage') return null;
      const { code, hint } = error;
      const message = `Cannot keep to --max-load on the ${side}: ${error.message}`;
      throw new RowproofError({ code, hint, message, cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(side: Side): Promise<number> {
    const { engine, settings } = this.#watch.sides[side];
    const patience = { connectTimeoutMs: SAMPLE_TIMEOUT_MS, statementTimeoutMs: SAMPLE_TIMEOUT_MS };
    const opening = this.#sessions.get(side) ?? engine.open({ ...settings, ...patience });
    this.#sessions.set(side, opening);
    return (await opening).ask('load', this.#watch.ownSessions(side));
  }

  #decide(loads: Readonly<Record<Side, number | null>>): void {
    const { maxLoad, now, emit, setPaused } = this.#watch;
    const busy = SIDES.find((side) => this.#isTooMuch(side, loads[side]));
    if (busy !== undefined && this.#pausedSinceMs === null) {
      this.#pausedSinceMs = now();
      setPaused(true);
      tell(emit, { type: 'run:paused', side: busy, load: loads[busy], maxLoad });
    } else if (busy === undefined && this.#pausedSinceMs !== null) {
      const pausedMs = now() - this.#pausedSinceMs;
      this.pausedMs += pausedMs;
      this.#pausedSinceMs = null;
      setPaused(false);
      tell(emit, { type: 'run:resumed', pausedMs: Math.round(pausedMs) });
    }
  }

  #isTooMuch(side: Side, load: number | null): boolean {
    if (load !== null) {
      this.#blindSinceMs.delete(side);
      return load > this.#watch.maxLoad;
    }
    const now = this.#watch.now();
    const since = this.#blindSinceMs.get(side) ?? now;
    this.#blindSinceMs.set(side, since);
    return now - since < LONGEST_BLIND_MS;
  }

  async #close(side: Side): Promise<void> {
    const opening = this.#sessions.get(side);
    this.#sessions.delete(side);
    // A session that could not be opened needs no closing.
    await opening?.then((session) => session.close()).catch(() => undefined);
  }

  /** A server that answers no more must not keep a run from ending. */
  async #closeAll(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    });
    await Promise.race([Promise.all(SIDES.map((side) => this.#close(side))), late]);
    clearTimeout(timer);
  }
}

/** A listener that fails ends the run where its next event is waited for; watching goes on until then. */
function tell(emit: EmitEvent, event: RunEvent): void {
  void emit(event).catch(() => undefined);
}

const NOTHING_KNOWN = { source: null, target: null };
