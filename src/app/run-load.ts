import type { EmitEvent } from '../core/event.js';
import { hasLimits, type LoadLimits } from '../core/load-limits.js';
import type { Side } from '../core/pairing.js';
import type { LoadResult } from '../core/result.js';
import type { Engine } from '../engines/engine.js';
import type { Session } from '../engines/session.js';
import { LoadMonitor } from '../run/load-monitor.js';
import { LoadControl } from '../tasks/load-control.js';
import type { SharedLoad } from '../tasks/shared-load.js';
import { tameSession } from '../tasks/tame-session.js';
import type { OpenSide } from './open-side.js';

interface RunLoadRequest {
  readonly limits: LoadLimits;
  readonly shared: SharedLoad;
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
}

/** How a run keeps to its limits: one state for all of its threads, and somebody who watches the servers. */
export class RunLoad {
  /** The sides with sessions that keep to the limits too, and engines that open such sessions. */
  readonly sides: Record<Side, OpenSide>;
  readonly #request: RunLoadRequest;
  readonly #control: LoadControl;
  #pausedMs = 0;

  constructor(request: RunLoadRequest) {
    const { shared, sides } = request;
    this.#request = request;
    this.#control = new LoadControl(shared);
    this.sides = { source: this.#tame(sides.source, 'source'), target: this.#tame(sides.target, 'target') };
  }

  /** Does the work, and pauses it while a server is too busy; `workerSessions` are those of the run beside its own. */
  async watchDuring<T>(
    work: () => Promise<T>,
    workerSessions: (side: Side) => readonly string[] = () => [],
  ): Promise<T> {
    const { signal } = this.#request;
    const onAbort = (): void => this.#control.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const monitor = await this.#startMonitor(workerSessions);
    try {
      return await work();
    } finally {
      await monitor?.stop();
      this.#pausedMs += monitor?.pausedMs ?? 0;
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #startMonitor(workerSessions: (side: Side) => readonly string[]): Promise<LoadMonitor | null> {
    const { limits, sides, emit } = this.#request;
    if (limits.maxLoad === null) return null;
    return LoadMonitor.start({
      sides,
      maxLoad: limits.maxLoad,
      ownSessions: (side) => [sides[side].session.serverSessionId, ...workerSessions(side)],
      setPaused: (paused) => {
        this.#control.cells.isPaused = paused;
      },
      emit,
      now: () => performance.now(),
    });
  }

  /** Whether workers are to give back each connection that they do not use. */
  setScarce(scarce: boolean): void {
    this.#control.cells.isScarce = scarce;
  }

  /** Has workers read a side as it is at the time, from now on. */
  endSnapshot(side: Side): void {
    this.#control.cells.endSnapshot(side);
  }

  /** What held the run back, for its result; null where nothing did. */
  describe(): LoadResult | null {
    const { limits } = this.#request;
    return hasLimits(limits) ? { ...limits, pausedMs: Math.round(this.#pausedMs) } : null;
  }

  #tame(open: OpenSide, side: Side): OpenSide {
    const tame = (session: Session): Session =>
      tameSession(session, { side, use: 'planning', load: this.#control });
    const { engine, session } = open;
    const openTame: Engine['open'] = async (settings) => tame(await engine.open(settings));
    return { ...open, session: tame(session), engine: { ...engine, open: openTame } };
  }
}
