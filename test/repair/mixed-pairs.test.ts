import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { fewEnginePairs, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { expectRoundTrip, type RepairSides, writeRepair } from './repair-round.js';

const isPostgresql = (engine: TestEngine): boolean => engine === 'postgresql';
const sql = (engine: TestEngine, own: string, other: string): string => (isPostgresql(engine) ? own : other);

const TEXT = (engine: TestEngine): string => sql(engine, 'text', 'varchar(60) COLLATE utf8mb4_bin');
const BYTES = (engine: TestEngine): string => sql(engine, 'bytea', 'varbinary(60)');
const TIME = (engine: TestEngine): string => sql(engine, 'timestamp(6)', 'datetime(6)');
const DAY = (): string => 'date';
const LABELS = ['one', 'red tea', 'zwölf', '5" disk', 'back\\slash', "it's"];
const LIST = (engine: TestEngine): string =>
  sql(
    engine,
    'text[]',
    `set(${LABELS.map((label) => `'${label.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`).join(',')})`,
  );

const utf8 = (text: string, engine: TestEngine): string => {
  const hex = Buffer.from(text, 'utf8').toString('hex');
  return sql(engine, `convert_from('\\x${hex}'::bytea, 'UTF8')`, `_utf8mb4 x'${hex}'`);
};
const bytes = (hex: string, engine: TestEngine): string => sql(engine, `'\\x${hex}'::bytea`, `x'${hex}'`);
const quoted = (value: string): string => `'${value}'`;
const list = (labels: readonly string[], engine: TestEngine): string =>
  isPostgresql(engine)
    ? `ARRAY[${labels.map((label) => utf8(label, engine)).join(', ')}]::text[]`
    : utf8(labels.join(','), engine);

/** What a row holds in words, and whether only one side can hold it: then its repair is left alone. */
type Write = (engine: TestEngine) => string;

const cell = (type: (engine: TestEngine) => string, write: Write) => ({ type, write });
type Cell = ReturnType<typeof cell>;

const asText = (text: string): Cell => cell(TEXT, (engine) => utf8(text, engine));
const asBytes = (text: string): Cell =>
  cell(BYTES, (engine) => bytes(Buffer.from(text, 'utf8').toString('hex'), engine));
const asHex = (hex: string): Cell => cell(BYTES, (engine) => bytes(hex, engine));
const asDay = (day: string): Cell => cell(DAY, () => quoted(day));
const asTime = (time: string): Cell => cell(TIME, () => quoted(time));
const asList = (...labels: string[]): Cell => cell(LIST, (engine) => list(labels, engine));

/** Creates a table of one column on each side, and a row for each two cells; a target cell of null is a missing row. */
async function fill(
  { source, target }: { readonly source: TestDatabase; readonly target: TestDatabase },
  table: string,
  rows: readonly (readonly [Cell, Cell | null])[],
): Promise<void> {
  for (const [side, { engine, run }] of [source, target].entries()) {
    const cells = rows.map((row) => row[side] ?? null);
    const type = cells.find((each) => each !== null)?.type(engine);
    const inserts = cells.map((each, i) =>
      each === null ? '' : `;INSERT INTO ${table} VALUES (${i + 1}, ${each.write(engine)})`,
    );
    await run(`CREATE TABLE ${table} (id int PRIMARY KEY, v ${type} NULL)${inserts.join('')}`);
  }
}

const WORDS = ['', 'a', 'a ', "it's", 'zwölf', '中 😀', 'back\\slash', '\\x41'];
const MIDNIGHTS = ['1000-01-01', '1999-12-31', '2024-02-29', '9999-12-31'];

describe.each(fewEnginePairs())('a repair from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const sides: RepairSides = { source, target };
  const hasList = isPostgresql(engines.source) !== isPostgresql(engines.target);

  beforeAll(async () => {
    const words = WORDS.map((word, i) => [word, i % 3 === 0 ? null : `other ${i}`] as const);
    await fill(
      sides,
      'text_to_bytes',
      words.map(([word, other]) => [asText(word), other === null ? null : asBytes(other)]),
    );
    await fill(
      sides,
      'bytes_to_text',
      words.map(([word, other]) => [asBytes(word), other === null ? null : asText(other)]),
    );
    const days = MIDNIGHTS.map((day, i) => [day, i % 2 === 0 ? null : '2020-02-02'] as const);
    await fill(
      sides,
      'day_to_time',
      days.map(([day, other]) => [asDay(day), other === null ? null : asTime(`${other} 10:00:00.5`)]),
    );
    await fill(
      sides,
      'time_to_day',
      days.map(([day, other]) => [asTime(`${day} 00:00:00`), other === null ? null : asDay(other)]),
    );
    if (!hasList) return;
    const chosen = [[], ['one'], ['red tea', 'zwölf'], ['5" disk', 'back\\slash', "it's"], LABELS];
    await fill(
      sides,
      'lists',
      chosen.map((labels, i) => [asList(...labels), i % 2 === 0 ? null : asList('one', 'zwölf')]),
    );
  });

  it('writes text as bytes, days as times, sets as arrays and the other way, and the undo takes it back', async () => {
    await expectRoundTrip(sides);
  });
});

