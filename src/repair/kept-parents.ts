import { qualifiedName } from '../core/pairing.js';
import type { ForeignKey } from '../engines/repair.js';
import type { Ask } from './examine.js';
import { tupleOf } from './obstacle.js';
import type { RepairedTable } from './repaired-table.js';
import type { RowChange } from './row-change.js';
import type { SurveyedRow } from './table-survey.js';

interface KeptParents {
  /** The table whose extra rows are to go. */
  readonly parent: RepairedTable;
  readonly ask: Ask;
  /** The rows of a table of the target that are written, each time in the same order. */
  readonly rows: (table: string) => AsyncIterable<SurveyedRow>;
  readonly tableOf: (name: string) => RepairedTable | undefined;
}

/** A row that is to go, and the values by which others refer to it. */
interface Going {
  readonly number: number;
  readonly tuple: string;
  readonly change: RowChange;
}

/** Rows that are to go, asked about in one question. */
const MOST_ROWS = 200;

/**
 * Finds extra rows that other rows still refer to when everything is written, by number with the reason: their DELETE
 * would match nothing, in this file and in every one after it, and a child that the file brings would be refused.
 */
export async function findKeptParents(kept: KeptParents): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const name = qualifiedName(kept.parent.pair.target);
  for (const key of kept.parent.catalog.foreignKeys.filter((each) => each.referencedTable === name)) {
    await lookAt(kept, key, found);
  }
  return found;
}

async function lookAt(kept: KeptParents, key: ForeignKey, found: Map<number, string>): Promise<void> {
  const name = qualifiedName(kept.parent.pair.target);
  const balance = new Map<string, number>();
  const child = kept.tableOf(key.table);
  if (child !== undefined) {
    for await (const { change } of kept.rows(key.table)) countReferences(balance, { key, child, change });
  }
  let batch: Going[] = [];
  const askBatch = async (): Promise<void> => {
    const counts = await countChildren(kept, key, batch);
    for (const { number, tuple } of batch) {
      if (typeof counts === 'string') found.set(number, counts);
      else if ((counts.get(number) ?? 0) + (balance.get(tuple) ?? 0) > 0) {
        found.set(number, `a row of ${key.table} that stays, or is to come, refers to it`);
      }
    }
    batch = [];
  };
  for await (const { number, change } of kept.rows(name)) {
    const tuple =
      change.kind === 'delete' ? tupleOf(key.referencedColumns, change, kept.parent, 'before') : null;
    if (tuple === null || isOwn(key, change, kept.parent)) continue;
    batch.push({ number, tuple, change });
    if (batch.length >= MOST_ROWS) await askBatch();
  }
  if (batch.length > 0) await askBatch();
}

/** A row that refers to itself goes with its reference. */
function isOwn(key: ForeignKey, change: RowChange, parent: RepairedTable): boolean {
  const isSelf = key.table === qualifiedName(parent.pair.target);
  return (
    isSelf &&
    tupleOf(key.columns, change, parent, 'before') ===
      tupleOf(key.referencedColumns, change, parent, 'before')
  );
}

/** How many references to a row the file adds, less those that it takes away. */
function countReferences(
  balance: Map<string, number>,
  {
    key,
    child,
    change,
  }: { readonly key: ForeignKey; readonly child: RepairedTable; readonly change: RowChange },
): void {
  const moves = change.kind !== 'update' || change.after.some(({ to }) => key.columns.includes(to.name));
  if (!moves) return;
  const add = (tuple: string | null, by: number): void => {
    if (tuple !== null) balance.set(tuple, (balance.get(tuple) ?? 0) + by);
  };
  if (change.kind !== 'insert') add(tupleOf(key.columns, change, child, 'before'), -1);
  if (change.kind === 'update') add(tupleOf(key.columns, { ...change, after: filled(change) }, child), 1);
  if (change.kind === 'insert') add(tupleOf(key.columns, change, child), 1);
}

/** An update says only what changes: the other columns stay as they are. */
function filled({ before, after }: RowChange): RowChange['after'] {
  const changed = new Set(after.map(({ to }) => to.name));
  return [...after, ...before.filter(({ to }) => !changed.has(to.name))];
}

/** How many rows refer to each now, by its number; or why that cannot be known. */
async function countChildren(
  { parent, ask }: KeptParents,
  key: ForeignKey,
  batch: readonly Going[],
): Promise<ReadonlyMap<number, number> | string> {
  const { dialect } = parent.catalog;
  const names = key.referencedColumns.map((column) => dialect.quoteName(column));
  const table = dialect.quoteOnlyTable(parent.pair.target);
  const going = batch.map(({ number, change }) => {
    const conditions = (change.key ?? []).map((value) => dialect.buildKeyCondition(value) ?? '1 = 0');
    return `SELECT ${number} AS rowproof_n, ${names.join(', ')} FROM ${table} WHERE ${conditions.join(' AND ')}`;
  });
  const same = key.columns.map(
    (column, i) => `w.${names[i]} ${key.operators[i]} c.${dialect.quoteName(column)}`,
  );
  const children = `JOIN ${key.quotedTable} c ON ${same.join(' AND ')}`;
  const sql = `SELECT w.rowproof_n AS n, COUNT(*) AS found FROM (${going.join(' UNION ALL ')}) w ${children} GROUP BY w.rowproof_n`;
  try {
    return new Map((await ask(sql)).map(({ n, found }) => [Number(n), Number(found)]));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `whether a row of ${key.table} refers to it cannot be asked: ${reason}`;
  }
}
