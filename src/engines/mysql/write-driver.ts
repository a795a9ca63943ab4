import type { Duplex } from 'node:stream';
import type mysql from 'mysql2';
import type { ConnectionSettings, ControlRow } from '../engine.js';
import type { WritingConnection } from '../limit-writes.js';
import { closed, sayGoodbye } from '../server-socket.js';
import type { WireBudget } from '../wire-budget.js';
import type { ServerAnswer } from '../write.js';
import { readVariables } from './capabilities.js';
import { loginToMysql, type MysqlLogin } from './login-driver.js';
import { cancelMysql, toControlRow } from './mysql-driver.js';
import { buildServerQuestion, identifyServer, SERVER_VARIABLES } from './server-question.js';
import { WITHOUT_ROW_LIMITS } from './session-state.js';

/** Logs in as a session that reads does; what holds in its transactions is for the caller to set. */
export async function connectMysqlWriter(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<MysqlWriter> {
  const writer = new MysqlWriter(await loginToMysql(settings, signal), settings);
  try {
    await writer.prepare();
    return writer;
  } catch (error) {
    writer.cutOff();
    throw error;
  }
}

/** A connection whose statements run as they are. Lost connections mark it broken; what is under way gets the error. */
export class MysqlWriter implements WritingConnection {
  broken = false;
  serverQuestion = '';
  #sessionId = '';
  readonly #connection: mysql.Connection;
  readonly #budget: WireBudget;
  readonly #settings: ConnectionSettings;
  readonly #pending = new Set<(error: Error) => void>();

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

  /** Finds out which variables the server has that tell it from others. */
  async prepare(): Promise<void> {
    await this.execute(`SET ${WITHOUT_ROW_LIMITS}`);
    this.serverQuestion = buildServerQuestion(await readVariables(this, SERVER_VARIABLES));
    this.readAnswer((await this.query(`SELECT ${this.serverQuestion}`))[0] ?? {});
  }

  readAnswer(row: ControlRow): ServerAnswer {
    this.#sessionId = row.session_id ?? '';
    const endSql = this.#cancelKey === null ? null : `KILL ${BigInt(this.#cancelKey)}`;
    return { server: identifyServer(row), transaction: { endSql, outcomeSql: null } };
  }

  /** The session's number, where it is the server that gave it at the login: behind a proxy it may be anybody's. */
  get #cancelKey(): string | null {
    return this.#sessionId === String(this.#connection.threadId) ? this.#sessionId : null;
  }

  async query(sql: string): Promise<readonly ControlRow[]> {
    const rows = await this.#run(sql);
    return Array.isArray(rows) ? rows.map(toControlRow) : [];
  }

  async execute(sql: string): Promise<number> {
    return ((await this.#run(sql)) as mysql.ResultSetHeader).affectedRows;
  }

  async cancel(): Promise<void> {
    const key = this.#cancelKey;
    if (key === null) this.cutOff();
    else await cancelMysql(this.#settings, [key], AbortSignal.timeout(this.#settings.connectTimeoutMs));
  }

  cutOff(): void {
    this.broken = true;
    this.#connection.destroy();
    for (const reject of this.#pending) reject(connectionCut());
  }

  async close(): Promise<void> {
    if (this.broken || this.#pending.size > 0) this.cutOff();
    else await sayGoodbye(this.#leave(), () => this.cutOff());
  }

  #leave(): Promise<void> {
    const { stream } = this.#connection as unknown as { readonly stream: Duplex };
    this.#connection.end();
    return closed(stream);
  }

  #run(sql: string): Promise<unknown> {
    this.#budget.renew();
    return new Promise((resolve, reject) => {
      if (this.broken) {
        reject(connectionCut());
        return;
      }
      this.#pending.add(reject);
      this.#connection.query({ sql, rowsAsArray: false }, (error, result) => {
        this.#pending.delete(reject);
        if (error) reject(error);
        else resolve(result);
      });
    });
  }
}

/** A plain error with a code of the network's own, which engines take for a lost connection. */
function connectionCut(): Error {
  return Object.assign(new Error('The connection was cut off, because the server did not answer in time'), {
    code: 'ECONNRESET',
  });
}
