import type { Side } from '../core/pairing.js';
import type { ConnectionSettings, Engine, Session } from '../engines/engine.js';
import { engineFor } from '../engines/registry.js';

/** How much longer than its statement timeout a server gets to answer, before its silence counts as a lost connection. */
const GRACE_MS = 30_000;

/** The two sessions of a worker. A broken one is replaced when it is asked for next. */
export class SessionCache {
  readonly #connections: Readonly<Record<Side, ConnectionSettings>>;
  readonly #sessions = new Map<Side, Session>();
  readonly #streams = new Map<Session, Side>();

  constructor(connections: Readonly<Record<Side, ConnectionSettings>>) {
    this.#connections = connections;
  }

  engine(side: Side): Engine {
    return engineFor(this.#connections[side].scheme);
  }

  /** How long a step on a side may take: a peer that vanished without a word would be waited for until then. */
  deadlineMs(side: Side): number {
    return this.#connections[side].statementTimeoutMs + GRACE_MS;
  }

  async session(side: Side): Promise<Session> {
    const cached = this.#sessions.get(side);
    if (cached !== undefined && !cached.broken) return cached;
    await cached?.close();
    this.#sessions.delete(side);
    const session = await this.engine(side).open(this.#connections[side]);
    this.#sessions.set(side, session);
    return session;
  }

  /** Opens a session for a statement that reads a whole table; `close` ends it. */
  async openStream(side: Side): Promise<{ readonly session: Session; close(): Promise<void> }> {
    const settings = this.#connections[side];
    const session = await this.engine(side).open({
      ...settings,
      statementTimeoutMs: settings.wholeTableTimeoutMs,
    });
    this.#streams.set(session, side);
    return {
      session,
      close: async () => {
        this.#streams.delete(session);
        await session.close();
      },
    };
  }

  /** Closes a side's sessions; one that is in the middle of a result is cut off, which ends its read with an error. */
  async drop(side: Side): Promise<void> {
    const session = this.#sessions.get(side);
    this.#sessions.delete(side);
    const streams = [...this.#streams].filter(([, owner]) => owner === side).map(([stream]) => stream);
    await Promise.all([session, ...streams].map((each) => each?.close()));
  }
}
