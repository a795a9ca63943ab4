import type { Engine } from '../engines/engine.js';
import type { StatementResult, WriteDialect, WriteSession } from '../engines/write.js';
import { RowRefusal, TransientFailure } from './row-failure.js';
import type { AppliedTable } from './undo-statement.js';

/** What statements are run with. */
export interface RunContext {
  readonly session: WriteSession;
  readonly engine: Engine;
  readonly dialect: WriteDialect;
  /** By the numbers that statements name. */
  readonly tables: ReadonlyMap<number, AppliedTable>;
  /** The line of the last statement of a row, where it has more than one, by the mark of the row. */
  readonly lastLines: ReadonlyMap<string, number>;
}

/** SQL that is sent for a row. */
export interface RowSql {
  readonly mark: string;
  readonly sql: string;
}

/** The results of statements that were sent together, up to the one that the server refused, if it did. */
export interface Answers {
  readonly results: readonly StatementResult[];
  readonly refusal: RowRefusal | null;
}

/**
 * Sends statements together, and sorts what fails: what may pass is thrown as a TransientFailure of its row, what will meet
 * every row as it is, and what is about one row is returned.
 */
export async function sendStatements(
  statements: readonly RowSql[],
  { session, engine, dialect }: RunContext,
): Promise<Answers> {
  const { results, failure } = await session.runAll(statements.map(({ sql }) => sql));
  if (failure === null) return { results, refusal: null };
  const { cause } = failure;
  const mark = statements[results.length]?.mark ?? '';
  if (dialect.isHopeless(cause)) throw cause;
  const { transient, code, message } = engine.classifyError(cause);
  const lost = session.broken || code === 'connection-lost';
  if (transient || lost) throw new TransientFailure(mark, { cause, lost });
  return { results, refusal: new RowRefusal(mark, message) };
}
