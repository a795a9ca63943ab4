import type { RunConfig } from '../config/run-config.js';
import type { Finding } from '../core/finding.js';
import { qualifiedName, SIDES, type Side } from '../core/pairing.js';
import type { TableResult } from '../core/result.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import type { TableState } from '../state/table-state.js';
import { formatCount, formatCounted } from '../words/number-text.js';

const HINT =
  'Check that the URLs name the databases that are meant, and what --tables, --exclude and --where leave of them.';
const TABLE_HINT = 'Check that the table was filled on both sides. If so few rows are right, ask for fewer.';

/** Rows of both sides that were looked at. */
interface SeenRows {
  readonly sourceRows: number;
  readonly targetRows: number;
}

/**
 * Finds that a run looked at fewer rows of a side, all tables together, than `minRows` asks for. What is read, sampled or
 * counted is looked at; what was excluded or does not meet a condition is not. A table that was left says itself that rows are.
 */
export function findFewRows({ minRows }: RunConfig, tables: readonly TableResult[]): Finding[] {
  const sum = (name: keyof SeenRows): number => tables.reduce((total, table) => total + table[name], 0);
  const seen = { sourceRows: sum('sourceRows'), targetRows: sum('targetRows') };
  const areSomeLeft = tables.some(({ left }) => left !== undefined);
  if (minRows === null || areSomeLeft || isEnough(seen, minRows)) return [];
  return [
    {
      code: 'few-rows',
      message: `${describe(seen)} were looked at, all tables together; --min-rows asks for at least ${formatCount(minRows)} of each.`,
      hint: HINT,
    },
  ];
}

/** Notes of a table with a number of rows of its own that fewer were looked at on a side. */
export function noteFewRows({ tableMinRows }: RunConfig, table: TableState): void {
  const { source, target } = table.planned;
  const minRows = source === null ? undefined : tableMinRows.get(source.name);
  if (minRows === undefined || target === null || table.isLeft || isEnough(table.rows, minRows)) return;
  table.addFinding({
    code: 'few-rows',
    about: { table: table.name, detail: `${describe(table.rows)} of ${minRows}` },
    message: `${describe(table.rows)} were looked at of ${table.name}; its minRows asks for at least ${formatCount(minRows)} of each.`,
    hint: TABLE_HINT,
  });
}

/** A table of a plan, and which side of it is sure to have no row to be looked at. */
export interface PlannedRows {
  readonly table: PlannedTable;
  readonly isEmpty: Readonly<Record<Side, boolean>>;
}

/** Finds before a row is read that a run is sure to look at fewer than `minRows` of a side, all tables together. */
export function expectFewRows({ minRows }: RunConfig, planned: readonly PlannedRows[]): Finding[] {
  const empty = SIDES.filter((side) => planned.every(({ isEmpty }) => isEmpty[side]));
  if (minRows === null || minRows === 0 || empty.length === 0) return [];
  return [
    {
      code: 'few-rows',
      message: `No row is there on the ${empty.join(' and the ')} in any table; --min-rows asks for at least ${formatCount(minRows)} of each side.`,
      hint: HINT,
    },
  ];
}

/** Finds the same of a table with a number of rows of its own. */
export function expectFewRowsOf({ tableMinRows }: RunConfig, { table, isEmpty }: PlannedRows): Finding[] {
  const { source, target } = table;
  const minRows = source === null ? undefined : tableMinRows.get(source.name);
  const empty = SIDES.filter((side) => isEmpty[side]);
  if (minRows === undefined || minRows === 0 || target === null || empty.length === 0) return [];
  return [
    {
      code: 'few-rows',
      about: { table: qualifiedName(target), detail: `${empty.join(' and ')} of ${minRows}` },
      message: `No row of ${qualifiedName(target)} is there on the ${empty.join(' and the ')}; its minRows asks for at least ${formatCount(minRows)} of each side.`,
      hint: TABLE_HINT,
    },
  ];
}

function isEnough({ sourceRows, targetRows }: SeenRows, minRows: number): boolean {
  return sourceRows >= minRows && targetRows >= minRows;
}

function describe({ sourceRows, targetRows }: SeenRows): string {
  return `Only ${formatCounted(sourceRows, 'row')} of the source and ${formatCount(targetRows)} of the target`;
}
