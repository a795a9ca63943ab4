import { planRun, resolveConfig } from 'rowproof';
import { describe, expect, it } from 'vitest';
import { mysqlEngine } from '../../src/engines/mysql/index.js';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, enginePairs, type TestEngine, useDatabase } from '../support/database.js';

const isMysqlFamily = (engine: TestEngine): boolean => engine !== 'postgresql';
const pairs = enginePairs().filter(({ source, target }) => isMysqlFamily(source) === isMysqlFamily(target));

const SERVER = { 'checksum-on': 'server' };

/** A column of hard values: every neighbour in the list must be told from the next, in the same column of one row. */
interface HardColumn {
  readonly type: string;
  readonly values: readonly string[];
}

const MYSQL_COLUMNS: readonly HardColumn[] = [
  {
    type: 'bigint',
    values: ['1', '4294967296', '-1', '0', 'NULL', '9223372036854775807', '-9223372036854775808'],
  },
  {
    type: 'bigint unsigned',
    values: ['18446744073709551615', '18446744073709551614', '0', 'NULL', '9007199254740993'],
  },
  { type: 'tinyint(1)', values: ['0', '1', '-1', 'NULL'] },
  {
    type: 'decimal(40,20)',
    values: [
      '1.1',
      '-1.1',
      '0',
      'NULL',
      '0.00000000000000000001',
      '12345678901234567890.00000000000000000001',
    ],
  },
  {
    type: 'datetime(6)',
    values: ["'2024-01-01'", "'2024-01-01 00:00:00.000001'", 'NULL', "'1000-01-01 00:00:00'"],
  },
  { type: 'timestamp(6) NULL', values: ["'2024-01-01 01:00:00'", "'2024-01-01 01:00:00.000001'", 'NULL'] },
  { type: 'date', values: ["'2024-02-29'", "'2024-02-28'", 'NULL'] },
  { type: 'time(6)', values: ["'-838:59:58'", "'838:59:58'", "'00:00:00.000001'", 'NULL'] },
  { type: 'year', values: ['2024', '1901', 'NULL'] },
  {
    type: 'varchar(40) CHARACTER SET utf8mb4',
    values: ["'a|b'", "'a'", "''", "'NULL'", 'NULL', "'N'", "'A'", "'a '", "'😀'", "'😁'", "'1:a'"],
  },
  { type: 'char(4)', values: ["'ab'", "'abc'", "''", 'NULL'] },
  { type: 'text', values: ["'b|c'", "'c'", "''", 'NULL', "'é'", "'e'"] },
  { type: 'varbinary(20)', values: ["x'ff00fe'", "x'ff00fd'", "x'00'", "x'0000'", "x''", 'NULL'] },
  { type: 'binary(4)', values: ["x'01'", "x'0100000001'", 'NULL'].map((v) => v.replace('0100000001', '02')) },
  { type: 'longblob', values: ["x'2c'", "x'2c2c'", 'NULL'] },
  { type: "enum('a','b','')", values: ["'a'", "'b'", "''", 'NULL'] },
  { type: "set('a','b')", values: ["'a'", "'a,b'", "''", 'NULL'] },
];

