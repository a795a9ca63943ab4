import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { useDatabase } from '../support/database.js';
import { expectRoundTrip, writeRepair } from './repair-round.js';

const TABLES = {
  mariadb: (kind: 'civil' | 'instant') => `CREATE TABLE mixed (id int PRIMARY KEY,
    at ${kind === 'civil' ? 'datetime(6)' : 'timestamp(6) NULL'}, ratio double, single float, total decimal(30,10),
    big bigint, token binary(16), name varchar(50) COLLATE utf8mb4_bin, price decimal(10,3))`,
  postgresql: (kind: 'civil' | 'instant') => `CREATE TABLE mixed (id int PRIMARY KEY,
    at ${kind === 'civil' ? 'timestamp(6)' : 'timestamptz(6)'}, ratio numeric, single numeric, total double precision,
    big double precision, token uuid, name text, price numeric(10,3))`,
} as const;

const ROW = {
  mariadb: {
    civil: "'2024-07-01 12:00:00.5'",
    instant: "'2024-07-01 16:00:00.5'",
    token: "x'1026baba6ccd780c95645b8c656024db'",
  },
  postgresql: {
    civil: "'2024-07-01 12:00:00.5'",
    instant: "'2024-07-01 16:00:00.5+00'",
    token: "'6ccd780c-baba-1026-9564-5b8c656024db'",
  },
} as const;

describe.each([
  { from: 'mariadb', to: 'postgresql' },
  { from: 'postgresql', to: 'mariadb' },
] as const)('a repair from $from to $to', ({ from, to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  const kinds =
    from === 'mariadb'
      ? ({ source: 'civil', target: 'instant' } as const)
      : ({ source: 'instant', target: 'civil' } as const);
  const zones = ['source', 'target'].map((side) => `--${side}-timezone=America/New_York`);
  const rawZones = { 'source-timezone': 'America/New_York', 'target-timezone': 'America/New_York' };
  const relax = ['mixed.name:trim,ignoreCase', 'mixed.price:tolerance=0.01'];
  const flags = [...zones, '--uuid-swap', 'mixed.token', '--relax', ...relax];
  const rawFlags = { ...rawZones, 'uuid-swap': 'mixed.token', relax };

  const insert = (
    engine: 'mariadb' | 'postgresql',
    kind: 'civil' | 'instant',
    id: number,
    rest: string,
  ): string =>
    `INSERT INTO mixed VALUES (${id}, ${ROW[engine][kind]}, ${rest.replace('TOKEN', ROW[engine].token)})`;

  beforeAll(async () => {
    const utc = { mariadb: "SET time_zone = '+00:00'", postgresql: "SET TimeZone = 'UTC'" };
    await source.run(`${utc[from]}; ${TABLES[from](kinds.source)};
      ${insert(from, kinds.source, 1, "1.1, 0.1, 0.3, 9007199254740992, TOKEN, 'Ann', 5.000")};
      ${insert(from, kinds.source, 2, "1e-7, 16777216, 100000, 7, TOKEN, ' Bob', 5.000")};
      ${insert(from, kinds.source, 3, "1.5, 1.5, 1.5, 1, TOKEN, 'Cid', 5.000")}`);
    await target.run(`${utc[to]}; ${TABLES[to](kinds.target)};
      ${insert(to, kinds.target, 1, "1.2, 0.2, 0.4, 5, NULL, 'bill', 5.02")};
      ${insert(to, kinds.target, 3, "1.5, 1.5, 1.5, 1, TOKEN, ' cid', 5.004")};
      UPDATE mixed SET at = NULL WHERE id = 1;
      ${insert(to, kinds.target, 4, "1.5, 1.5, 1.5, 1, TOKEN, 'Dan', 5.000")}`);
  });

  it('writes the value of the source in the form of the target, and the undo takes it back', async () => {
    const before = await target.query('SELECT name, price FROM mixed WHERE id = 3');
    await expectRoundTrip({ source, target }, { flags, rawFlags });
    expect(await target.query('SELECT name, price FROM mixed WHERE id = 3')).toEqual(before);
    const written = await writeRepair({ source, target }, flags);
    await written.apply('repair');
    written.remove();
    const [changed] = await target.query('SELECT name, price FROM mixed WHERE id = 1');
    expect(changed).toEqual(['Ann', '5.000']);
    expect(await target.query('SELECT name FROM mixed WHERE id = 2')).toEqual([[' Bob']]);
  });
});

describe('a repair of a civil time that no or two points in time show', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it('leaves the row alone and says why', async () => {
    await source.run(`CREATE TABLE hours (id int PRIMARY KEY, at datetime, ratio decimal(30,0));
      INSERT INTO hours VALUES (1, '2024-03-10 02:30:00', 0), (2, '2024-11-03 01:30:00', 0), (3, '2024-01-01', 0),
      (4, NULL, 9007199254740993)`);
    await target.run(`CREATE TABLE hours (id int PRIMARY KEY, at timestamptz, ratio double precision);
      INSERT INTO hours VALUES (1, NULL, 0), (2, NULL, 0), (3, NULL, 0), (4, NULL, 0)`);
    const flags = ['--source-timezone', 'America/New_York'];
    const written = await writeRepair({ source, target }, flags);
    expect(written.repair).toContain('2024-03-10 02:30:00 does not exist in America/New_York');
    expect(written.repair).toContain('2024-11-03 01:30:00 happened twice in America/New_York');
    expect(written.repair).toContain('cannot hold 9007199254740993 exactly');
    await written.apply('repair');
    written.remove();
    const after = await compare({ source, target, flags: { 'source-timezone': 'America/New_York' } });
    expect(listDifferences(after)).toEqual(['changed 1 at', 'changed 2 at', 'changed 4 ratio']);
  });
});
