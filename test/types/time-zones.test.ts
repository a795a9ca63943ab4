import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { enginePairs, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { propertySeed } from '../support/property-seed.js';

const ZONES = ['America/New_York', 'Europe/Dublin', 'Australia/Lord_Howe', '+05:30'];
/** PostgreSQL reads a sign the other way round unless it stands in an interval. */
const sqlZone = (zone: string): string =>
  zone.startsWith('+') ? `INTERVAL '${zone.slice(1)}'` : `'${zone}'`;

const HARD = [
  '0001-01-02 00:00:00',
  '1883-11-18 16:59:59.999999',
  '1883-11-18 17:00:00',
  '1916-05-21 02:25:20.999999',
  '1969-12-31 23:59:59.999999',
  '2024-03-10 06:59:59.999999',
  '2024-03-10 07:00:00',
  '2024-04-06 14:59:59.999999',
  '2024-04-06 15:00:00',
  '2024-11-03 05:30:00.5',
  '2024-11-03 06:30:00.5',
  '9998-07-01 12:00:00.000001',
];
const RANDOM_POINTS = 1500;

/** Points in time over all years, most of them in those that data has. */
function samplePoints(): string[] {
  const between = (first: string, last: string) =>
    fc.integer({ min: Date.parse(first) / 1000, max: Date.parse(last) / 1000 });
  const point = fc
    .tuple(
      fc.oneof(
        between('0002-01-01T00:00:00Z', '9998-12-31T00:00:00Z'),
        between('1971-01-01T00:00:00Z', '2037-12-01T00:00:00Z'),
      ),
      fc.integer({ min: 0, max: 999_999 }),
    )
    .map(([seconds, micros]) => {
      const text = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
      return `${text}.${String(micros).padStart(6, '0')}`;
    });
  return [...HARD, ...fc.sample(point, { numRuns: RANDOM_POINTS, ...propertySeed() })];
}

const POINTS = samplePoints();
const holdsPoint = (point: string, engine: TestEngine): boolean =>
  engine === 'postgresql' || (point >= '1970-01-02' && point < '2038');

const TYPES: Readonly<Record<'civil' | 'instant', (engine: TestEngine) => string>> = {
  civil: (engine) => (engine === 'postgresql' ? 'timestamp(6)' : 'datetime(6)'),
  instant: (engine) => (engine === 'postgresql' ? 'timestamptz(6)' : 'timestamp(6) NULL'),
};

type Kind = 'civil' | 'instant';
interface Row {
  readonly utc: string;
  readonly civil: string;
}

/** Fills `times`; what an engine cannot hold as a point in time is NULL on both sides. */
async function fill(
  database: TestDatabase,
  rows: readonly Row[],
  { kinds, other }: { readonly kinds: readonly [Kind, Kind]; readonly other: TestEngine },
): Promise<void> {
  const { engine } = database;
  const cell = (row: Row, kind: Kind, instantEngine: TestEngine): string => {
    if (!holdsPoint(row.utc, instantEngine)) return 'NULL';
    if (kind === 'civil') return `'${row.civil}'`;
    return engine === 'postgresql' ? `'${row.utc}+00'` : `'${row.utc}'`;
  };
  const tuples = rows.map((row, id) => {
    const cells = kinds.map((kind) => cell(row, kind, kind === 'instant' ? engine : other));
    return `(${[id, ...cells].join(', ')})`;
  });
  const columns = kinds.map((kind, i) => `${'ab'[i]} ${TYPES[kind](engine)}`).join(', ');
  await database.run(`${engine === 'postgresql' ? "SET TimeZone = 'UTC'" : "SET time_zone = '+00:00'"};
    DROP TABLE IF EXISTS times; CREATE TABLE times (id int PRIMARY KEY, ${columns});
    INSERT INTO times VALUES ${tuples.join(', ')}`);
}

describe('civil times against points in time', () => {
  const oracle = useDatabase('postgresql');
  const civilTimes = new Map<string, string[]>();

  beforeAll(async () => {
    const values = POINTS.map((utc, id) => `(${id}, '${utc}+00'::timestamptz)`).join(', ');
    for (const zone of ZONES) {
      const shown = await oracle.query(
        `SELECT to_char(at AT TIME ZONE ${sqlZone(zone)}, 'YYYY-MM-DD HH24:MI:SS.US')
         FROM (VALUES ${values}) AS points (id, at) ORDER BY id`,
      );
      civilTimes.set(
        zone,
        shown.map(([text]) => String(text)),
      );
    }
  });

  const rowsOf = (zone: string): Row[] =>
    POINTS.map((utc, id) => ({ utc, civil: civilTimes.get(zone)?.[id] ?? '' }));

  /** Fills both sides with equal times, then moves three of the source's. */
  async function fillAndDamage(source: TestDatabase, target: TestDatabase, rows: readonly Row[]) {
    await fill(source, rows, { kinds: ['civil', 'instant'], other: target.engine });
    await fill(target, rows, { kinds: ['instant', 'civil'], other: source.engine });
    const [first, second, third] = rows.flatMap(({ utc }, id) => (utc > '2000' && utc < '2037' ? [id] : []));
    const later = (amount: string): string =>
      source.engine === 'postgresql' ? `INTERVAL '${amount}'` : `INTERVAL ${amount}`;
    await source.run(`UPDATE times SET a = a + ${later('1 microsecond')} WHERE id = ${first};
      UPDATE times SET b = b - ${later('1 microsecond')} WHERE id = ${second};
      UPDATE times SET a = a + ${later('1 hour')} WHERE id = ${third}`);
    return [`changed ${first} a`, `changed ${second} b`, `changed ${third} a`];
  }

  describe.each(enginePairs())('from $source to $target', (engines) => {
    const source = useDatabase(engines.source);
    const target = useDatabase(engines.target);
    const zone = 'America/New_York';

    it('differ where one was moved and are equal where PostgreSQL says so', async () => {
      const rows = rowsOf(zone).slice(0, HARD.length + 100);
      const damage = await fillAndDamage(source, target, rows);
      const flags = { 'source-timezone': zone, 'target-timezone': zone };
      const run = await compare({ source, target, flags });
      expect(listDifferences(run)).toEqual(damage);
      const times = tableResult(run, 'times');
      expect(times).toMatchObject({ sourceRows: rows.length, findings: [] });
      expect(times.columns.map(({ assumed }) => assumed)).toEqual([
        undefined,
        [`time zone ${zone} on the source`],
        [`time zone ${zone} on the target`],
      ]);
    });

    it('stay unverified without a zone, with a hint that names the flag', async () => {
      const run = await compare({ source, target, flags: { 'source-timezone': 'UTC' } });
      const { findings } = tableResult(run, 'times');
      expect(findings.map(({ code, message }) => [code, message.split(' ')[1]])).toEqual([
        ['column-unverified', 'b'],
      ]);
      expect(findings[0]?.hint).toContain('--target-timezone ZONE');
    });
  });

  describe('over all years', () => {
    const source = useDatabase('postgresql');
    const target = useDatabase('postgresql');

    it.each(ZONES)(`are equal in %s where PostgreSQL says so, for ${POINTS.length} times`, async (zone) => {
      const damage = await fillAndDamage(source, target, rowsOf(zone));
      const flags = { 'source-timezone': zone, 'target-timezone': zone };
      const run = await compare({ source, target, flags });
      expect(listDifferences(run)).toEqual(damage);
      expect(tableResult(run, 'times')).toMatchObject({ sourceRows: POINTS.length, findings: [] });
    });
  });
});

describe('the hour that clocks skip or repeat', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const flags = { 'source-timezone': 'America/New_York' };

  it('equals both points in time where it is repeated, and none where it is skipped', async () => {
    await source.run(`CREATE TABLE hours (id int PRIMARY KEY, at datetime);
      INSERT INTO hours VALUES (1, '2024-11-03 01:30:00'), (2, '2024-11-03 01:30:00'), (3, '2024-03-10 02:30:00'),
      (4, '2024-03-10 02:30:00'), (5, '0000-00-00 00:00:00')`);
    await target.run(`CREATE TABLE hours (id int PRIMARY KEY, at timestamptz);
      INSERT INTO hours VALUES (1, '2024-11-03 05:30+00'), (2, '2024-11-03 06:30+00'), (3, '2024-03-10 07:30+00'),
      (4, '2024-03-10 06:30+00'), (5, '-infinity')`);
    const run = await compare({ source, target, flags });
    expect(listDifferences(run)).toEqual(['changed 3 at', 'changed 4 at', 'changed 5 at']);
  });

  it('is no key to walk by, and its table is compared by whole rows', async () => {
    await source.run(
      `CREATE TABLE ticks (at datetime PRIMARY KEY); INSERT INTO ticks VALUES ('2024-01-01'), ('2024-01-02')`,
    );
    await target.run(
      `CREATE TABLE ticks (at timestamptz PRIMARY KEY); INSERT INTO ticks VALUES ('2024-01-01 05:00+00'), ('2024-01-02 06:00+00')`,
    );
    const ticks = tableResult(
      await compare({ source, target, flags: { ...flags, tables: 'ticks' } }),
      'ticks',
    );
    expect(ticks).toMatchObject({ strategy: 'bucket', key: [], missing: 1, extra: 1 });
  });
});
