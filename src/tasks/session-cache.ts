import type { Log } from '../core/log.js';
import type { Side } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import { hideServerWords } from '../engines/hide-words.js';
import { logEngine } from '../engines/log-sessions.js';
import { engineFor } from '../engines/registry.js';
import type { Session } from '../engines/session.js';
import { watchSilence } from '../engines/watch-silence.js';
import type { LoadControl } from './load-control.js';
import { type SessionUse, tameSession } from './tame-session.js';

/** How much longer than its statement timeout a server gets to answer, before its silence counts as a lost connection. */
const GRACE_MS = 30_000;

interface SessionRules {
  readonly load: LoadControl;
  readonly log: Log;
  /** Whether errors come without the words of the server, which may quote a row. */
  readonly hidesWords: boolean;
  /** Told of a statement that has sent no byte for so long. */
  readonly onSilence: (side: Side, silentMs: number) => void;
}

/** What tasks ask of the sessions of their worker. */
export type Sessions = Pick<
  SessionCache,
  'load' | 'log' | 'passwords' | 'engine' | 'session' | 'openStream' | 'drop'
> & { startDeadline(side: Side): () => void };

/** What a server gets to cancel a statement. */
const CANCEL_TIMEOUT_MS = 1500;

/** The two sessions of a worker. A broken one is replaced when it is asked for next. */
export class SessionCache {
  readonly #connections: Readonly<Record<Side, ConnectionSettings>>;
  readonly #hidesWords: boolean;
  readonly #onSilence: SessionRules['onSilence'];
  readonly #sessions = new Map<Side, Session>();
  readonly #streams = new Map<Session, Side>();

  /** The limits that every session here keeps to, and the clock by which reads are judged slow. */
  readonly load: LoadControl;
  readonly log: Log;

  constructor(
    connections: Readonly<Record<Side, ConnectionSettings>>,
    { load, log, hidesWords, onSilence }: SessionRules,
  ) {
    this.#connections = connections;
    this.#hidesWords = hidesWords;
    this.#onSilence = onSilence;
    this.load = load;
    this.log = log;
  }

  /** The passwords of both sides, to keep them from whatever is started. */
  get passwords(): readonly string[] {
    return Object.values(this.#connections).flatMap(({ password }) => password.text ?? []);
  }

  engine(side: Side): Engine {
    return engineFor(this.#connections[side].scheme);
  }

  /**
   * Drops a side's sessions when a step on it takes too long: a peer that vanished without a word would be waited for
   * until then. Returns how to call that off.
   */
  startDeadline(side: Side, onLate: () => Promise<void> = () => this.drop(side)): () => void {
    const endMs = this.load.clock.now() + this.#connections[side].statementTimeoutMs + GRACE_MS;
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const leftMs = endMs - this.load.clock.now();
      if (leftMs > 0) timer = setTimeout(look, leftMs);
      else {
        this.log.warn('session:late', () => ({ side }));
        void onLate();
      }
    };
    look();
    return () => clearTimeout(timer);
  }

  async session(side: Side): Promise<Session> {
    const cached = this.#sessions.get(side);
    if (cached !== undefined && !cached.broken) return cached;
    await cached?.close();
    this.#sessions.delete(side);
    const session = await this.#open(side, this.#connections[side], 'chunks');
    this.#sessions.set(side, session);
    return session;
  }

  /** Opens a session for a statement that reads a whole table; `close` ends it. */
  async openStream(side: Side): Promise<{ readonly session: Session; close(): Promise<void> }> {
    const session = await this.#open(side, this.#patientSettings(side), 'stream');
    this.#streams.set(session, side);
    return {
      session,
      close: async () => {
        this.#streams.delete(session);
        await session.close();
      },
    };
  }

  /** Opens a session that whoever asked for it keeps, also for statements that read a whole table. */
  openHeld(side: Side): Promise<Session> {
    return this.#open(side, this.#patientSettings(side), 'chunks');
  }

  /** Cancels what a session is doing, on its server; nothing where it is not known which that is. */
  async cancel(side: Side, { cancelKey }: Pick<Session, 'cancelKey'>): Promise<void> {
    if (cancelKey === null) return;
    const { cancel } = logEngine(this.engine(side), this.log.with({ side })).can;
    await cancel?.(this.#connections[side], [cancelKey], AbortSignal.timeout(CANCEL_TIMEOUT_MS));
  }

  #patientSettings(side: Side): ConnectionSettings {
    const settings = this.#connections[side];
    return { ...settings, statementTimeoutMs: settings.wholeTableTimeoutMs };
  }

  /** A cancelled task closes the sessions that it finds; one that was just being opened must not be used either. */
  async #open(side: Side, settings: ConnectionSettings, use: SessionUse): Promise<Session> {
    this.load.assertRunning();
    const logged = logEngine(this.engine(side), this.log.with({ side, purpose: use }));
    const engine = watchSilence(this.#hidesWords ? hideServerWords(logged) : logged, {
      onSilence: (silentMs) => {
        this.log.warn('session:silent', () => ({ side, silentMs: Math.round(silentMs) }));
        this.#onSilence(side, silentMs);
      },
    });
    const session = await engine.open(settings, this.load.stopSignal);
    try {
      this.load.assertRunning();
      return tameSession(session, { side, use, load: this.load });
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Closes a side's sessions; one that is in the middle of a result is cut off, which ends its read with an error. */
  async drop(side: Side): Promise<void> {
    const session = this.#sessions.get(side);
    this.#sessions.delete(side);
    const streams = [...this.#streams].filter(([, owner]) => owner === side).map(([stream]) => stream);
    await Promise.all([session, ...streams].map((each) => each?.close()));
  }
}
