import { describe, expect, it } from 'vitest';
import { enginePairs, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { expectRoundTrip, writeRepair } from './repair-round.js';

/** A type, and two values of it as SQL. */
type Values = readonly [declared: string, one: string, other: string];

const POSTGRESQL_TYPES = `CREATE TYPE kind AS ENUM ('red', 'it''s'); CREATE TYPE spot AS (x numeric, label text);
  CREATE DOMAIN tags AS text[]; CREATE TYPE wordrange AS RANGE (subtype = text, collation = "C")`;

const POSTGRESQL_ONLY: readonly Values[] = [
  ['integer[]', `'{1,NULL,-3}'`, `'[0:1][2:2]={{7},{8}}'`],
  ['numeric(9,2)[]', `'{1.10}'`, `'{}'`],
  ['text[]', `ARRAY['a"b','c\\d','it''s',NULL,'NULL','',E'\\n {,}']`, `'{}'`],
  ['kind[]', `ARRAY['it''s']::kind[]`, `'{red,NULL}'`],
  ['bytea[]', `ARRAY[decode('00ff27','hex'), '']`, `'{NULL}'`],
  ['timestamptz[]', `'{"2024-03-10 02:30:00-05","0044-03-15 00:00:00+00 BC",infinity}'`, `'{}'`],
  ['jsonb[]', `ARRAY['{"a": [1, "b\\"c"]}'::jsonb]`, `'{}'`],
  ['box[]', `'{(2,2),(1,1);(4,4),(3,3)}'`, `'{}'`],
  ['spot[]', `ARRAY[ROW(1.10,'a,"b"')::spot, NULL]`, `'{}'`],
  ['"char"[]', `'{a,""}'`, `'{b}'`],
  ['tags', `'{a,b}'`, `'{c}'`],
  ['spot', `ROW(NULL,'')`, `ROW(1.5,'(")')`],
  ['int4range', `'[1,4)'`, `'empty'`],
  ['numrange', `'(1.10,2]'`, `'(,5)'`],
  ['tstzrange', `'["2024-01-01 00:00:00+00",)'`, `'(,)'`],
  ['wordrange', `wordrange('a "b"', 'c,\\')`, `wordrange('', NULL)`],
  ['nummultirange', `'{[1.0,2],(5,)}'`, `'{}'`],
  ['interval', `'-1 years +2 mons -3 days +04:05:06.000007'`, `'1 day'`],
  ['interval', `'00:00:00'`, `'24:00:00'`],
  ['inet', `'10.0.0.1/24'`, `'::ffff:1.2.3.4'`],
  ['cidr', `'10.0.0.0/8'`, `'2001:db8::/32'`],
  ['macaddr', `'08:00:2b:01:02:03'`, `'08:00:2b:01:02:04'`],
  ['macaddr8', `'08:00:2b:01:02:03:04:05'`, `'08:00:2b:01:02:03:04:06'`],
  ['timetz', `'04:05:06.789-05:30'`, `'04:05:06.789+05:30'`],
  ['money', `'-12.34'::numeric::money`, `'0.01'::numeric::money`],
  ['pg_lsn', `'16/B374D848'`, `'0/0'`],
  ['xid8', `'18446744073709551615'`, `'0'`],
  ['xid', `'4294967295'`, `'0'`],
  ['tid', `'(1,2)'`, `'(2,1)'`],
  ['point', `'(0.1,-0)'`, `'(NaN,Infinity)'`],
  ['line', `'{1,2,3}'`, `'{1,2,4}'`],
  ['lseg', `'[(1,2),(3,4)]'`, `'[(3,4),(1,2)]'`],
  ['box', `'(3,4),(1,2)'`, `'(4,3),(2,1)'`],
  ['path', `'[(1,2),(3,4)]'`, `'((1,2),(3,4))'`],
  ['polygon', `'((1,2),(3,4))'`, `'((1,2),(3,5))'`],
  ['circle', `'<(1,2),3>'`, `'<(1,2),4>'`],
  ['tsvector', `$$'a':1A 'it''s':2$$`, `''`],
  ['tsquery', `$$'a' & !'it''s'$$`, `$$'b'$$`],
  ['jsonpath', `'$."a\\"b"[*]'`, `'$'`],
  ['xml', `'<a b="c">it''s</a>'`, `'<a/>'`],
  ['"char"', `'a'`, `''`],
  ['bit(9)', `B'101010101'`, `B'000000001'`],
  ['bit varying', `B'1'`, `B''`],
  ['regclass', `'pg_class'`, `'pg_type'`],
  ['numeric', `'NaN'`, `'-Infinity'`],
  ['date', `'infinity'`, `'0044-03-15 BC'`],
];

/** One byte order and one kind of shape are enough here: the bytes go through as they are. */
const POINT = '0101000000000000000000f83f00000000000000c0';
const EMPTY = '010700000000000000';

const wide = (charset: string, one: string, other: string): Values => [
  `varchar(20) CHARACTER SET ${charset}`,
  ...([one, other].map((text) => `_utf8mb4 x'${Buffer.from(text, 'utf8').toString('hex')}'`) as [
    string,
    string,
  ]),
];

const MYSQL_FAMILY: readonly Values[] = [
  ['geometry', `x'00000000${EMPTY}'`, `x'e6100000${POINT}'`],
  ['point', `x'00000000${POINT}'`, `x'e6100000${POINT}'`],
  ['year', '2155', `'0000'`],
  ['bit(9)', "b'101010101'", "b'0'"],
  ['time(6)', `'-838:59:59'`, `'100:00:00.000001'`],
  ['date', `'0000-00-00'`, `'2020-02-31'`],
  ['decimal(65,30)', `'${'9'.repeat(35)}.${'9'.repeat(30)}'`, '0'],
  ["set('a','b')", `'a,b'`, `''`],
  wide('utf16', '😀', "it's"),
  wide('ucs2', '漢', ''),
  wide('utf32', '😀', 'a'),
  wide('swe7', 'Å', '?'),
];
const MARIADB_ONLY: readonly Values[] = [
  ['inet4', `'10.0.0.1'`, `'255.255.255.255'`],
  ['inet6', `'2001:db8::1'`, `'::ffff:1.2.3.4'`],
  ['uuid', `'6ccd780c-baba-1026-9564-5b8c656024db'`, `'00000000-0000-0000-0000-000000000000'`],
];
const MYSQL_ONLY: readonly Values[] = [['vector(2)', `x'0000803f00000040'`, `x'0000004000000080'`]];

/** What two engines have in common, by the name that each has for it. */
const SHARED: readonly (Readonly<Record<TestEngine, string | null>> & {
  readonly one: string;
  readonly other: string;
})[] = [
  { postgresql: 'inet', mariadb: 'inet6', mysql: 'varchar(50)', one: '2001:db8::1', other: '::2' },
  { postgresql: 'inet', mariadb: 'inet4', mysql: 'varchar(50)', one: '10.0.0.1', other: '10.0.0.2' },
  { postgresql: 'interval', mariadb: 'time(6)', mysql: 'time(6)', one: '100:00:00.5', other: '-00:00:01' },
  {
    postgresql: 'numeric(12,2)',
    mariadb: 'decimal(12,2)',
    mysql: 'decimal(12,2)',
    one: '1.25',
    other: '-3.00',
  },
];

function valuesOf(engine: TestEngine, partner: TestEngine): readonly Values[] {
  if (engine === 'postgresql' && partner === 'postgresql') return POSTGRESQL_ONLY;
  const shared = SHARED.map((row): Values => [row[engine] ?? '', `'${row.one}'`, `'${row.other}'`]);
  const point: Values =
    engine === 'postgresql'
      ? ['point', `'(1.5,-2)'`, `'(0,0)'`]
      : ['point', `x'00000000${POINT}'`, `x'00000000${POINT.slice(0, 10)}${'0'.repeat(32)}'`];
  const money: Values = [engine === 'postgresql' ? 'money' : 'decimal(12,2)', "'1.25'", "'-3.00'"];
  if (engine === 'postgresql' || partner === 'postgresql') return [...shared, point, money];
  const own = engine === partner ? (engine === 'mariadb' ? MARIADB_ONLY : MYSQL_ONLY) : [];
  return [...MYSQL_FAMILY, ...own];
}

async function fill(
  database: TestDatabase,
  values: readonly Values[],
  rows: readonly (readonly [number, string])[],
): Promise<void> {
  const columns = values.map(([declared], i) => `c${i} ${declared}`).join(', ');
  const isPostgresql = database.engine === 'postgresql';
  await database.run(
    isPostgresql ? POSTGRESQL_TYPES : `SET sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES'`,
  );
  await database.run(`CREATE TABLE v (id int NOT NULL PRIMARY KEY, ${columns})`);
  for (const [id, pattern] of rows) {
    const cells = values.map(([, one, other], i) => {
      const choice = pattern[i % pattern.length];
      return choice === '1' ? one : choice === '2' ? other : 'NULL';
    });
    await database.run(`INSERT INTO v VALUES (${[id, ...cells].join(', ')})`);
  }
}

describe.each(enginePairs())('repair of structures from $source to $target', (engines) => {
  const sides = { source: useDatabase(engines.source), target: useDatabase(engines.target) };

  it('writes and guards every type exactly', async () => {
    await fill(sides.source, valuesOf(engines.source, engines.target), [
      [1, '1'],
      [2, '1'],
      [3, '2'],
      [4, '12'],
      [6, '0'],
      [7, '2'],
    ]);
    await fill(sides.target, valuesOf(engines.target, engines.source), [
      [2, '2'],
      [3, '2'],
      [4, '1'],
      [5, '2'],
      [6, '1'],
      [7, '0'],
    ]);
    const { repair } = await expectRoundTrip(sides);
    expect(repair).toContain('0 left alone');
  });
});

describe('a value that the target cannot hold', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  it('is left alone with the reason', async () => {
    await source.run(`CREATE TABLE r (id int PRIMARY KEY, span interval, host inet, place point);
      INSERT INTO r VALUES (1, '1 mon', NULL, NULL), (2, NULL, '10.0.0.0/8', NULL), (3, NULL, NULL, '(NaN,0)')`);
    await target.run(`CREATE TABLE r (id int PRIMARY KEY, span time, host inet6, place point);
      INSERT INTO r (id) VALUES (1), (2), (3)`);
    const { repair, remove } = await writeRepair({ source, target });
    remove();
    expect(repair).toContain('column span (time) cannot hold 1 mon');
    expect(repair).toContain('column host (inet6) cannot hold 10.0.0.0/8');
    expect(repair).toContain('column place (point) has no exact spelling of the value');
    expect(repair).toContain('3 left alone');
  });
});
