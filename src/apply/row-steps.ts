import type { ControlRow } from '../engines/session.js';
import type { StatementResult } from '../engines/write.js';
import { RowRefusal, TransientFailure } from './row-failure.js';
import type { RowStatement } from './row-statement.js';
import { type AppliedTable, buildUndo, type RowImage, type UndoStatement } from './undo-statement.js';
import { joinKey, keyAfter } from './wanted-row.js';

/** What one statement did: how to take it back, null where it found the row and changed nothing. */
export type Effect = UndoStatement | null | 'nothing';

/** What is sent for one statement of a file, so that it shows what the statement did. */
export interface RowSteps {
  readonly sql: readonly string[];
  /** Makes out from the results of all steps what was done; throws where the row must not be written. */
  readonly readEffect: (results: readonly StatementResult[]) => Effect;
}

/** Locks and reads the row, runs the statement, which others about the row may follow, and reads the row again. */
export function planSteps(
  statement: RowStatement,
  table: AppliedTable,
  { isFollowed }: { readonly isFollowed: boolean },
): RowSteps {
  const { kind, sql } = statement;
  const before = kind === 'insert' ? [] : [buildLockingRead(statement, table)];
  const after = kind === 'delete' ? [] : [buildImageRead(keyAfter([statement], table), table)];
  return {
    sql: [...before, sql, ...after],
    readEffect: (results) => {
      const found = results[before.length]?.found ?? 0;
      const images = [
        before.length === 0 ? null : readImage(results[0], statement, table),
        after.length === 0 ? null : readImage(results.at(-1), statement, table),
      ] as const;
      return judge(images, { found, statement, table, isFollowed });
    },
  };
}

/** Reads all columns of the row that a statement is about, and keeps others from changing it until the transaction ends. */
export function buildLockingRead({ key }: RowStatement, table: AppliedTable): string {
  const lossy = table.images.flatMap(({ lossy }, i) =>
    lossy === null ? [] : [`CASE WHEN ${lossy} THEN 1 ELSE 0 END AS l${i}`],
  );
  return `${buildImageRead(joinKey(key), table, lossy)} FOR UPDATE`;
}

/** All columns of the one row that a condition finds, also those that were not compared. */
export function buildImageRead(
  where: string,
  { images, catalog, table }: AppliedTable,
  more: string[] = [],
): string {
  const columns = images.map(({ select }, i) => `${select} AS c${i}`);
  return `SELECT ${[...columns, ...more].join(', ')} FROM ${catalog.dialect.quoteOnlyTable(table)} WHERE ${where}`;
}

/** The row that was read, null where there is none. */
export function readImage(
  result: StatementResult | undefined,
  statement: RowStatement,
  table: AppliedTable,
): RowImage | null {
  const { rows } = result ?? { rows: [] };
  const [row] = rows;
  if (rows.length > 1)
    throw new RowRefusal(
      statement.mark,
      `The key of the statement finds ${rows.length} rows where it must find one.`,
    );
  if (row === undefined) return null;
  refuseLossy(row, statement, table);
  return table.images.map((_, i) => row[`c${i}`] ?? null);
}

/** A value that cannot be brought back is only taken away from no row. */
function refuseLossy(
  row: ControlRow,
  { kind, assignments, mark }: RowStatement,
  { images }: AppliedTable,
): void {
  const lost = images.find(
    ({ name }, i) =>
      row[`l${i}`] === '1' && (kind === 'delete' || assignments.some(({ column }) => column === name)),
  );
  if (lost === undefined) return;
  throw new RowRefusal(
    mark,
    `The value of column ${lost.name} has no form from which undo could bring it back.`,
  );
}

interface Found {
  readonly found: number;
  readonly statement: RowStatement;
  readonly table: AppliedTable;
  readonly isFollowed: boolean;
}

function judge(
  [before, after]: readonly [RowImage | null, RowImage | null],
  { found, statement: { kind, mark }, table, isFollowed }: Found,
): Effect {
  if (found > 1) throw new RowRefusal(mark, `The statement found ${found} rows where it must find one.`);
  if (found === 0) return 'nothing';
  if (before === null && kind !== 'insert') {
    const cause = new Error('The row came while it was looked for.');
    throw new TransientFailure(mark, { cause, lost: false });
  }
  if (after !== null || kind === 'delete') return buildUndo({ before, after }, table, { isFollowed });
  throw new RowRefusal(
    mark,
    'The row is not under its key once it was written: a trigger may have changed it.',
  );
}
