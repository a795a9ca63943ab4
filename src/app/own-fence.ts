import { optionError } from '../config/raw-flags.js';
import type { ColumnPattern, RunConfig } from '../config/run-config.js';
import type { Fence } from '../core/fence.js';
import { qualifiedName, type Side } from '../core/pairing.js';
import { type Catalog, type Column, listAllTables, type Table } from '../core/schema.js';
import { pairTables } from '../plan/table-pairing.js';
import { compileScope } from './comparison-scope.js';
import { askForName } from './name-hint.js';

/** A column on both sides, and what its values are. */
interface FenceColumn {
  readonly source: Table;
  readonly target: Table;
  readonly sourceColumn: Column;
  readonly targetColumn: Column;
}

/**
 * The fence that the user named a column for, which is the same for all tables; null where none was named. Throws a `usage`
 * error where it is not there, or its values do not grow in the same way on both sides.
 */
export function chooseOwnFence(config: RunConfig, catalogs: Readonly<Record<Side, Catalog>>): Fence | null {
  const { fenceTable, fenceCommand, fenceOrder } = config;
  if (fenceTable === null) return null;
  const column = findColumn({ ...config, fenceTable }, catalogs);
  const values = findValues(column, fenceTable);
  const { source, target, sourceColumn, targetColumn } = column;
  const from = `${qualifiedName(source)}.${sourceColumn.name}`;
  const to = `${qualifiedName(target)}.${targetColumn.name}`;
  return {
    way: fenceCommand === null ? 'column' : 'command',
    reachedOn: 'target',
    order: fenceOrder,
    details: {
      sourceSchema: source.schema,
      sourceTable: source.name,
      sourceColumn: sourceColumn.name,
      targetSchema: target.schema,
      targetTable: target.name,
      targetColumn: targetColumn.name,
      values,
      ...(fenceCommand === null ? {} : { command: JSON.stringify(fenceCommand) }),
    },
    statements: {
      position: fenceCommand === null ? `the greatest ${from}` : `what ${fenceCommand[0]} prints`,
      reached: `${to} is as great`,
    },
  };
}

function findColumn(
  config: RunConfig & { readonly fenceTable: ColumnPattern },
  catalogs: Readonly<Record<Side, Catalog>>,
): FenceColumn {
  const { fenceTable } = config;
  const { table, column } = fenceTable;
  const alone = { ...config, tables: [table], exclude: [], columns: [], ignoreColumns: [] };
  const { tables } = pairTables(catalogs.source, catalogs.target, compileScope(alone));
  const planned = tables.find(({ source }) => source?.name === table);
  if (planned?.source == null) {
    const names = listAllTables(catalogs.source).map(({ name }) => name);
    throw refuse(
      fenceTable,
      'no table of the source has such a name',
      askForName(table, { schemas: [], names }),
    );
  }
  const { source, target, columns } = planned;
  if (target === null) throw refuse(fenceTable, 'the table has no partner on the target');
  const sourceColumn = source.columns.find(({ name }) => name === column);
  if (sourceColumn === undefined) {
    const names = source.columns.map(({ name }) => name);
    const meant = askForName(column, { schemas: [], names });
    throw refuse(
      fenceTable,
      'no such column is on the source',
      `${meant}Columns of ${table}: ${names.join(', ')}.`,
    );
  }
  const partner = columns.find((pair) => pair.source === column)?.target;
  const targetColumn = target.columns.find(({ name }) => name === partner);
  if (targetColumn !== undefined) return { source, target, sourceColumn, targetColumn };
  throw refuse(fenceTable, `the column has no partner in ${qualifiedName(target)} on the target`);
}

/** Numbers, times and text may each be compared with their own; text only where both sides have the same order. */
function findValues(
  { sourceColumn, targetColumn }: FenceColumn,
  fenceTable: ColumnPattern,
): 'number' | 'time' | 'text' {
  const [one, other] = [sourceColumn, targetColumn].map(kindOf);
  if (one != null && one === other) return one;
  throw refuse(
    fenceTable,
    `it is ${sourceColumn.declared} on the source and ${targetColumn.declared} on the target, which do not grow alike`,
    'Numbers, dates and times do, and text that both sides sort by code point.',
  );
}

function kindOf({ type }: Column): 'number' | 'time' | 'text' | null {
  switch (type.kind) {
    case 'int':
    case 'decimal':
      return 'number';
    case 'date':
    case 'datetime':
    case 'instant':
      return 'time';
    case 'text':
      return type.order === 'codepoint' && !type.padded ? 'text' : null;
    default:
      return null;
  }
}

function refuse({ table, column }: ColumnPattern, why: string, hint = ''): Error {
  return optionError({
    option: '--fence-table',
    message: `--fence-table says "${table}.${column}", but ${why}.`,
    hint: hint === '' ? 'Name a column that is replicated, --fence-table heartbeat.beat.' : hint.trim(),
  });
}
