import { ANSWER_GRACE_MS } from './limit-waits.js';
import { startPatientTimer } from './patient-timer.js';
import { runStatement } from './run-statement.js';
import type { WriteSession } from './write.js';

/** A connection that may write, and how to end what it does. */
export interface WritingConnection extends Omit<WriteSession, 'query' | 'execute'> {
  /** Asks the server to end the running statement. */
  cancel(): Promise<void>;
  /** Cuts the connection off, with an error for what is under way. */
  cutOff(): void;
}

/** How long a statement may take, and who may end it earlier. */
export interface WriteLimits {
  readonly statementTimeoutMs: number;
  readonly stop: AbortSignal;
}

/** What a statement gets to end by itself once the run is stopped, and once more when it was cancelled. */
const STOP_MS = 1500;

/**
 * Ends every wait for a server that does not answer: a statement that takes too long, or that is still under way some
 * time after the run was stopped, is cancelled, and if that does not help its connection is cut off. What became of its
 * transaction is for the caller to find out.
 */
export function limitWrites(
  connection: WritingConnection,
  { statementTimeoutMs, stop }: WriteLimits,
): WriteSession {
  const endings = new Set<Ending>();
  let isStopped = stop.aborted;
  const onStop = (): void => {
    isStopped = true;
    for (const ending of endings) ending.begin(STOP_MS, STOP_MS);
  };
  stop.addEventListener('abort', onStop, { once: true });
  const limit = async <T>(work: () => Promise<T>): Promise<T> => {
    const ending = new Ending(connection);
    ending.begin(isStopped ? STOP_MS : statementTimeoutMs, isStopped ? STOP_MS : ANSWER_GRACE_MS);
    endings.add(ending);
    try {
      return await work();
    } finally {
      ending.callOff();
      endings.delete(ending);
    }
  };
  return {
    get serverSessionId() {
      return connection.serverSessionId;
    },
    get broken() {
      return connection.broken;
    },
    serverQuestion: connection.serverQuestion,
    readAnswer: (row) => connection.readAnswer(row),
    runAll: (statements) => limit(() => connection.runAll(statements)),
    query: async (sql) => (await limit(() => runStatement(connection, sql))).rows,
    execute: async (sql) => (await limit(() => runStatement(connection, sql))).found,
    close: async () => {
      stop.removeEventListener('abort', onStop);
      await connection.close();
    },
  };
}

/** The end that waits for one statement. */
class Ending {
  readonly #connection: WritingConnection;
  readonly #timers: (() => void)[] = [];

  constructor(connection: WritingConnection) {
    this.#connection = connection;
  }

  /** Cancels when the time is over, and cuts off when the server does not mind that either. */
  begin(timeMs: number, graceMs: number): void {
    const cancel = (): void => void this.#connection.cancel().catch(() => undefined);
    this.#timers.push(startPatientTimer(timeMs, cancel));
    this.#timers.push(startPatientTimer(timeMs + graceMs, () => this.#connection.cutOff()));
  }

  callOff(): void {
    for (const callOff of this.#timers.splice(0)) callOff();
  }
}