describe.each([
  { from: 'mariadb', to: 'postgresql' },
  { from: 'postgresql', to: 'mysql' },
  { from: 'mysql', to: 'mariadb' },
] as const)('a repair from $from to $to of what the target cannot hold', ({ from, to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  const sides = { source, target };

  it('is left alone with the reason, and keeps no other row from its repair', async () => {
    await fill(sides, 'no_utf8', [
      [asHex('ff'), asText('x')],
      [asHex('c080'), asText('x')],
      [asBytes('kept'), asText('x')],
    ]);
    await fill(sides, 'no_day', [
      [asTime('2024-02-29 00:00:00.000001'), asDay('2020-01-01')],
      [asTime('2024-02-29 12:00:00'), null],
      [asTime('2024-02-29 00:00:00'), null],
    ]);
    const written = await writeRepair(sides);
    expect(written.repair).toContain('would get text that does not decode');
    expect(written.repair).toContain('cannot hold 2024-02-29 12:00:00');
    await written.apply('repair');
    written.remove();
    const left = await compare(sides);
    expect(listDifferences(left)).toEqual(['changed 1 v', 'missing 2', 'changed 1 v', 'changed 2 v']);
  });
});

describe('a repair of an array that no set holds', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  it('is left alone with the reason', async () => {
    await source.run(`CREATE TABLE lists (id int PRIMARY KEY, v text[]);
      INSERT INTO lists VALUES (1, '{red tea,one}'), (2, '{one,one}'), (3, '{one,NULL}'), (4, '{One}'), (5, '{"one,zwölf"}'),
      (6, '[2:3]={one,zwölf}'), (7, '{{one,zwölf}}'), (8, '{""}'), (9, '{"one "}'), (10, '{one,zwölf}'), (11, '{}')`);
    const ids = Array.from({ length: 11 }, (_, i) => `(${i + 1}, NULL)`);
    await target.run(`CREATE TABLE lists (id int PRIMARY KEY, v ${LIST('mariadb')} NULL);
      INSERT INTO lists VALUES ${ids.join(', ')}`);
    const written = await writeRepair({ source, target });
    expect(written.repair).toContain('does not keep the order of the elements');
    expect(written.repair).toContain('has no label "One"');
    await written.apply('repair');
    written.remove();
    expect(listDifferences(await compare({ source, target }))).toEqual(
      Array.from({ length: 9 }, (_, i) => `changed ${i + 1} v`),
    );
    expect(await target.query('SELECT id FROM lists WHERE v IS NULL ORDER BY id')).toHaveLength(9);
  });
});

describe('a repair of a day beyond the range of a timestamp', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('is left alone, and days before Christ and without end are written', async () => {
    await source.run(`CREATE TABLE days (id int PRIMARY KEY, v date);
      INSERT INTO days VALUES (1, '294277-01-01'), (2, '5874897-12-31'), (3, '0044-03-15 BC'), (4, 'infinity'), (5, '294276-12-31')`);
    await target.run(`CREATE TABLE days (id int PRIMARY KEY, v timestamp);
      INSERT INTO days VALUES (1, NULL), (2, 'infinity'), (3, '0044-03-15 00:00:01 BC'), (4, '-infinity')`);
    const written = await writeRepair({ source, target });
    expect(written.repair).toContain('cannot hold 294277-01-01');
    await written.apply('repair');
    written.remove();
    expect(listDifferences(await compare({ source, target }))).toEqual(['changed 1 v', 'changed 2 v']);
  });
});
