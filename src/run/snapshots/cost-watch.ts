import type { Side } from '../../core/pairing.js';
import type { ConnectionSettings } from '../../engines/connection-settings.js';
import type { Engine } from '../../engines/engine.js';
import type { Session } from '../../engines/session.js';
import type { SnapshotCost } from '../../engines/snapshots.js';

const LOOK_EVERY_MS = 1000;
/** A server that does not say in this time who waits counts as one that cannot say it. */
const ANSWER_MS = 5000;

interface CostWatchRequest {
  readonly side: Side;
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  /** The sessions of which it is asked who waits for them. */
  readonly sessionIds: () => readonly string[];
  /** Is told what the server said; null where it could not be asked. */
  readonly onCost: (cost: SnapshotCost | null) => void;
}

/** Asks a server every second who waits for a snapshot. Who starts it stops it. */
export class CostWatch {
  readonly #request: CostWatchRequest;
  readonly #stop = new AbortController();
  #looking: Promise<void> = Promise.resolve();
  #session: Session | null = null;

  private constructor(request: CostWatchRequest) {
    this.#request = request;
  }

  /** Asks once before anything is read, so that it is known whether it can be seen who waits. */
  static async start(request: CostWatchRequest): Promise<CostWatch> {
    const watch = new CostWatch(request);
    await watch.#look();
    watch.#looking = watch.#keepLooking();
    return watch;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#session?.close();
    await this.#looking;
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stop;
    let startedMs = performance.now();
    for (;;) {
      await rest(LOOK_EVERY_MS - (performance.now() - startedMs), signal);
      if (signal.aborted) return;
      startedMs = performance.now();
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    // What fails is in the log; what is not known is said as that.
    const cost = await this.#ask().catch(() => null);
    if (this.#stop.signal.aborted) return;
    if (cost === null) await this.#close();
    this.#request.onCost(cost);
  }

  async #ask(): Promise<SnapshotCost> {
    const { engine, settings, sessionIds } = this.#request;
    const patience = { connectTimeoutMs: ANSWER_MS, statementTimeoutMs: ANSWER_MS };
    const session = this.#session ?? (await engine.open({ ...settings, ...patience }, this.#stop.signal));
    this.#session = session;
    if (this.#stop.signal.aborted) await this.#close();
    return session.ask('snapshot-cost', { sessionIds: sessionIds() });
  }

  async #close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.close();
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, ms));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
