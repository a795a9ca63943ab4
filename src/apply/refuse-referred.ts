import { qualifiedName } from '../core/pairing.js';
import { RowRefusal } from './row-failure.js';
import type { RowStatement } from './row-statement.js';
import { buildLockingRead, readImage } from './row-steps.js';
import { type RunContext, sendStatements } from './send-statements.js';
import { type AppliedTable, notReferred } from './undo-statement.js';
import { joinKey } from './wanted-row.js';

/**
 * Cuts statements into messages, so that what must be asked before a row is deleted can be asked before its message. Rows
 * of one table can be asked about together, because deleting one gives none of the others a row that refers to it.
 */
export function cutMessages(
  statements: readonly RowStatement[],
  tables: ReadonlyMap<number, AppliedTable>,
): RowStatement[][] {
  const messages: RowStatement[][] = [];
  for (const statement of statements) {
    const message = messages.at(-1);
    const first = message?.[0];
    if (message !== undefined && first !== undefined && goTogether(first, statement, tables))
      message.push(statement);
    else messages.push([statement]);
  }
  return messages;
}

function goTogether(
  first: RowStatement,
  next: RowStatement,
  tables: ReadonlyMap<number, AppliedTable>,
): boolean {
  const table = tables.get(next.table);
  if (!mayBeReferred(first, tables.get(first.table))) return !mayBeReferred(next, table);
  return next.kind === 'delete' && next.table === first.table && table?.facts?.triggers.length === 0;
}

/** Copies of a row are not written at all where something refers to their table. */
function mayBeReferred({ kind, bounds }: RowStatement, applied: AppliedTable | undefined): boolean {
  if (kind !== 'delete' || bounds !== null || applied === undefined) return false;
  const name = qualifiedName(applied.table);
  return applied.catalog.foreignKeys.some(({ referencedTable }) => referencedTable === name);
}

/**
 * Refuses to delete a row that others refer to. The file asks about the foreign keys that there were when it was written;
 * one that came since might cascade.
 */
export async function refuseReferred(message: readonly RowStatement[], context: RunContext): Promise<void> {
  const [first] = message;
  const table = context.tables.get(first?.table ?? -1);
  if (first === undefined || table === undefined || !mayBeReferred(first, table)) return;
  const reads = message.map((statement) => ({
    mark: statement.mark,
    sql: buildLockingRead(statement, table),
  }));
  const read = await sendStatements(reads, context);
  if (read.refusal !== null) throw read.refusal;
  const questions = message.flatMap((statement, i) => {
    const row = readImage(read.results[i], statement, table);
    const conditions = row === null ? [] : notReferred(row, table);
    if (conditions.length === 0) return [];
    const from = table.catalog.dialect.quoteOnlyTable(table.table);
    const sql = `SELECT 1 AS free FROM ${from} WHERE ${[joinKey(statement.key), ...conditions].join(' AND ')}`;
    return [{ mark: statement.mark, sql }];
  });
  if (questions.length === 0) return;
  const { results, refusal } = await sendStatements(questions, context);
  const referred = questions[results.findIndex(({ rows }) => rows.length === 0)];
  if (referred !== undefined)
    throw new RowRefusal(referred.mark, 'Other rows refer to the row, which would go with it.');
  if (refusal !== null) throw refusal;
}
