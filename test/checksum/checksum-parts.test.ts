import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import { engineFor } from '../../src/engines/registry.js';
import type { ServerChecksum, Session } from '../../src/engines/session.js';
import { judgeParts, thinOut } from '../../src/tasks/checksum-parts.js';
import { type Comparison, compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';

const ROWS = 4000;

/** A table with a key of one kind: what its columns are and the literals of row `i`, which grow with it. */
interface KeyCase {
  readonly columns: Readonly<Record<string, string>>;
  readonly keyOf: (i: number) => readonly string[];
  /** The same keys as Rowproof has them. */
  readonly partsOf?: (i: number) => readonly KeyPart[];
}

const LAST = ROWS - 1;
const spread = (i: number, from: bigint, to: bigint): bigint =>
  i === LAST ? to : from + ((to - from) / BigInt(ROWS)) * BigInt(i);
const dateOf = (i: number): string => new Date(Date.UTC(1995, 0, 1 + i)).toISOString().slice(0, 10);
/** Quotes, a backslash, padding, characters of four bytes and one that sorts before them by UTF-16 only. */
const MARKS = ['a ', "a'\\", 'b`"', '\u{e000}', '😀'];
const textOf = (i: number): string =>
  `${MARKS[Math.floor(i / 800)] ?? ''}${String(i).padStart(5, '0')}${i % 3 === 0 ? ' ' : ''}`;
const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex');
const bytesOf = (i: number): string => `${i < 1200 ? '00' : 'ff'}${i.toString(16).padStart(6, '0')}`;
const [MIN, MAX] = [-(2n ** 63n), 2n ** 63n - 1n];
const bigintParts = (i: number): readonly KeyPart[] => [{ kind: 'int', value: spread(i, MIN, MAX) }];
const pairParts = (i: number): readonly KeyPart[] => [
  { kind: 'int', value: i < 1800 ? 1n : BigInt(i) },
  { kind: 'text', value: textOf(i) },
];

function casesOf(engine: TestEngine): Readonly<Record<string, KeyCase>> {
  const isPostgresql = engine === 'postgresql';
  const text = isPostgresql
    ? 'text COLLATE "C"'
    : `varchar(40) CHARACTER SET utf8mb4 COLLATE ${engine === 'mysql' ? 'utf8mb4_0900_bin' : 'utf8mb4_nopad_bin'}`;
  const spell = (i: number): string =>
    isPostgresql ? `convert_from('\\x${hexOf(textOf(i))}', 'UTF8')` : `_utf8mb4 0x${hexOf(textOf(i))}`;
  const shared: Record<string, KeyCase> = {
    bigints: {
      columns: { k: 'bigint' },
      keyOf: (i) => [String(spread(i, MIN, MAX))],
      partsOf: bigintParts,
    },
    decimals: {
      columns: { k: 'decimal(30,10)' },
      keyOf: (i) => [`${i - 1200}.${i < 1200 ? '0' : '0000000001'}`],
    },
    dates: { columns: { k: 'date' }, keyOf: (i) => [`'${dateOf(i)}'`] },
    texts: { columns: { k: text }, keyOf: (i) => [spell(i)] },
    pairs: {
      columns: { a: 'int', k: text },
      keyOf: (i) => [String(i < 1800 ? 1 : i), spell(i)],
      partsOf: pairParts,
    },
  };
  const own: Record<string, KeyCase> = isPostgresql
    ? {
        numerics: { columns: { k: 'numeric' }, keyOf: (i) => [i === LAST ? "'NaN'" : `${i - 1200}.5`] },
        stamps: { columns: { k: 'timestamptz' }, keyOf: (i) => [stampOf(i)] },
        bytes: { columns: { k: 'bytea' }, keyOf: (i) => [`'\\x${bytesOf(i)}'`] },
        uuids: { columns: { k: 'uuid' }, keyOf: (i) => [`'${bytesOf(i)}-0000-4000-8000-000000000000'`] },
      }
    : {
        unsigneds: {
          columns: { k: 'bigint unsigned' },
          keyOf: (i) => [String(spread(i, 0n, 2n ** 64n - 1n))],
          partsOf: (i) => [{ kind: 'int', value: spread(i, 0n, 2n ** 64n - 1n) }],
        },
        stamps: { columns: { k: 'datetime(6)' }, keyOf: (i) => [`'${dateOf(i)} 23:59:59.999999'`] },
        bytes: { columns: { k: 'varbinary(20)' }, keyOf: (i) => [`0x${bytesOf(i)}`] },
      };
  return { ...shared, ...own };
}

function stampOf(i: number): string {
  if (i === 0) return "'-infinity'";
  return i === LAST ? "'infinity'" : `'${dateOf(i)} 12:00:00.000001+00'`;
}

/** A run of rows that only the target has holds none of the keys that cut the source's rows into parts. */
const isExtra = (i: number): boolean => i === LAST || i === 7 || (i > 1000 && i < 1450);
const isMissing = (i: number): boolean => !isExtra(i) && (i === 0 || i === 605 || i === 1500);
const isChanged = (i: number): boolean =>
  !isExtra(i) && !isMissing(i) && (i === 1 || i === 1000 || i === 1450 || i === LAST - 1);
const indexes = Array.from({ length: ROWS }, (_, i) => i);

describe.each(availableEngines())('the parts of a range that %s hashes', (name) => {
  const source = useDatabase(name);
  const target = useDatabase(name);
  const engine = engineFor(new URL(source.url).protocol.slice(0, -1));
  const settings = engine.resolveConnection(new URL(source.url), {
    variables: {},
    readFile: () => null,
    homeFolder: '',
    userName: '',
  });
  const cases = casesOf(name);
  let session: Session;

  beforeAll(async () => {
    for (const [table, { columns, keyOf }] of Object.entries(cases)) {
      const keys = Object.keys(columns);
      const spelled = keys.map((key) => `${key} ${columns[key]} NOT NULL`).join(', ');
      const row = (i: number, value: number): string => `(${[...keyOf(i), value, i].join(', ')})`;
      const rows = {
        source: indexes.filter((i) => !isExtra(i)).map((i) => row(i, i)),
        target: indexes.filter((i) => !isMissing(i)).map((i) => row(i, isChanged(i) ? -1 : i)),
      };
      // The columns have the names that a statement of parts gives to its own.
      const create = `CREATE TABLE ${table} (${spelled}, part int, row_hash int, PRIMARY KEY (${keys.join(', ')}))`;
      await source.run(`${create}; INSERT INTO ${table} VALUES ${rows.source.join(', ')}`);
      await target.run(`${create}; INSERT INTO ${table} VALUES ${rows.target.join(', ')}`);
    }
    session = await engine.open(settings);
  });
  afterAll(() => session.close());

  const runOn = (tables: readonly string[], flags: Record<string, string>): Promise<Comparison> =>
    compare({ source, target, flags: { tables: [...tables], workers: '1', ...flags } });

  it('are found by keys of every kind: exactly the rows that were damaged, at both ends of the table too', async () => {
    const tables = Object.keys(cases);
    const found = await runOn(tables, { 'checksum-on': 'server' });
    const read = await runOn(tables, { 'checksum-on': 'client' });
    const count = (is: (i: number) => boolean): number => indexes.filter(is).length;
    for (const table of tables) {
      expect(tableResult(found, table), table).toMatchObject({
        strategy: 'range',
        checksum: 'mixed',
        missing: count(isMissing),
        extra: count(isExtra),
        changed: count(isChanged),
        sourceRows: ROWS - count(isExtra),
        targetRows: ROWS - count(isMissing),
        findings: [],
      });
    }
    expect(found.differences).toEqual(read.differences);
  });

  it('are the ranges between their ends, whatever the ends', async () => {
    const catalog = await session.ask('catalog', { settings });
    for (const [tableName, { columns, partsOf }] of Object.entries(cases)) {
      const table = catalog.tables.find((candidate) => candidate.name === tableName);
      if (partsOf === undefined || table === undefined) continue;
      const key = table.columns.filter((column) => column.name in columns);
      const ends = [0, 1, 2, 600, 1200, LAST - 1, LAST].map(partsOf);
      const rows = { table, columns: table.columns, key, where: 'row_hash <> 1 -- 1', seed: 5n };
      const whole = { ...rows, range: { after: null, upTo: null } };
      const sums = await session.ask('part-checksums', { rows: whole, ends });
      const parts: (ServerChecksum | null)[] = [];
      for (const [i, upTo] of [...ends, null].entries()) {
        const range = { after: ends[i - 1] ?? null, upTo };
        parts.push(await session.ask('checksum', { ...rows, range }));
      }
      expect(parts.reduce((sum, part) => sum + (part?.rows ?? 0), 0)).toBe(
        ROWS - indexes.filter(isExtra).length - 1,
      );
      const filled = parts.flatMap((part, i) => (part?.rows === 0 ? [] : [[i, part] as const]));
      expect(
        [...sums].sort(([one], [other]) => one - other),
        tableName,
      ).toEqual(filled);
    }
  });

  it('are found by the rows of a condition, and in ranges of a fixed length', async () => {
    const flags = {
      'checksum-on': 'server',
      'chunk-rows': '700',
      where: 'pairs:row_hash BETWEEN 300 AND 1700 -- 1',
    };
    const found = await runOn(['pairs'], flags);
    const inside = (is: (i: number) => boolean) =>
      indexes.filter((i) => i >= 300 && i <= 1700 && is(i)).length;
    expect(tableResult(found, 'pairs')).toMatchObject({
      checksum: 'mixed',
      missing: inside(isMissing),
      extra: inside(isExtra),
      changed: inside(isChanged),
    });
    const read = await runOn(['pairs'], { ...flags, 'checksum-on': 'client' });
    expect(listDifferences(found)).toEqual(listDifferences(read));
  });
});

describe('the judgement of parts', () => {
  const ends = [[{ kind: 'int', value: 1n }], [{ kind: 'int', value: 2n }], null] as const;
  const sum = (rows: number, total: bigint) => ({ rows, sum: total });
  const proved = (source: [number, ReturnType<typeof sum> | null][], target: typeof source) =>
    judgeParts({ source: new Map(source), target: new Map(target) }, ends).map(
      ({ provedRows }) => provedRows,
    );

  it('takes a part for equal only where both sides have as many rows and the same sum', () => {
    expect(proved([[0, sum(3, 9n)]], [[0, sum(3, 9n)]])).toEqual([3, 0, 0]);
    expect(proved([[0, sum(3, 9n)]], [[0, sum(2, 9n)]])).toEqual([null, 0, 0]);
    expect(proved([[0, sum(3, 9n)]], [[1, sum(3, 9n)]])).toEqual([null, null, 0]);
    expect(proved([[2, sum(1, 0n)]], [])).toEqual([0, 0, null]);
  });

  it('takes a part for unproved where a row could not be hashed on both sides', () => {
    expect(proved([[1, null]], [[1, null]])).toEqual([0, null, 0]);
  });

  it('believes nothing where a server names a part that was not asked for', () => {
    expect(proved([[3, sum(1, 1n)]], [])).toEqual([null, null, null]);
  });

  it('names fewer keys where a statement would get long', () => {
    const keys = Array.from({ length: 900 }, () => Buffer.alloc(1000));
    expect(thinOut(keys).length).toBeLessThan(70);
    expect(thinOut(keys.slice(0, 50))).toHaveLength(50);
  });
});
