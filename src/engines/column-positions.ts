import type { Fence } from '../core/fence.js';
import type { Questions } from './session.js';
import type { ColumnValue, SqlPositions } from './sql-positions.js';
import type { SqlSession } from './sql-session.js';

/** Whether a position is a value of a column, whoever writes it. */
export function isOfColumn({ way }: Fence): boolean {
  return way === 'column' || way === 'command';
}

/** Reads the greatest value on the source; null where there is none, or it is not what the column's values are. */
export async function readColumnPosition(
  session: SqlSession,
  { buildGreatest }: Pick<SqlPositions, 'buildGreatest'>,
  { details }: Fence,
): Promise<string | null> {
  const { sourceSchema = '', sourceTable = '', sourceColumn = '' } = details;
  const [row] = await session.query(
    buildGreatest({ schema: sourceSchema, table: sourceTable, column: sourceColumn }),
  );
  const position = row?.position ?? null;
  return position === null || parseValue(details.values, position) === null ? null : position;
}

/** Whether the target has this value, or a greater one. */
export async function isColumnPositionReached(
  session: SqlSession,
  { buildAtLeast }: Pick<SqlPositions, 'buildAtLeast'>,
  { fence: { details }, position }: Questions['reached']['about'],
): Promise<boolean> {
  const value = parseValue(details.values, position);
  if (value === null) return false;
  const { targetSchema = '', targetTable = '', targetColumn = '' } = details;
  const column = { schema: targetSchema, table: targetTable, column: targetColumn };
  return (await session.query(buildAtLeast(column, value))).length > 0;
}

/** Takes a value for what the column holds; null for what it can not be, such as a number with a word in it. */
function parseValue(kind: string | undefined, text: string): ColumnValue | null {
  if (kind === 'number') return /^-?\d{1,65}(\.\d{1,30})?$/.test(text) ? { kind, text } : null;
  if (kind === 'text') return text === '' || text.includes('\0') ? null : { kind, text };
  if (kind !== 'time') return null;
  const [, day, time = '00:00:00'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?:\+00(?::?00)?|Z)?)?$/.exec(text) ?? [];
  return day === undefined ? null : { kind, text: `${day} ${time}` };
}
