import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { availableEngines, fewEnginePairs, type TestEngine, useDatabase } from '../support/database.js';
import { applySql, expectRoundTrip, writeRepair } from './repair-round.js';
import { cutBehindEachLine, writeFiles } from './stopped-files.js';

const TYPES: Readonly<Record<'mysql' | 'postgresql', string>> = {
  mysql: `word VARCHAR(20), code CHAR(5), raw VARBINARY(20), price DECIMAL(10,3), ratio DOUBLE, at DATETIME(6), clock TIME(3),
    day DATE, n BIGINT, half BIGINT GENERATED ALWAYS AS (n DIV 2) VIRTUAL) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
  postgresql: `word VARCHAR(20), code CHAR(5), raw BYTEA, price NUMERIC(10,3), ratio DOUBLE PRECISION, at TIMESTAMP, clock TIME(3),
    day DATE, n BIGINT, half BIGINT GENERATED ALWAYS AS (n / 2) STORED)`,
};

/** Word, code, bytes, price, ratio, at, clock, day, n: many differ in one thing only. */
const VALUES = [
  [null, null, null, null, null, null, null, null, null],
  ["''", "''", '', '0', '0', "'2024-01-01 00:00:00'", "'00:00:00'", "'2024-01-01'", '0'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'A'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a '", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'ä'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'A'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '6100', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.501', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.5', '0.30000000000000004', "'2024-01-01 00:00:00.000001'", null, null, '1'],
  ["'a'", "'a'", '61', '1.5', '0.3', "'2024-01-01 00:00:00.000001'", null, null, '1'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000002'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.002'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", null],
  ["'NULL'", "'a'", '00ff27', '-1.5', '-0.1', "'2024-01-01 00:00:00'", null, null, '9223372036854775807'],
  ["'?'", "'it''s'", '5c27', '-1.5', '1e300', "'2024-01-01 00:00:00'", null, null, '-9223372036854775808'],
] as const;

/** How often each of the rows is on the source and on the target. */
const COPIES: readonly (readonly [source: number, target: number])[] = [
  [5, 2],
  [0, 1],
  [2, 0],
  [1, 2],
  [0, 5],
  [1, 0],
  [2, 5],
  [5, 0],
  [2, 1],
  [1, 5],
  [0, 2],
  [5, 1],
  [5, 5],
  [1, 1],
  [0, 2],
  [2, 1],
];

const NAMES = 'word, code, raw, price, ratio, at, clock, day, n';

function insertRows(engine: TestEngine, table: string, copies: (row: number) => number): string {
  const rows = VALUES.flatMap((values, row) => {
    const [word, code, raw, ...others] = values;
    const bytes = engine === 'postgresql' ? `decode('${raw}', 'hex')` : `x'${raw}'`;
    const list = [word, code, raw === null ? null : bytes, ...others].map((value) => value ?? 'NULL');
    return Array.from({ length: copies(row) }, () => `(${list.join(', ')})`);
  });
  return `INSERT INTO ${table} (${NAMES}) VALUES ${rows.join(', ')}`;
}

function createTable(engine: TestEngine, table: string): string {
  return `CREATE TABLE ${table} (${engine === 'postgresql' ? TYPES.postgresql : TYPES.mysql}`;
}

describe.each(fewEnginePairs())('rows without a key, $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  it('are made as many as on the source, exactly, and are brought back', async () => {
    for (const [side, database] of [source, target].entries()) {
      const engine = database.engine;
      const copies = (row: number): number => COPIES[row]?.[side] ?? 0;
      await database.run(`${createTable(engine, 't')}; ${insertRows(engine, 't', copies)}`);
    }
    const written = await expectRoundTrip({ source, target });
    expect(written.result.stderr).not.toContain('alone');
    expect(written.repair).toContain('17 inserted, 0 updated, 18 deleted, 0 left alone');
  }, 120_000);
});

describe.each(availableEngines())('rows of %s without a key', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const sides = { source, target };
  const isPostgres = engine === 'postgresql';

  const setUp = async (wanted: string, found: string, columns = 'a INT, b VARCHAR(20)'): Promise<void> => {
    for (const database of [source, target]) {
      await database.run(`DROP TABLE IF EXISTS other; DROP TABLE IF EXISTS t; CREATE TABLE t (${columns})`);
      const rows = database === source ? wanted : found;
      if (rows !== '') await database.run(`INSERT INTO t VALUES ${rows}`);
    }
  };
  const read = async (): Promise<string> => JSON.stringify((await target.query('SELECT * FROM t')).sort());
  /** What the file says of the rows that it leaves alone. */
  const leftAlone = async (flags: readonly string[] = []): Promise<string> => {
    const { repair, remove } = await writeRepair(sides, flags);
    remove();
    expect(repair).not.toContain('/*r ');
    return (repair.match(/^-- {3}.*$/gm) ?? []).join('\n');
  };

  it('that came meanwhile are not doubled, and are left by the undo, run again or not', async () => {
    await setUp("(1, 'x'), (1, 'x'), (1, 'x'), (2, 'y')", "(2, 'y'), (2, 'y'), (2, 'y'), (3, NULL)");
    const written = await writeRepair(sides);
    await target.run("INSERT INTO t VALUES (1, 'x')");
    const before = await read();
    await written.apply('repair');
    const repaired = await read();
    expect((await target.query('SELECT COUNT(*) FROM t WHERE a = 1'))[0]).toEqual(['3']);
    expect((await target.query('SELECT COUNT(*) FROM t WHERE a <> 1'))[0]).toEqual(['1']);
    await written.apply('repair');
    expect(await read()).toBe(repaired);
    for (let run = 0; run < 3; run++) {
      await written.apply('undo');
      expect(await read()).toBe(before);
    }
    const { repair, undo } = written;
    expect(undo.match(/WARNING: .*t has no key: run this once/g)).toHaveLength(1);
    expect(repair).not.toContain('run this once');
    written.remove();
  });

  it('that others added or took are left as they are, before the repair and before the undo', async () => {
    await setUp("(1, 'x'), (1, 'x'), (1, 'x'), (2, 'y')", "(1, 'x'), (2, 'y'), (2, 'y'), (2, 'y')");
    const written = await writeRepair(sides);
    await target.run("DELETE FROM t WHERE a = 1; INSERT INTO t VALUES (2, 'y')");
    const changed = await read();
    await written.apply('repair');
    expect(await read()).toBe(changed);
    await target.run("DELETE FROM t; INSERT INTO t VALUES (1, 'x'), (2, 'y'), (2, 'y'), (2, 'y')");
    await written.apply('repair');
    await target.run("INSERT INTO t VALUES (1, 'x')");
    await written.apply('undo');
    expect(await target.query('SELECT COUNT(*) FROM t WHERE a = 1')).toEqual([['4']]);
    expect(await target.query('SELECT COUNT(*) FROM t WHERE a = 2')).toEqual([['3']]);
    written.remove();
  });

  it('that somebody changes in the very moment of their DELETE are kept', async () => {
    await setUp("(1, 'x')", "(1, 'x'), (2, 'y')");
    const written = await writeRepair(sides);
    await target.run("BEGIN; UPDATE t SET b = 'changed' WHERE a = 2");
    const applied = written.apply('repair');
    await sleep(1_000);
    await target.run('COMMIT');
    await applied;
    expect(await target.query('SELECT * FROM t ORDER BY a')).toEqual([
      ['1', 'x'],
      ['2', 'changed'],
    ]);
    written.remove();
  });

  it('come behind the rows that they refer to, and are left alone where those do not come', async () => {
    for (const database of [source, target]) {
      await database.run(
        `DROP TABLE IF EXISTS other; DROP TABLE IF EXISTS t; CREATE TABLE other (id INT NOT NULL PRIMARY KEY);
         CREATE TABLE t (a INT, b INT${database === target ? ', FOREIGN KEY (a) REFERENCES other (id)' : ''})`,
      );
    }
    await source.run(
      'INSERT INTO other VALUES (1); INSERT INTO t VALUES (1, 1), (1, 1), (9, 9), (9, 9), (NULL, 5)',
    );
    await target.run('INSERT INTO other VALUES (2); INSERT INTO t VALUES (2, 2), (2, 2)');
    const { repair, apply, remove } = await writeRepair(sides);
    expect(repair).toMatch(/t: 3 inserted, 0 updated, 2 deleted, 2 left alone/);
    expect(repair).toMatch(/\(whole row, 2 copies\): the row of \S+other that it refers to is not there/);
    const before = await read();
    await apply('repair');
    expect(await target.query('SELECT a, b FROM t ORDER BY b')).toEqual([
      ['1', '1'],
      ['1', '1'],
      [null, '5'],
    ]);
    await apply('undo');
    expect(await read()).toBe(before);
    await target.run('DROP TABLE t');
    remove();
  });

  it('are all or none of a row in one transaction, and are taken back as far as a repair came', async () => {
    await setUp("(1, 'x'), (1, 'x'), (1, 'x'), (2, NULL)", "(2, NULL), (2, NULL), (2, NULL), (3, 'z')");
    const files = await writeFiles(source, target);
    const told = `${files.repair}.told`;
    const stops = cutBehindEachLine(files.repair);
    expect(stops.filter(({ text }) => text.endsWith('COMMIT;\n'))).toHaveLength(3);
    for (const [i, stop] of stops.entries()) {
      if (i % 2 === 1) continue;
      rmSync(told, { force: true });
      await target.run(
        "DELETE FROM t; INSERT INTO t VALUES (1, 'x'), (2, NULL), (2, NULL), (2, NULL), (3, 'z')",
      );
      const before = await read();
      const path = `${files.repair}.cut.sql`;
      writeFileSync(path, stop.text);
      await applySql(target, path, { printsTo: told });
      const stopped = await read();
      const undo = applySql(target, files.undo, { told });
      if (stop.isUnclear) await expect(undo).rejects.toThrow('was the last COMMIT of the repair done?');
      else await undo;
      expect(await read(), stop.text).toBe(stop.isUnclear ? stopped : before);
    }
    rmSync(dirname(files.repair), { recursive: true, force: true });
  }, 300_000);

  it('are repaired where columns that the user named do not tell them apart', async () => {
    await setUp("(1, 'x'), (1, 'y'), (1, 'y')", "(1, 'x'), (1, 'x'), (1, 'y')");
    await expectRoundTrip(sides, { flags: ['--key', 't:a'], rawFlags: { key: ['t:a'] } });
  });

  it('are found by an index on one of their columns', async () => {
    const columns = 'a INT, b VARCHAR(20)';
    const rows = Array.from({ length: 500 }, (_, i) => `(${i}, 'word${i}')`).join(', ');
    await setUp(`${rows}, (7, 'word7')`, rows, columns);
    await target.run('CREATE INDEX t_b ON t (b)');
    const { repair, remove } = await writeRepair(sides);
    remove();
    const [, where] = /\/\*k\*\/ (.*?) \/\*g\*\//.exec(repair) ?? [];
    if (isPostgres) await target.run('SET enable_seqscan = off');
    const plan = await target.query(`EXPLAIN SELECT COUNT(*) FROM t WHERE ${where}`);
    expect(JSON.stringify(plan)).toContain('t_b');
    if (isPostgres) await target.run('RESET enable_seqscan');
  });

  it.each([
    ['FLOAT', isPostgres ? 'REAL' : 'FLOAT', '1.5', '2.5'],
    ['JSON', 'JSON', `'{"a": 1}'`, `'{"a": 2}'`],
  ])('with a %s column are left alone', async (_title, type, wanted, found) => {
    await setUp(`(1, ${wanted})`, `(1, ${found})`, `a INT, b ${type}`);
    const reasons = await leftAlone();
    expect(reasons.split('\n')).toHaveLength(2);
    expect(reasons).toMatch(
      /nothing tells its rows apart, and no condition holds for exactly the value of column b/,
    );
  });

  it('of which a column was not compared, or hidden by a condition, are left alone', async () => {
    await setUp("(1, 'x'), (1, 'x')", "(2, 'y')");
    expect(await leftAlone(['--ignore-columns', 't.b'])).toMatch(
      /insert \S+ \(whole row, 2 copies\): nothing tells its rows apart, and column b, which was not compared/,
    );
    expect(await leftAlone(['--where', 't:a > 0', '--target-where', 't:a > 0'])).toContain(
      'rows that do not meet the condition of the run may equal them',
    );
  });

  it('that a foreign key refers to, or that a trigger may change, are left alone', async () => {
    await setUp("(1, 'x')", "(2, 'y')", 'a INT UNIQUE, b VARCHAR(20)');
    await target.run('CREATE TABLE other (a INT, FOREIGN KEY (a) REFERENCES t (a))');
    const referred = await leftAlone(['--tables', 't']);
    expect(referred).toMatch(/foreign key \S+ refers to them \(--key t:a may do so\)/);
    await setUp("(1, 'x')", '');
    await target.run(
      isPostgres
        ? `CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := upper(NEW.b); RETURN NEW; END $$;
           CREATE TRIGGER t_loud BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a = 1) EXECUTE FUNCTION loud()`
        : 'CREATE TRIGGER t_loud BEFORE INSERT ON t FOR EACH ROW SET NEW.b = UPPER(NEW.b)',
    );
    expect(await leftAlone()).toContain('trigger t_loud may store another row than the one that is written');
  });

  it('are repaired by the key that the reason names', async () => {
    const columns = `code VARCHAR(20) UNIQUE, n ${isPostgres ? 'REAL' : 'FLOAT'}`;
    await setUp("('a', 1.5), ('b', 2)", "('a', 2.5)", columns);
    expect(await leftAlone()).toContain('(--key t:code may do so)');
    await expectRoundTrip(sides, { flags: ['--key', 't:code'], rawFlags: { key: ['t:code'] } });
  });

  it('whose unique value passes to another row, and of which one cannot be there twice, are told', async () => {
    const columns = 'code VARCHAR(20), n INT';
    await setUp("('a', 1), ('b', 2), ('b', 2)", "('a', 7)", columns);
    await target.run('CREATE UNIQUE INDEX t_code ON t (code)');
    const { repair, apply, remove } = await writeRepair(sides);
    expect(repair).toContain('1 inserted, 0 updated, 1 deleted, 2 left alone');
    expect(repair).toContain('another row of the source has an equal value of unique key t_code');
    await apply('repair');
    expect(await target.query('SELECT * FROM t')).toEqual([['a', '1']]);
    await apply('undo');
    expect(await target.query('SELECT * FROM t')).toEqual([['a', '7']]);
    remove();
  });

  it('of a large table without an index are left alone, and with one are repaired', async () => {
    const many = (from: number): string =>
      Array.from({ length: 8_000 }, (_, i) => `(${from + i}, 'x')`).join(', ');
    await setUp(many(0), many(10_000));
    expect(await leftAlone()).toMatch(
      /no index helps to find them, and 16,000 statements would read 8,000 rows each/,
    );
    await target.run('CREATE INDEX t_a ON t (a)');
    const { repair, remove } = await writeRepair(sides);
    remove();
    expect(repair).toContain('8000 inserted, 0 updated, 8000 deleted, 0 left alone');
  }, 120_000);

  it.runIf(isPostgres)('in partitions are taken by where they lie in their own', async () => {
    for (const database of [source, target]) {
      await database.run(
        `DROP TABLE IF EXISTS t; CREATE TABLE t (a INT, b VARCHAR(20)) PARTITION BY LIST (a);
         CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2)`,
      );
    }
    await source.run("INSERT INTO t VALUES (1, 'x'), (2, 'x'), (2, 'y'), (2, 'y'), (2, 'y')");
    await target.run(
      "INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, 'x'), (2, 'x'), (2, 'y'), (2, 'z')",
    );
    await expectRoundTrip(sides);
  });
});
