import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare, listDifferences, tableResult } from '../app/compare.js';
import { fewEnginePairs, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { textLiteral } from './type-form.js';

type Sample = string | null;

/** A column, how it is relaxed, values that are equal then, and values that differ all the same. */
interface RelaxedColumn {
  readonly name: string;
  readonly relax: string;
  readonly type: (engine: TestEngine, side: 'source' | 'target') => string;
  readonly equal: readonly (readonly [Sample, Sample])[];
  readonly near: readonly (readonly [Sample, Sample])[];
}

const isPostgresql = (engine: TestEngine): boolean => engine === 'postgresql';
const text = (engine: TestEngine): string =>
  isPostgresql(engine) ? 'text' : 'varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const civil = (engine: TestEngine): string => (isPostgresql(engine) ? 'timestamp(6)' : 'datetime(6)');
const double = (engine: TestEngine): string => (isPostgresql(engine) ? 'double precision' : 'double');

const COLUMNS: readonly RelaxedColumn[] = [
  {
    name: 'trimmed',
    relax: 'trim',
    type: text,
    equal: [
      [' a b ', 'a b'],
      ['x', 'x  '],
      ['  ', ''],
      [' 中', '中 '],
    ],
    near: [
      ['a b', 'ab'],
      ['a', 'A'],
      ['', null],
      ['a\t', 'a'],
    ],
  },
  {
    name: 'folded',
    relax: 'ignoreCase',
    type: (engine, side) =>
      side === 'target' && !isPostgresql(engine) ? 'text CHARACTER SET latin1' : text(engine),
    equal: [
      ['Google', 'google'],
      ['ÉTÉ', 'été'],
    ],
    near: [
      ['a', 'a '],
      ['é', 'e'],
      ['ß', 'ss'],
    ],
  },
  {
    name: 'emptied',
    relax: 'nullAsEmpty',
    type: text,
    equal: [
      [null, ''],
      ['', null],
    ],
    near: [
      [null, ' '],
      [null, 'NULL'],
      ['0', null],
    ],
  },
  {
    name: 'all_three',
    relax: 'nullAsEmpty,trim,ignoreCase',
    type: text,
    equal: [
      ['   ', null],
      [' AB', 'ab '],
    ],
    near: [
      ['ab', null],
      ['a b', 'ab'],
    ],
  },
  {
    name: 'cut',
    relax: 'truncateTo=ms',
    type: civil,
    equal: [
      ['2024-02-29 12:34:56.123999', '2024-02-29 12:34:56.123000'],
      ['1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999'],
    ],
    near: [
      ['2024-02-29 12:34:56.123999', '2024-02-29 12:34:56.124000'],
      ['2024-02-29 12:34:56', null],
    ],
  },
  {
    name: 'rounded',
    relax: 'roundTo=s',
    type: civil,
    equal: [
      ['2024-02-28 23:59:59.500000', '2024-02-29 00:00:00'],
      ['2024-02-29 12:34:56.499999', '2024-02-29 12:34:56'],
      ['2024-02-29 12:34:56.400000', '2024-02-29 12:34:55.600000'],
    ],
    near: [
      ['2024-02-29 12:34:56.500000', '2024-02-29 12:34:56'],
      ['2024-02-29 12:34:56.499999', '2024-02-29 12:34:57'],
      ['2024-02-29 12:34:56', null],
    ],
  },
  {
    name: 'cents',
    relax: 'tolerance=0.01',
    type: () => 'decimal(20,6)',
    equal: [
      ['1.10', '1.11'],
      ['1.11', '1.10'],
      ['-0.005', '0.005'],
      ['12345678901234.560000', '12345678901234.569999'],
      ['7', '7.004142'],
    ],
    near: [
      ['1.10', '1.110001'],
      ['0', '0.010001'],
      ['-1', '1'],
      ['0', null],
      ['12345678901234.56', '12345678901234.570001'],
    ],
  },
  {
    name: 'shares',
    relax: 'tolerance=0.1%',
    type: (engine, side) => (side === 'source' ? double(engine) : 'decimal(20,6)'),
    equal: [
      ['1000', '1001'],
      ['0.3000001', '0.3'],
      ['0', '0'],
    ],
    near: [
      ['1000', '1002'],
      ['0', '0.000001'],
      ['1', '-1'],
    ],
  },
];

const FLAGS = { relax: COLUMNS.map(({ name, relax }) => `relaxed.${name}:${relax}`) };

interface Row {
  readonly id: number;
  readonly column: RelaxedColumn;
  readonly values: readonly [Sample, Sample];
  readonly near: boolean;
}

const ROWS: readonly Row[] = COLUMNS.flatMap((column) => [
  ...column.equal.map((values) => ({ column, values, near: false })),
  ...column.near.map((values) => ({ column, values, near: true })),
]).map((row, i) => ({ ...row, id: i + 1 }));

const EQUAL = ROWS.filter(({ near }) => !near).length;
const changes = (rows: readonly Row[]): string[] =>
  rows.map(({ id, column }) => `changed ${id} ${column.name}`);

async function fill({ engine, run }: TestDatabase, side: 'source' | 'target'): Promise<void> {
  const literal = (value: Sample): string => (value === null ? 'NULL' : writeLiteral(value, engine));
  const definitions = COLUMNS.map(({ name, type }) => `${name} ${type(engine, side)} NULL`);
  const inserts = ROWS.map(
    ({ id, column, values }) =>
      `INSERT INTO relaxed (id, ${column.name}) VALUES (${id}, ${literal(values[side === 'source' ? 0 : 1])})`,
  );
  await run(`CREATE TABLE relaxed (id int PRIMARY KEY, ${definitions.join(', ')}); ${inserts.join(';')}`);
}

const writeLiteral = (value: string, engine: TestEngine): string =>
  /^-?\d[\d.]*$/.test(value) || /^\d{4}-/.test(value) ? `'${value}'` : textLiteral(value, engine);

describe.each(fewEnginePairs())('relaxed columns from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  let run: Comparison;

  beforeAll(async () => {
    await fill(source, 'source');
    await fill(target, 'target');
    run = await compare({ source, target, flags: FLAGS });
  });

  it(`take ${EQUAL} rows for equal and report each of ${ROWS.length - EQUAL} others by column`, () => {
    expect(listDifferences(run)).toEqual(changes(ROWS.filter(({ near }) => near)));
    expect(tableResult(run, 'relaxed')).toMatchObject({ inFlight: 0, findings: [] });
  });

  it('are listed with how they were relaxed', () => {
    const { scope } = run.result;
    expect(scope.relaxations.map(({ column, remarks }) => [column.split('.').at(-1), remarks])).toEqual([
      ['trimmed', ['trim']],
      ['folded', ['ignoreCase']],
      ['emptied', ['nullAsEmpty']],
      ['all_three', ['trim', 'ignoreCase', 'nullAsEmpty']],
      ['cut', ['truncateTo=ms']],
      ['rounded', ['roundTo=s']],
      ['cents', ['tolerance=0.01']],
      ['shares', ['tolerance=0.1%']],
    ]);
  });

  it('show values as they are stored', () => {
    const named = run.differences.find(({ difference }) => difference.columns[0] === 'folded');
    expect(named?.difference).toMatchObject({ source: { folded: 'a' }, target: { folded: 'a ' } });
  });

  it('all differ without their flags', async () => {
    const strict = await compare({ source, target });
    const same = ROWS.filter(({ values: [one, other] }) => one === other);
    expect(listDifferences(strict)).toEqual(changes(ROWS.filter((row) => !same.includes(row))));
    expect(strict.result.scope.relaxations).toEqual([]);
  });
});
