import type { RepairTable, UniqueRule } from '../engines/repair.js';
import { tupleOf } from './obstacle.js';
import { type RepairedTable, writtenValues } from './repaired-table.js';
import type { RowChange } from './row-change.js';
import type { Parking } from './statements.js';

/** What is known of a table once its differing rows were looked through. Grows with rows only where order needs it. */
export interface TableSurvey extends RepairedTable {
  readonly counts: { insert: number; update: number; delete: number; skipped: number };
  /** Columns that some update sets. */
  readonly updatedColumns: Set<string>;
  /** By row number: what of the row is put aside while another takes its unique value. */
  readonly parked: Map<number, readonly Parking[]>;
  /** Rows that are not inserted, by referenced columns and the values in them: their children must wait too. */
  readonly absent: Map<string, Set<string>>;
  /** Columns under a CHECK that holds for a number far above zero. */
  readonly spares: Set<string>;
  /** By row number: how many rows of the same table must be there before; only for tables that need it. */
  readonly levels: Map<number, number>;
  /** By row number: in which round an update goes that must be before the inserts of its table. */
  readonly early: Map<number, number>;
  /** Rows left alone for the sake of others, with the reason. */
  readonly held: Map<number, string>;
}

/** A row, its place among the differing rows of its table, and why it is left alone, or null. */
export interface SurveyedRow {
  readonly number: number;
  readonly change: RowChange;
  readonly obstacle: string | null;
}

/** A table of which nothing was read yet. */
export function emptySurvey(repaired: RepairedTable): TableSurvey {
  return {
    ...repaired,
    counts: { insert: 0, update: 0, delete: 0, skipped: 0 },
    updatedColumns: new Set(),
    parked: new Map(),
    spares: new Set(),
    absent: new Map(),
    levels: new Map(),
    early: new Map(),
    held: new Map(),
  };
}

/** The set of rows that are not inserted, by the columns that others refer to. */
export function absentRows({ absent }: TableSurvey, columns: readonly string[]): Set<string> {
  const name = JSON.stringify(columns);
  const known = absent.get(name) ?? new Set();
  absent.set(name, known);
  return known;
}

/** A row whose parent cannot be written would be refused, and the whole transaction with it. */
export function findMissingParent(
  change: RowChange,
  survey: TableSurvey,
  tables: ReadonlyMap<string, TableSurvey>,
): string | null {
  if (change.kind === 'delete') return null;
  for (const key of survey.table.foreignKeys) {
    const absent = tables.get(key.referencedTable)?.absent.get(JSON.stringify(key.referencedColumns));
    if (absent === undefined || absent.size === 0) continue;
    const tuple = tupleOf(key.columns, change, survey);
    if (tuple !== null && absent.has(tuple)) {
      return `the row of ${key.referencedTable} that it refers to cannot be repaired`;
    }
  }
  return null;
}

/** Adds a row to the counts of its table. */
export function countRow(survey: TableSurvey, change: RowChange, obstacle: string | null): void {
  if (obstacle !== null) {
    survey.counts.skipped++;
    return;
  }
  survey.counts[change.kind]++;
  if (change.kind === 'update') {
    for (const { to } of writtenValues(change.after)) survey.updatedColumns.add(to.name);
  }
}

/** Whether the row will have a value of a unique rule that it did not have, be it one that the server computes. */
export function takes(change: RowChange, rule: UniqueRule, { generated }: RepairTable): boolean {
  if (change.kind !== 'update') return change.kind === 'insert';
  return change.after.some(({ to }) =>
    rule.columns.some((name) => name === to.name || generated.get(name)?.includes(to.name) === true),
  );
}

/** Lets rows go whose parents have gone, round by round; rows that are left refer to each other in a circle. */
export function assignLevels(
  waiting: Map<number, { readonly own: ReadonlySet<string>; readonly parents: readonly string[] }>,
  { levels, held }: TableSurvey,
): void {
  const pending = new Set([...waiting.values()].flatMap(({ own }) => [...own]));
  for (let level = 0; waiting.size > 0; level++) {
    const free = [...waiting].filter(([, row]) => !row.parents.some((parent) => pending.has(parent)));
    if (free.length === 0) break;
    for (const [number, { own }] of free) {
      levels.set(number, level);
      for (const name of own) pending.delete(name);
      waiting.delete(number);
    }
  }
  for (const number of waiting.keys()) held.set(number, 'it is in a circle of rows that refer to each other');
}
