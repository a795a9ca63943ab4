import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { enginePairs, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';

const MYSQL_MODE = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES';
/** MariaDB cuts unless it is told to round; MySQL and PostgreSQL round. */
const ROUNDING: Readonly<Record<TestEngine, string>> = {
  mysql: `SET time_zone = '+00:00', sql_mode = '${MYSQL_MODE}'`,
  mariadb: `SET time_zone = '+00:00', sql_mode = '${MYSQL_MODE},TIME_ROUND_FRACTIONAL'`,
  postgresql: "SET TimeZone = 'UTC'",
};

const isPostgresql = (engine: TestEngine): boolean => engine === 'postgresql';

const civil = (engine: TestEngine, digits: number): string =>
  `${isPostgresql(engine) ? 'timestamp' : 'datetime'}(${digits})`;
const instant = (engine: TestEngine, digits: number): string =>
  isPostgresql(engine) ? `timestamptz(${digits})` : `timestamp(${digits}) NULL`;
const clock = (_: TestEngine, digits: number): string => `time(${digits})`;
const span = (engine: TestEngine, digits: number): string =>
  isPostgresql(engine) ? `interval(${digits})` : clock(engine, digits);

/** Fractions on both sides of each middle, and the middles, of milliseconds, of seconds and of four digits. */
const FRACTIONS = [
  ...['0', '000499', '0005', '000501', '1235', '1225', '123456', '499999', '4995', '5'],
  ...['500001', '9994', '9995', '999499', '999999', '00005', '123449', '12345', '99995'],
];
const CIVIL_SECONDS = [
  ...['1000-01-01 00:00:00', '1883-11-18 12:03:57', '1969-12-31 23:59:59', '1970-01-02 00:00:00'],
  ...['1999-12-31 23:59:58', '1999-12-31 23:59:59', '2000-01-01 00:00:00', '2000-01-01 00:00:01'],
  ...['2020-02-28 23:59:59', '2024-02-28 23:59:59', '2024-12-31 23:59:59', '9998-12-31 23:59:59'],
];
const CLOCK_SECONDS = ['00:00:00', '00:00:01', '00:59:59', '12:34:56', '23:59:59'];
const NEGATIVE_SECONDS = ['-00:00:00', '-00:00:01', '-23:59:59', '-700:59:59', '700:59:59'];

const withFractions = (seconds: readonly string[]): string[] =>
  seconds.flatMap((second) => FRACTIONS.map((fraction) => `${second}.${fraction}`));

/** A column of times, and those that both engines of a pair can hold. */
interface TimeColumn {
  readonly name: string;
  readonly type: (engine: TestEngine, digits: number) => string;
  readonly samples: readonly string[];
}

function columnsOf(engines: readonly TestEngine[]): TimeColumn[] {
  const isAllPostgresql = engines.every(isPostgresql);
  const beyond = isAllPostgresql
    ? ['infinity', '-infinity', '294276-12-31 23:59:59.9995']
    : ['0000-00-00 00:00:00'];
  const zero = engines.some(isPostgresql) && !isAllPostgresql ? [] : beyond;
  const hasSigns = isAllPostgresql || !engines.some(isPostgresql);
  return [
    { name: 'civil', type: civil, samples: [...withFractions(CIVIL_SECONDS), ...zero] },
    {
      name: 'instant',
      type: instant,
      samples: withFractions(
        CIVIL_SECONDS.filter((each) => isAllPostgresql || /^(1970-01-02|1999|20)/.test(each)),
      ),
    },
    { name: 'clock', type: clock, samples: withFractions(CLOCK_SECONDS) },
    {
      name: 'span',
      type: span,
      samples: withFractions(hasSigns ? [...CLOCK_SECONDS, ...NEGATIVE_SECONDS] : CLOCK_SECONDS),
    },
  ];
}

interface Row {
  readonly id: number;
  readonly column: TimeColumn;
  readonly sample: string;
}

const rowsOf = (columns: readonly TimeColumn[]): Row[] =>
  columns
    .flatMap((column) => column.samples.map((sample) => ({ column, sample })))
    .map((row, i) => ({ ...row, id: i + 1 }));

/** Stores every sample in columns of so many digits: what has more is rounded by the server. */
async function fill(
  { engine, run }: TestDatabase,
  { table, digits, columns }: { table: string; digits: number; columns: readonly TimeColumn[] },
): Promise<void> {
  const definitions = columns.map(({ name, type }) => `${name} ${type(engine, digits)}`);
  const values = rowsOf(columns).map(
    ({ id, column, sample }) =>
      `(${[id, ...columns.map((each) => (each === column ? `'${sample}'` : 'NULL'))].join(', ')})`,
  );
  await run(`${ROUNDING[engine]}; CREATE TABLE ${table} (id int PRIMARY KEY, ${definitions.join(', ')});
    INSERT INTO ${table} VALUES ${values.join(',\n')}`);
}

const UNITS = [
  { unit: 'ms', digits: 3, raisedShare: 1 / 3 },
  { unit: 's', digits: 0, raisedShare: 1 / 3 },
  { unit: '4', digits: 4, raisedShare: 1 / 10 },
] as const;

describe.each(enginePairs())('times that were rounded from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const columns = columnsOf([engines.source, engines.target]);
  const rows = rowsOf(columns);

  beforeAll(async () => {
    for (const { unit, digits } of UNITS) {
      for (const [table, fine, coarse] of [
        [`on_target_${unit}`, source, target],
        [`on_source_${unit}`, target, source],
      ] as const) {
        await fill(fine, { table, digits: 6, columns });
        await fill(coarse, { table, digits, columns });
      }
    }
  });

  it.each(UNITS)('are equal with roundTo=$unit, whichever side rounded', async ({ unit }) => {
    const run = await compare({
      source,
      target,
      flags: { tables: [`on_*_${unit}`], relax: `on_*_${unit}.*:roundTo=${unit}` },
    });
    expect(listDifferences(run)).toEqual([]);
    expect(tableResult(run, `on_target_${unit}`)).toMatchObject({
      ...{ verdict: 'verified', sourceRows: rows.length, targetRows: rows.length, inFlight: 0, findings: [] },
    });
  });

  it.each(UNITS)('differ with truncateTo=$unit where they were rounded up', async ({ unit, raisedShare }) => {
    const flags = { tables: [`on_*_${unit}`], relax: `on_*_${unit}.*:truncateTo=${unit}` };
    expect((await compare({ source, target, flags })).differences.length).toBeGreaterThan(
      rows.length * raisedShare,
    );
  });

  it('are reported, each, where they are one unit off', async () => {
    const [column = columns[0]] = columns;
    const flags = { tables: ['off'], relax: 'off.*:roundTo=ms' };
    await fill(source, { table: 'off', digits: 6, columns });
    await fill(target, { table: 'off', digits: 3, columns });
    const off = isPostgresql(engines.target) ? "+ interval '0.001'" : '+ INTERVAL 1000 MICROSECOND';
    await target.run(`UPDATE off SET ${column?.name} = ${column?.name} ${off} WHERE id <= 150`);
    const run = await compare({ source, target, flags });
    expect(run.differences).toHaveLength(150);
  });

  it.each(['ms', '4'])(
    'are explained by rounding, and the report names roundTo=%s for them',
    async (unit) => {
      const run = await compare({ source, target, flags: { tables: [`on_target_${unit}`] } });
      const { diagnoses } = tableResult(run, `on_target_${unit}`);
      expect(diagnoses.map(({ columns: named, relaxation }) => [...named, relaxation])).toEqual(
        columns.map(({ name }) => [name, `roundTo=${unit}`]),
      );
    },
  );
});
