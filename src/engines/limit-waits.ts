import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings, Session } from './engine.js';
import { startPatientTimer } from './patient-timer.js';

/** How much longer than its own statement timeout a server gets to say that it ended a statement. */
export const ANSWER_GRACE_MS = 5000;

/**
 * Ends every wait for a server that does not answer: a session is cut off when something on it takes longer than the
 * server's own limit for a statement and a little more. Time in which we take no rows on purpose does not count.
 */
export function limitWaits(session: Session, { statementTimeoutMs }: ConnectionSettings): Session {
  const waits = new Waits(statementTimeoutMs + ANSWER_GRACE_MS, () => void session.close());
  return {
    get serverSessionId() {
      return session.serverSessionId;
    },
    get broken() {
      return session.broken;
    },
    findings: session.findings,
    get server() {
      return session.server;
    },
    get cancelKey() {
      return session.cancelKey;
    },
    query: (sql, settings) => waits.limit(() => session.query(sql, settings)),
    parse: (sql) => waits.limit(() => session.parse(sql)),
    readRows: (sql, columns, onSpan) => waits.limit(() => session.readRows(sql, columns, onSpan)),
    pause: () => {
      waits.hold();
      session.pause();
    },
    resume: () => {
      waits.release();
      session.resume();
    },
    close: () => session.close(),
  };
}

/** What is waited for on one connection. */
class Waits {
  readonly #limitMs: number;
  readonly #cutOff: () => void;
  readonly #open = new Set<Wait>();
  #isHeld = false;

  constructor(limitMs: number, cutOff: () => void) {
    this.#limitMs = limitMs;
    this.#cutOff = cutOff;
  }

  async limit<T>(work: () => Promise<T>): Promise<T> {
    let onOver: () => void = () => undefined;
    const over = new Promise<never>((_resolve, reject) => {
      onOver = () => {
        reject(noAnswer(this.#limitMs));
        this.#cutOff();
      };
    });
    const wait = new Wait(this.#limitMs, onOver);
    if (!this.#isHeld) wait.start();
    this.#open.add(wait);
    try {
      return await Promise.race([work(), over]);
    } finally {
      wait.hold();
      this.#open.delete(wait);
    }
  }

  hold(): void {
    this.#isHeld = true;
    for (const wait of this.#open) wait.hold();
  }

  release(): void {
    this.#isHeld = false;
    for (const wait of this.#open) wait.start();
  }
}

/** The time that is left of one wait. */
class Wait {
  readonly #onOver: () => void;
  #leftMs: number;
  #running: { readonly sinceMs: number; readonly end: () => void } | null = null;

  constructor(limitMs: number, onOver: () => void) {
    this.#leftMs = limitMs;
    this.#onOver = onOver;
  }

  start(): void {
    this.#running ??= { sinceMs: performance.now(), end: startPatientTimer(this.#leftMs, this.#onOver) };
  }

  hold(): void {
    if (this.#running === null) return;
    this.#running.end();
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#running.sinceMs));
    this.#running = null;
  }
}

/** Worth another try on another connection: a server that vanished without a word is met like this too. */
function noAnswer(limitMs: number): RowproofError {
  return new RowproofError({
    code: 'connection-lost',
    message: `The server did not answer within ${limitMs / 1000} s.`,
    hint: 'Raise statement-timeout in the URL where the server needs longer.',
  });
}