const POSTGRESQL_COLUMNS: readonly HardColumn[] = [
  {
    type: 'bigint',
    values: [
      '1',
      '4294967296',
      '-1',
      '0',
      'NULL',
      '-4294967297',
      '9223372036854775807',
      '-9223372036854775808',
    ],
  },
  { type: 'integer', values: ['0', '-1', 'NULL'] },
  { type: 'boolean', values: ['true', 'false', 'NULL'] },
  { type: 'numeric', values: ['1', '-1', "'NaN'", '0', 'NULL', '10000', '100000000', '0.0001'] },
  { type: 'numeric(20,4)', values: ['1.1', '-1.1', '0', 'NULL'] },
  {
    type: 'double precision',
    values: ['1', '1.0000000000000002', "'NaN'", "'Infinity'", "'-Infinity'", 'NULL', '5e-324', '0'],
  },
  { type: 'real', values: ['1', '1.0000001', 'NULL'] },
  // The halves of 1 µs and of 2^32 µs are the same after folding.
  {
    type: 'timestamp',
    values: [
      "'2000-01-01 00:00:00.000001'",
      "'2000-01-01 01:11:34.967296'",
      "'infinity'",
      "'-infinity'",
      'NULL',
      "'0044-03-15 BC'",
    ],
  },
  {
    type: 'timestamptz',
    values: ["'2000-01-01 00:00:00.000001+00'", "'2000-01-01 01:11:34.967296+00'", 'NULL'],
  },
  { type: 'date', values: ["'2000-01-01'", "'infinity'", 'NULL'] },
  { type: 'time', values: ["'00:00:00.000001'", "'01:11:34.967296'", 'NULL'] },
  { type: 'text', values: ["'a|b'", "'a'", "''", "'NULL'", 'NULL', "'A'", "'a '", "'😀'", "'😁'"] },
  { type: 'varchar(20)', values: ["'b|c'", "'c'", "''", 'NULL', "'é'"] },
  { type: 'char(4)', values: ["'ab'", "'abc'", "''", 'NULL'] },
  { type: 'bytea', values: ["'\\xff00fe'", "'\\xff00fd'", "'\\x00'", "'\\x0000'", "'\\x'", 'NULL'] },
  {
    type: 'uuid',
    values: ["'00000000-0000-0000-0000-000000000001'", "'00000001-0000-0000-0000-000000000000'", 'NULL'],
  },
  { type: 'varbit', values: ["B'0'", "B'00'", "B'1'", 'NULL'] },
  { type: 'mood', values: ["'a'", "'b'", 'NULL'] },
];

/** Columns that must not be hashed: labels in a composite go along with the number of their type. */
const UNFIT = {
  mysql:
    "CREATE TABLE unfit (id int PRIMARY KEY, v varchar(9) CHARACTER SET utf8mb4); INSERT INTO unfit VALUES (1, 'a')",
  postgresql: `CREATE TYPE colour AS ENUM ('red'); CREATE TYPE paint AS (c colour, n int);
    CREATE TABLE unfit (id int PRIMARY KEY, v paint); INSERT INTO unfit VALUES (1, ('red', 1))`,
};

