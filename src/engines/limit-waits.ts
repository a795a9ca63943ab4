import { RowproofError } from '../core/errors.js';
import type { ConnectionSettings } from './connection-settings.js';
import { startPatientTimer } from './patient-timer.js';
import type { SqlSession } from './sql-session.js';

/** How much longer than its own statement timeout a server gets to say that it ended a statement. */
export const ANSWER_GRACE_MS = 5000;

/**
 * Ends every wait for a server that does not answer: a session is cut off when something on it takes longer than the
 * server's own limit for a statement and a little more, and when no row comes for too long, because a statement that reads
 * a whole table may take a day. Time in which we take no rows on purpose does not count.
 */
export function limitWaits(
  session: SqlSession,
  { statementTimeoutMs, longestSilenceMs }: ConnectionSettings,
): SqlSession {
  const waits = new Waits({
    limitMs: statementTimeoutMs + ANSWER_GRACE_MS,
    silenceMs: longestSilenceMs + ANSWER_GRACE_MS,
    cutOff: () => void session.close(),
  });
  return {
    get serverSessionId() {
      return session.serverSessionId;
    },
    get broken() {
      return session.broken;
    },
    get receivedBytes() {
      return session.receivedBytes;
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
    runOutside: (sql) => waits.limit(() => session.runOutside(sql)),
    beginSnapshot: (start) => waits.limit(() => session.beginSnapshot(start)),
    readRows: (sql, columns, onSpan) =>
      waits.limit((onSign) =>
        session.readRows(sql, columns, (buffer, start, end, rows) => {
          onSign();
          return onSpan(buffer, start, end, rows);
        }),
      ),
    together: (work) => session.together(work),
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

interface WaitLimits {
  /** For all of a wait, and for a part of it in which the server gives no sign of life. */
  readonly limitMs: number;
  readonly silenceMs: number;
  readonly cutOff: () => void;
}

/** What is waited for on one connection. */
class Waits {
  readonly #limits: WaitLimits;
  readonly #open = new Set<Wait>();
  #isHeld = false;

  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** Waits for work, which may say that the server gives signs of life. */
  async limit<T>(work: (onSign: () => void) => Promise<T>): Promise<T> {
    const { limitMs, silenceMs, cutOff } = this.#limits;
    let end: (error: RowproofError) => void = () => undefined;
    const over = new Promise<never>((_resolve, reject) => {
      end = (error) => {
        reject(error);
        cutOff();
      };
    });
    const silence = new Wait(silenceMs, () => end(noAnswer(silenceMs)));
    const waits = [silence, new Wait(limitMs, () => end(noAnswer(limitMs)))];
    for (const wait of waits) {
      if (!this.#isHeld) wait.start();
      this.#open.add(wait);
    }
    try {
      return await Promise.race([work(() => silence.renew()), over]);
    } finally {
      for (const wait of waits) {
        wait.hold();
        this.#open.delete(wait);
      }
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
  readonly #limitMs: number;
  readonly #onOver: () => void;
  #leftMs: number;
  #running: { sinceMs: number; readonly end: () => void } | null = null;

  constructor(limitMs: number, onOver: () => void) {
    this.#limitMs = limitMs;
    this.#leftMs = limitMs;
    this.#onOver = onOver;
  }

  start(): void {
    if (this.#running !== null) return;
    const end = startPatientTimer(this.#leftMs, () => this.#look());
    this.#running = { sinceMs: performance.now(), end };
  }

  /** Begins anew; called for every span of rows, so that it touches no timer. */
  renew(): void {
    this.#leftMs = this.#limitMs;
    if (this.#running !== null) this.#running.sinceMs = performance.now();
  }

  hold(): void {
    if (this.#running === null) return;
    this.#running.end();
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#running.sinceMs));
    this.#running = null;
  }

  /** The time is over, unless the wait was renewed since the timer was set. */
  #look(): void {
    this.hold();
    if (this.#leftMs < 1) this.#onOver();
    else this.start();
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
