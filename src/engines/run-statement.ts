import type { StatementResult, WriteSession } from './write.js';

/** Runs one statement, or several of our own in one text, of which the last one counts; throws where one fails. */
export async function runStatement(
  session: Pick<WriteSession, 'runAll'>,
  sql: string,
): Promise<StatementResult> {
  const { results, failure } = await session.runAll([sql]);
  if (failure !== null) throw failure.cause;
  return results.at(-1) ?? { rows: [], found: 0 };
}
