import { qualifiedName } from '../core/pairing.js';
import type { CopyBounds } from '../engines/row-copies.js';
import type { StatementResult } from '../engines/write.js';
import { RowRefusal } from './row-failure.js';
import type { RowStatement } from './row-statement.js';
import { buildImageRead, type Effect, type RowSteps, readImage } from './row-steps.js';
import type { AppliedTable, RowImage, UndoStatement } from './undo-statement.js';
import { joinKey } from './wanted-row.js';

interface CopySteps {
  readonly statement: RowStatement;
  readonly table: AppliedTable;
  /** Has a SELECT of counts wait for whoever is changing the rows. */
  readonly locks: string;
}

/**
 * Counts the copies of a row, runs a statement that adds or takes one of them, and counts again: what takes it back must
 * find as many as the statement left. Throws where that would not be known to be the same row.
 */
export function planCopySteps({ statement, table, locks }: CopySteps): RowSteps {
  refuseUnclear(statement, table);
  const where = joinKey(statement.key);
  const from = table.catalog.dialect.quoteOnlyTable(table.table);
  const count = `SELECT COUNT(*) AS copies FROM ${from} WHERE ${where}${locks}`;
  const isDelete = statement.kind === 'delete';
  const lossy = table.images.flatMap(({ lossy: sql }, i) =>
    sql === null ? [] : [`CASE WHEN ${sql} THEN 1 ELSE 0 END AS l${i}`],
  );
  const image = isDelete ? [`${buildImageRead(where, table, lossy)} LIMIT 1 FOR UPDATE`] : [];
  return {
    sql: [...image, count, statement.sql, count],
    readEffect: (results) => {
      const [before, run, after] = results.slice(image.length);
      const { found } = run ?? { found: 0 };
      if (found > 1)
        throw new RowRefusal(statement.mark, `The statement found ${found} rows where it must find one.`);
      if (found === 0) return 'nothing';
      const left = readCount(after);
      if (left !== readCount(before) + (isDelete ? -1 : 1)) throw isUnclear(statement);
      return buildCopyUndo(left, {
        statement,
        table,
        taken: isDelete ? readImage(results[0], statement, table) : null,
      });
    },
  };
}

/** The table may have changed since the file was written. */
function refuseUnclear({ key, mark }: RowStatement, { images, catalog, table }: AppliedTable): void {
  const named = new Set(key.flatMap(({ columns }) => columns));
  const other = images.find(({ name, generated }) => !generated && !named.has(name));
  if (other !== undefined)
    throw new RowRefusal(mark, `Column ${other.name} was not compared, and may differ in equal rows.`);
  const name = qualifiedName(table);
  const foreignKey = catalog.foreignKeys.find(({ referencedTable }) => referencedTable === name);
  if (foreignKey !== undefined)
    throw new RowRefusal(mark, `Foreign key ${foreignKey.name} refers to rows that nothing tells apart.`);
}

function isUnclear({ mark }: RowStatement): RowRefusal {
  return new RowRefusal(
    mark,
    'It is not the number of equal rows that changed by one: a trigger may have changed the row, or others wrote equal ones.',
  );
}

function readCount(result: StatementResult | undefined): number {
  return Number(result?.rows[0]?.copies ?? Number.NaN);
}

interface Written {
  readonly statement: RowStatement;
  readonly table: AppliedTable;
  /** The row that is no longer there; null where one was added. */
  readonly taken: RowImage | null;
}

function buildCopyUndo(left: number, { statement, table, taken }: Written): Effect {
  const bounds = { least: left, most: left };
  const sql = statement.kind === 'insert' ? takeBack(bounds, statement, table) : null;
  const again = taken === null ? null : addAgain(bounds, { statement, table, taken });
  const undo = sql ?? again;
  if (undo === null) throw isUnclear(statement);
  const from = table.catalog.dialect.quoteOnlyTable(table.table);
  const probe = `SELECT 1 FROM ${from} WHERE ${joinKey(statement.key)} HAVING COUNT(*) = ${left}`;
  return { sql: undo, probe: { sql: probe, isThere: true } } satisfies UndoStatement;
}

function takeBack(
  bounds: CopyBounds,
  { key }: RowStatement,
  { table, catalog, facts }: AppliedTable,
): string {
  const { copies, quoteOnlyTable } = catalog.dialect;
  const from = quoteOnlyTable(table);
  const where = joinKey(key);
  const unseen = facts?.unseen == null ? '' : ` AND ${facts.unseen.guard}`;
  return `DELETE FROM ${from} WHERE /*k*/ ${where} /*g*/${copies.takeOne({ table: from, where, bounds })}${unseen}${copies.end};`;
}

function addAgain(
  bounds: CopyBounds,
  {
    statement,
    table: { table, catalog, images },
    taken,
  }: Written & {
    readonly taken: RowImage;
  },
): string {
  const { dialect } = catalog;
  const written = images.flatMap((image, place) =>
    image.generated
      ? []
      : [{ name: dialect.quoteName(image.name), sql: image.literal(taken[place] ?? null) }],
  );
  const names = written.map(({ name }) => name).join(', ');
  const values = written.map(({ sql }) => sql).join(', ');
  const where = `/*k*/ ${joinKey(statement.key)} /*g*/`;
  const held = dialect.copies.holds({ table: dialect.quoteOnlyTable(table), where, bounds });
  return `INSERT INTO ${dialect.quoteTable(table)} (${names})${dialect.insertOverride(table)} SELECT ${values}${dialect.fromNothing} WHERE ${held};`;
}
