import type { Value } from 'rowproof';
import type { TestEngine } from '../support/database.js';
import type { Sample, TypeForm, TypeGroup } from './type-form.js';

/** A value on each side of one column, and the difference that it must be reported as. */
export interface ExpectedMiss {
  readonly column: string;
  readonly source: Value;
  readonly target: Value;
}

/** The two tables of a type group on one engine pairing, and what a run must say of them. */
export interface TypeTables {
  readonly group: string;
  readonly equalTable: string;
  readonly nearTable: string;
  readonly columns: readonly string[];
  readonly equalRows: number;
  /** Values that are compared as equal, over all columns. */
  readonly equalValues: number;
  /** Declared types of both sides. */
  readonly types: readonly string[];
  /** By key. */
  readonly misses: ReadonlyMap<string, ExpectedMiss>;
  readonly scripts: Readonly<Record<'source' | 'target', string>>;
}

interface ColumnOfForms {
  readonly name: string;
  readonly source: TypeForm;
  readonly target: TypeForm;
}

/** Makes one column for every two forms of a group that the engines have; null where they have none in common. */
export function buildTypeTables(
  group: TypeGroup,
  ordinal: number,
  engines: Readonly<Record<'source' | 'target', TestEngine>>,
): TypeTables | null {
  const columns = columnsOf(group, engines);
  if (columns.length === 0) return null;
  const tables = { equal: `t${ordinal}_equal`, near: `t${ordinal}_near` };
  const equal = equalRows(group, columns, engines);
  const near = nearRows(group, columns, engines);
  const script = (side: 'source' | 'target'): string =>
    [
      ...(group.prepare?.[engines[side]] === undefined ? [] : [group.prepare[engines[side]]]),
      createTable(tables.equal, columns, side),
      createTable(tables.near, columns, side),
      ...insertRows(tables.equal, equal, side),
      ...insertRows(tables.near, near.rows, side),
    ].join(';\n');
  return {
    group: group.name,
    equalTable: tables.equal,
    nearTable: tables.near,
    columns: columns.map(({ name }) => name),
    equalRows: equal.length,
    equalValues: equal.reduce((total, { cells }) => total + cells.size, 0),
    types: columns.flatMap(({ source, target }) => [source.declared, target.declared]),
    misses: near.misses,
    scripts: { source: script('source'), target: script('target') },
  };
}

function columnsOf(
  group: TypeGroup,
  engines: Readonly<Record<'source' | 'target', TestEngine>>,
): ColumnOfForms[] {
  const formsOf = (engine: TestEngine): readonly TypeForm[] =>
    group.forms.filter((form) => form.engines.includes(engine));
  return formsOf(engines.source)
    .flatMap((source) => formsOf(engines.target).map((target) => ({ source, target })))
    .filter(({ source, target }) => group.pairs?.(source, target) ?? true)
    .map((forms, i) => ({ name: `c${i}`, ...forms }));
}

function createTable(table: string, columns: readonly ColumnOfForms[], side: 'source' | 'target'): string {
  const definitions = columns.map((column) => `${column.name} ${column[side].declared}`);
  return `CREATE TABLE ${table} (id int PRIMARY KEY, ${definitions.join(', ')})`;
}

/** SQL by column; a column that is left out is NULL. */
interface BuiltRow {
  readonly id: number;
  readonly cells: ReadonlyMap<string, Readonly<Record<'source' | 'target', string>>>;
}

function equalRows(
  group: TypeGroup,
  columns: readonly ColumnOfForms[],
  engines: Readonly<Record<'source' | 'target', TestEngine>>,
): BuiltRow[] {
  return group.equal.map((samples, i) => {
    const [source, target] = typeof samples === 'string' ? [samples, samples] : samples;
    const cells = columns.flatMap((column) => {
      const cell = writeCell(column, engines, { source, target });
      return cell === null ? [] : ([[column.name, cell]] as const);
    });
    return { id: i + 1, cells: new Map(cells) };
  });
}

function nearRows(
  group: TypeGroup,
  columns: readonly ColumnOfForms[],
  engines: Readonly<Record<'source' | 'target', TestEngine>>,
): { rows: BuiltRow[]; misses: Map<string, ExpectedMiss> } {
  const rows: BuiltRow[] = [];
  const misses = new Map<string, ExpectedMiss>();
  for (const column of columns) {
    for (const [source, target] of group.near) {
      const cell = writeCell(column, engines, { source, target });
      if (cell === null) continue;
      const id = rows.length + 1;
      rows.push({ id, cells: new Map([[column.name, cell]]) });
      misses.set(String(id), {
        column: column.name,
        source: source === null ? null : column.source.show(source),
        target: target === null ? null : column.target.show(target),
      });
    }
  }
  return { rows, misses };
}

function writeCell(
  column: ColumnOfForms,
  engines: Readonly<Record<'source' | 'target', TestEngine>>,
  samples: Readonly<Record<'source' | 'target', Sample>>,
): Record<'source' | 'target', string> | null {
  const write = (side: 'source' | 'target'): string | null => {
    const sample = samples[side];
    return sample === null ? 'NULL' : column[side].write(sample, engines[side]);
  };
  const [source, target] = [write('source'), write('target')];
  return source === null || target === null ? null : { source, target };
}

/** One statement for all rows that follow each other with the same columns. */
function insertRows(table: string, rows: readonly BuiltRow[], side: 'source' | 'target'): string[] {
  const statements: string[] = [];
  let names = '';
  let tuples: string[] = [];
  const flush = (): void => {
    if (tuples.length > 0) statements.push(`INSERT INTO ${table} (${names}) VALUES ${tuples.join(', ')}`);
    tuples = [];
  };
  for (const { id, cells } of rows) {
    const rowNames = ['id', ...cells.keys()].join(', ');
    if (rowNames !== names) flush();
    names = rowNames;
    tuples.push(`(${[id, ...[...cells.values()].map((cell) => cell[side])].join(', ')})`);
  }
  flush();
  return statements;
}