describe.each(pairs)("the servers' checksums of $source and $target", ({ source: from, target: to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  const sides = [source, target];
  const columns = isMysqlFamily(from) ? MYSQL_COLUMNS : POSTGRESQL_COLUMNS;
  const onBoth = (script: string) => Promise.all(sides.map((side) => side.run(script)));
  const run = (table: string, flags: Record<string, string> = {}) =>
    compare({ source, target, flags: { ...SERVER, tables: table, ...flags } });

  it('tell every hard value from every other one, each in a row of its own', async () => {
    const names = columns.map(({ type }, i) => `c${i} ${type}`).join(', ');
    if (from === 'postgresql') await onBoth("CREATE TYPE mood AS ENUM ('a', 'b')");
    else await onBoth("SET time_zone = '+00:00'");
    await onBoth(`CREATE TABLE hard (id int PRIMARY KEY, ${names})`);
    let id = 0;
    const rows: Record<'source' | 'target', string[]> = { source: [], target: [] };
    const expected: string[] = [];
    const rowWith = (at: number, value: string): string =>
      `(${[++id, ...columns.map((_, i) => (i === at ? value : 'NULL'))].join(', ')})`;
    for (const [at, { values }] of columns.entries()) {
      for (const value of values) {
        const row = rowWith(at, value);
        rows.source.push(row);
        rows.target.push(row);
        const other = values[(values.indexOf(value) + 1) % values.length] ?? '';
        rows.source.push(rowWith(at, value));
        id--;
        rows.target.push(rowWith(at, other));
        expected.push(`changed ${id} c${at}`);
      }
    }
    // The same value in the column beside it.
    for (const [one, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      rows.source.push(rowWith(one, '1'));
      id--;
      rows.target.push(rowWith(other, '1'));
      expected.push(`changed ${id} c0,c1`);
    }
    await source.run(`INSERT INTO hard VALUES ${rows.source.join(',')}`);
    await target.run(`INSERT INTO hard VALUES ${rows.target.join(',')}`);
    const result = await run('hard', { 'chunk-rows': '1' });
    expect(listDifferences(result)).toEqual(expected);
    expect(tableResult(result, 'hard')).toMatchObject({
      checksum: 'mixed',
      sourceRows: id,
      targetRows: id,
      findings: [],
    });
    const client = await run('hard', { 'checksum-on': 'client' });
    expect(listDifferences(client)).toEqual(expected);
    expect(tableResult(client, 'hard').checksum).toBe('client');
  });

  it('prove equal tables without reading a row', async () => {
    await onBoth('CREATE TABLE same (a int, b varchar(9), note text, PRIMARY KEY (a))');
    await onBoth("INSERT INTO same VALUES (1, 'x', NULL), (2, '', 'y'), (-5, 'z', '😀')");
    const result = await run('same');
    expect(result.result.verdict).toBe('verified');
    expect(tableResult(result, 'same')).toMatchObject({ checksum: 'server', sourceRows: 3, targetRows: 3 });
  });

  it('see values that two rows have swapped, and rows that changed in the same way', async () => {
    await onBoth('CREATE TABLE swaps (id int PRIMARY KEY, n bigint NOT NULL, t varchar(9), flag int)');
    const values = Array.from({ length: 400 }, (_, i) => `(${i}, ${i % 7}, 'v${i % 5}', 0)`);
    await onBoth(`INSERT INTO swaps VALUES ${values.join(',')}`);
    await target.run('UPDATE swaps SET n = 1 WHERE id = 0; UPDATE swaps SET n = 0 WHERE id = 1');
    await target.run("UPDATE swaps SET t = 'v3' WHERE id = 2; UPDATE swaps SET t = 'v2' WHERE id = 3");
    expect(listDifferences(await run('swaps'))).toEqual([
      'changed 0 n',
      'changed 1 n',
      'changed 2 t',
      'changed 3 t',
    ]);
    await target.run('UPDATE swaps SET flag = 1');
    expect(tableResult(await run('swaps'), 'swaps')).toMatchObject({ changed: 400 });
  });

  if (from !== to) return;

  it('cover an empty side, rows beyond both ends and conditions', async () => {
    await onBoth('CREATE TABLE ends (a int, b int, v int, PRIMARY KEY (a, b))');
    await source.run('INSERT INTO ends VALUES (1, 1, 1), (1, 2, 2), (2, 1, 3)');
    expect(listDifferences(await run('ends'))).toEqual(['missing 1/1', 'missing 1/2', 'missing 2/1']);
    await target.run(
      'INSERT INTO ends VALUES (-9, 1, 0), (1, 1, 1), (1, 2, 2), (2, 1, 3), (2, 2, 4), (7, 0, 5)',
    );
    for (const chunkRows of ['1', '100']) {
      const found = listDifferences(await run('ends', { 'chunk-rows': chunkRows }));
      expect(found).toEqual(['extra -9/1', 'extra 2/2', 'extra 7/0']);
    }
    const some = await run('ends', { where: 'ends:a BETWEEN 0 AND 2 AND b < 2 -- 1' });
    expect(tableResult(some, 'ends')).toMatchObject({
      verdict: 'verified',
      sourceRows: 2,
      checksum: 'server',
    });
    await source.run('DELETE FROM ends');
    expect(tableResult(await run('ends'), 'ends')).toMatchObject({ extra: 6 });
    await target.run('DELETE FROM ends');
    expect(tableResult(await run('ends'), 'ends')).toMatchObject({ verdict: 'verified', checksum: 'server' });
  });

  it('find few damaged rows of many by the parts of ranges, and read only these parts', async () => {
    await onBoth(`CREATE TABLE many (id int PRIMARY KEY, v int); ${fillMany(from, 'many', 60_000)}`);
    await target.run(
      'UPDATE many SET v = 0 WHERE id = 30000; DELETE FROM many WHERE id = 60000; INSERT INTO many VALUES (60001, 1)',
    );
    await target.run('UPDATE many SET v = 5 WHERE id = 1');
    const result = await run('many');
    expect(listDifferences(result)).toEqual([
      'changed 1 v',
      'changed 30000 v',
      'missing 60000',
      'extra 60001',
    ]);
    expect(tableResult(result, 'many')).toMatchObject({
      checksum: 'mixed',
      sourceRows: 60_000,
      targetRows: 60_000,
    });
    const read = result.events.flatMap((event) => (event.type === 'rows:read' ? [event.rows] : []));
    expect(read.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(2 * 8000);
  });

  it('are not asked for where a type may not be hashed, and the report and the plan say so', async () => {
    await onBoth(
      `CREATE TABLE fine (id int PRIMARY KEY); ${UNFIT[isMysqlFamily(from) ? 'mysql' : 'postgresql']}`,
    );
    if (isMysqlFamily(from)) await target.run('ALTER TABLE unfit MODIFY v varchar(9) CHARACTER SET latin1');
    await source.run(`CREATE TABLE uneven (id int PRIMARY KEY, v bigint)`);
    await target.run(`CREATE TABLE uneven (id int PRIMARY KEY, v int)`);
    const result = await compare({ source, target, flags: { ...SERVER, tables: ['unfit', 'uneven'] } });
    for (const name of ['unfit', 'uneven']) {
      expect(findingCodes(tableResult(result, name))).toEqual(['checksum-on-client']);
    }
    expect(tableResult(result, 'unfit')).toMatchObject({ verdict: 'verified', checksum: 'client' });
    const silent = await compare({ source, target, flags: { tables: ['unfit', 'uneven'] } });
    expect(tableResult(silent, 'unfit').findings).toEqual([]);
    const plan = await planRun(
      resolveConfig({
        source: source.url,
        target: target.url,
        tables: ['unfit', 'uneven', 'fine'],
        checksumOn: 'server',
      }),
    );
    expect(plan.tables.map(({ checksum }) => checksum)).toEqual([
      { on: 'server', reason: null },
      {
        on: 'client',
        reason: expect.stringMatching(/^column v is bigint.* on the source and int.* on the target$/),
      },
      { on: 'client', reason: expect.stringMatching(/^column v (is |has another character set)/) },
    ]);
  });
});

function fillMany(engine: TestEngine, table: string, rows: number): string {
  if (engine === 'postgresql') return `INSERT INTO ${table} SELECT i, i FROM generate_series(1, ${rows}) i`;
  const digits =
    'SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';
  const number = 'a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 1';
  return `INSERT INTO ${table} SELECT ${number}, ${number} FROM ${['a', 'b', 'c', 'e', 'f'].map((name) => `(${digits}) ${name}`).join(', ')} WHERE ${number} <= ${rows}`;
}

describe.each(availableEngines().filter(isMysqlFamily))('a row that %s cannot hash', (engine) => {
  const database = useDatabase(engine);

  it('shows in the sum, where it would be left out of it, or hashed as if it were NULL', async () => {
    await database.run(
      `CREATE TABLE holes (id int PRIMARY KEY, v int); INSERT INTO holes VALUES (1, 1), (2, NULL);
       CREATE TABLE large (id int PRIMARY KEY, v longtext);
       INSERT INTO large VALUES (1, REPEAT('x', @@max_allowed_packet - 4))`,
    );
    const settings = mysqlEngine.resolveConnection(new URL(database.url), {
      variables: {},
      readFile: () => null,
      homeFolder: '',
      userName: '',
    });
    const session = await mysqlEngine.open(settings);
    try {
      const { tables } = await session.ask('catalog', { settings });
      const sumOf = async (name: string, isNullKnown: boolean) => {
        const table = tables.find((candidate) => candidate.name === name);
        if (table === undefined) throw new Error('The table is not in the catalog.');
        const columns = table.columns.map((column) => ({
          ...column,
          nullable: isNullKnown && column.nullable,
        }));
        const request = {
          table,
          columns,
          key: [],
          where: null,
          range: { after: null, upTo: null },
          seed: 7n,
        };
        return session.ask('checksum', request);
      };
      expect(await sumOf('holes', true)).toMatchObject({ rows: 2 });
      // A hash of NULL is also what a row of more than max_allowed_packet bytes comes to.
      expect(await sumOf('holes', false)).toBeNull();
      // The value fits a packet, and does not with its length.
      expect(await sumOf('large', true)).toBeNull();
    } finally {
      await session.close();
    }
  });
});
