import type { Socket } from 'node:net';
import type pg from 'pg';
import { RowproofError } from '../../core/errors.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { WritingConnection } from '../limit-writes.js';
import { runStatement } from '../run-statement.js';
import { sayGoodbye } from '../server-socket.js';
import type { ControlRow } from '../session.js';
import type { WireBudget } from '../wire-budget.js';
import type { SentTogether, ServerAnswer } from '../write.js';
import { cancelPostgresql } from './cancel.js';
import { textLiteral } from './dialect.js';
import { loginToPostgresql, type PostgresqlLogin } from './login-driver.js';
import { loadPg } from './pg-driver.js';
import { buildServerQuestion, identifyServer, KNOWS_SYSTEM, STAY } from './server-question.js';

const { Query } = loadPg();

/** Logs in as a session that reads does; what holds in its transactions is for the caller to set. */
export async function connectPostgresqlWriter(
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<PostgresqlWriter> {
  const writer = new PostgresqlWriter(await loginToPostgresql(settings, signal), settings);
  try {
    await writer.prepare();
    return writer;
  } catch (error) {
    writer.cutOff();
    throw error;
  }
}

/** Every value of a result as the server's own text. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

/** What pg keeps of the login, and the socket under it; the version is pinned for it. */
interface ClientParts {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: { readonly stream: Socket };
}

/** What pg keeps of a query: one result, or one for each statement; what was not done to its end has no command. */
interface QueryParts {
  readonly _results: Result | readonly Result[];
}

type Result = Omit<pg.QueryResult<ControlRow>, 'command'> & { readonly command: string | null };

/** A connection whose statements run as they are. Lost connections mark it broken; what is under way gets the error. */
export class PostgresqlWriter implements WritingConnection {
  broken = false;
  serverSessionId: string;
  readonly #client: pg.Client;
  readonly #budget: WireBudget;
  readonly #settings: ConnectionSettings;
  #knowsSystem = false;
  #busy = 0;

  constructor({ client, budget }: PostgresqlLogin, settings: ConnectionSettings) {
    this.#client = client;
    this.serverSessionId = String((client as unknown as ClientParts).processID);
    this.#budget = budget;
    this.#settings = settings;
    const onLost = (): void => {
      this.broken = true;
    };
    client.on('error', onLost);
    client.on('end', onLost);
  }

  /** Finds out what the account may ask of the server. */
  async prepare(): Promise<void> {
    const { rows } = await runStatement(
      this,
      `SELECT ${KNOWS_SYSTEM} AS knows_system, pg_catalog.pg_is_in_recovery() AS recovering`,
    );
    const [row] = rows;
    if (row?.recovering === 't') throw isStandby();
    this.#knowsSystem = row?.knows_system === 't';
  }

  /** The number and the start of the transaction tell it from every other one, also behind a pool. */
  get serverQuestion(): string {
    return `${buildServerQuestion(this.#knowsSystem)}, pg_catalog.txid_current() AS transaction,
      pg_catalog.now() AS begun`;
  }

  readAnswer(row: ControlRow): ServerAnswer {
    this.serverSessionId = row.pid ?? '';
    const [processId, transaction] = [row.pid, row.transaction].map((number) => BigInt(number ?? ''));
    const endSql = `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE pid OPERATOR(pg_catalog.=) ${processId} AND xact_start OPERATOR(pg_catalog.=) ${textLiteral(row.begun ?? '')}`;
    const outcomeSql = `SELECT pg_catalog.txid_status(${transaction}) AS outcome`;
    return { server: identifyServer(row, this.#knowsSystem), transaction: { endSql, outcomeSql } };
  }

  /** A commit of a transaction that has failed ends it with a rollback, and the server calls that a success. */
  async runAll(statements: readonly string[]): Promise<SentTogether> {
    const { results, failure } = await this.#send(statements.join('; '));
    const last = results.at(-1);
    const isUndone = statements.at(-1) === 'COMMIT' && failure === null && last?.command !== 'COMMIT';
    return {
      results: results.map(({ rows, rowCount }) => ({ rows, found: rowCount ?? 0 })),
      failure: isUndone ? { cause: new Error('The transaction was rolled back') } : failure,
    };
  }

  async cancel(): Promise<void> {
    const { processID, secretKey } = this.#parts;
    const signal = AbortSignal.timeout(this.#settings.connectTimeoutMs);
    await cancelPostgresql(this.#settings, [`${processID} ${secretKey}`], signal);
  }

  cutOff(): void {
    this.broken = true;
    this.#parts.connection.stream.destroy();
  }

  async close(): Promise<void> {
    if (this.broken || this.#busy > 0) this.cutOff();
    else await sayGoodbye(this.#client.end(), () => this.cutOff());
  }

  async #send(text: string): Promise<{ results: readonly Result[]; failure: SentTogether['failure'] }> {
    this.#budget.renew();
    this.#busy++;
    const query = new Query<ControlRow>({ text: STAY + text, types: AS_TEXT });
    const failure = await new Promise<SentTogether['failure']>((resolve) => {
      query.on('end', () => resolve(null));
      query.on('error', (cause) => resolve({ cause }));
      this.#client.query(query);
    });
    this.#busy--;
    const { _results } = query as unknown as QueryParts;
    return { results: [_results].flat().filter(({ command }) => command !== null), failure };
  }

  get #parts(): ClientParts {
    return this.#client as unknown as ClientParts;
  }
}

function isStandby(): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: 'The target is a standby server, which takes no writes.',
    hint: 'Name the primary server with --target.',
  });
}
