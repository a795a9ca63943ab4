import type { Duplex } from 'node:stream';
import type mysql from 'mysql2';
import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { WritingConnection } from '../limit-writes.js';
import { runStatement } from '../run-statement.js';
import { closed, sayGoodbye } from '../server-socket.js';
import type { ControlRow } from '../session.js';
import type { WireBudget } from '../wire-budget.js';
import type { SentTogether, ServerAnswer, StatementResult } from '../write.js';
import { toControlRow } from './control-rows.js';
import { loginToMysql, type MysqlLogin } from './login-driver.js';
import { cancelMysql } from './mysql-driver.js';
import { identifyServer, SERVER_VARIABLES, selectList, serverColumns } from './server-question.js';
import {
  readSessionVariables,
  restoreVariables,
  type Variables,
  type VariablesConnection,
} from './session-variables.js';
import { ASKED_VARIABLES } from './unseen-keys.js';
import { WRITTEN_VARIABLES } from './write-settings.js';

/** Logs in as a session that reads does; what holds in its transactions is for the caller to set. */
export async function connectMysqlWriter(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<MysqlWriter> {
  const login = await loginToMysql(settings, { signal, multipleStatements: true });
  const writer = new MysqlWriter(login, settings);
  try {
    await writer.prepare();
    return writer;
  } catch (error) {
    writer.cutOff();
    throw error;
  }
}

/** What mysql2 keeps of a query: what its statements came to, and how many of them were answered but for the last. */
interface QueryParts {
  readonly _rows: readonly (readonly mysql.RowDataPacket[] | mysql.ResultSetHeader)[];
  readonly _resultIndex: number;
}

/** A connection whose statements run as they are. Lost connections mark it broken; what is under way gets the error. */
export class MysqlWriter implements WritingConnection {
  broken = false;
  serverQuestion = '';
  serverSessionId = '';
  #before: Variables = new Map();
  readonly #connection: mysql.Connection;
  readonly #budget: WireBudget;
  readonly #settings: ConnectionSettings;
  readonly #pending = new Set<(cause: Error) => void>();

  constructor({ connection, budget }: MysqlLogin, settings: ConnectionSettings) {
    this.#connection = connection;
    this.#budget = budget;
    this.#settings = settings;
    const onLost = (): void => {
      this.broken = true;
    };
    connection.on('error', onLost);
    connection.on('end', onLost);
  }

  /** Finds out which variables the server has, what tells it from others, and what the session is set to. */
  async prepare(): Promise<void> {
    this.#before = await readSessionVariables(this.#variables, [...WRITTEN_VARIABLES, ...SERVER_VARIABLES]);
    this.serverQuestion = selectList(serverColumns(this.#before));
    const { results, failure } = await this.runAll(['DO 0', `SELECT ${this.serverQuestion}`]);
    if (results.length !== 2) throw takesNoGroups(failure?.cause);
    this.readAnswer(results[1]?.rows[0] ?? {});
  }

  readAnswer(row: ControlRow): ServerAnswer {
    this.serverSessionId = row.session_id ?? '';
    const endSql = this.#cancelKey === null ? null : `KILL ${BigInt(this.#cancelKey)}`;
    return { server: identifyServer(row), transaction: { endSql, outcomeSql: null } };
  }

  /** The session's number, where it is the server that gave it at the login: behind a proxy it may be anybody's. */
  get #cancelKey(): string | null {
    return this.serverSessionId === String(this.#connection.threadId) ? this.serverSessionId : null;
  }

  get #variables(): VariablesConnection {
    return { query: async (sql) => (await runStatement(this, sql)).rows };
  }

  runAll(statements: readonly string[]): Promise<SentTogether> {
    this.#budget.renew();
    return new Promise((resolve) => {
      const fail = (cause: Error): void => resolve({ results: [], failure: { cause } });
      if (this.broken) {
        fail(connectionCut());
        return;
      }
      this.#pending.add(fail);
      // On a connection that is closed already the answer comes before the query is returned.
      let query: QueryParts = { _rows: [], _resultIndex: 0 };
      const onAnswer = (cause: mysql.QueryError | null): void => {
        this.#pending.delete(fail);
        if (cause?.fatal === true) this.broken = true;
        const done = cause === null ? query._rows : query._rows.slice(0, query._resultIndex);
        resolve({ results: done.map(toResult), failure: cause === null ? null : { cause } });
      };
      const sent = this.#connection.query({ sql: statements.join('; '), rowsAsArray: false }, onAnswer);
      query = sent as unknown as QueryParts;
    });
  }

  async cancel(): Promise<void> {
    const key = this.#cancelKey;
    if (key === null) this.cutOff();
    else await cancelMysql(this.#settings, [key], AbortSignal.timeout(this.#settings.connectTimeoutMs));
  }

  cutOff(): void {
    this.broken = true;
    this.#connection.destroy();
    for (const fail of this.#pending) fail(connectionCut());
  }

  async close(): Promise<void> {
    if (this.broken || this.#pending.size > 0) this.cutOff();
    else await sayGoodbye(this.#leave(), () => this.cutOff());
  }

  /** Gives the connection back as it was: behind a proxy it may be somebody else's next. */
  async #leave(): Promise<void> {
    const written = WRITTEN_VARIABLES.filter((name) => this.#before.has(name));
    await restoreVariables(this.#variables, written, this.#before);
    const forgotten = ASKED_VARIABLES.map((name) => `${name} = NULL`);
    await this.runAll([`SET ${forgotten.join(', ')}`]);
    if (this.broken) return;
    const { stream } = this.#connection as unknown as { readonly stream: Duplex };
    this.#connection.end();
    await closed(stream);
  }
}

function toResult(result: QueryParts['_rows'][number]): StatementResult {
  if ('affectedRows' in result) return { rows: [], found: result.affectedRows };
  return { rows: result.map(toControlRow), found: result.length };
}

function takesNoGroups(cause: unknown): RowproofError {
  return new RowproofError({
    code: 'session-state',
    message: 'The target does not take several statements in one message.',
    hint: 'Connect to the database itself rather than through a proxy that looks at statements one by one.',
    cause,
  });
}

/** A plain error with a code of the network's own, which engines take for a lost connection. */
function connectionCut(): Error {
  return Object.assign(new Error('The connection was cut off, because the server did not answer in time'), {
    code: 'ECONNRESET',
  });
}
