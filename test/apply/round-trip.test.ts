import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { applySql } from '../repair/repair-round.js';
import {
  availableEngines,
  openTestDatabase,
  type TestDatabase,
  type TestEngine,
  useDatabase,
} from '../support/database.js';
import { apply, dump, repairFile } from './applied.js';

const TYPES: Readonly<Record<TestEngine, string>> = {
  postgresql: `price numeric(10,2), ratio double precision, small real, doc jsonb, raw bytea, at timestamptz, day date,
    flag boolean, tags text[], span interval, name varchar(30), code char(5)`,
  mysql: `price decimal(10,2), ratio double, small float, doc json, raw blob, at timestamp(6) null, day date, flag bit(3),
    tags set('a','b'), span time(3), name varchar(30) character set latin1, code char(5)`,
  mariadb: `price decimal(10,2), ratio double, small float, doc json, raw blob, at timestamp(6) null, day date, flag bit(3),
    tags set('a','b'), span time(3), name varchar(30) character set latin1, code char(5)`,
};

const ROWS: Readonly<Record<TestEngine, readonly [wanted: string, found: string]>> = {
  postgresql: [
    `1.50, 0.1, 1.1, '{"a": [1, 2.50]}', '\\x00ff27', '2024-02-29 12:00:00.123456+02', '2024-01-01', true, '{a,"b c",NULL}', '1 mon 2 days 03:00', 'it''s \\ é', 'ab'`,
    `9.99, 'NaN', 3.3, 'null', '\\x', 'infinity', '0044-03-15 BC', null, '{}', '-1 day', E'two\\nlines', ''`,
  ],
  mysql: [
    `1.50, 0.1, 1.1, '{"a": [1, 2.50]}', 0x00ff27, '2024-02-29 12:00:00.123456', '2024-01-01', b'101', 'a,b', '-03:00:00.5', 'it''s \\\\ é', 'ab'`,
    `9.99, -0e0, 3.3, 'null', '', '2001-01-01 00:00:00', '9999-12-31', b'001', '', '838:59:59', 'two\nlines', ''`,
  ],
  mariadb: [
    `1.50, 0.1, 1.1, '{"a": [1, 2.50]}', 0x00ff27, '2024-02-29 12:00:00.123456', '2024-01-01', b'101', 'a,b', '-03:00:00.5', 'it''s \\\\ é', 'ab'`,
    `9.99, -0e0, 3.3, 'null', '', '2001-01-01 00:00:00', '9999-12-31', b'001', '', '838:59:59', 'two\nlines', ''`,
  ],
};

/** A source with rows 1, 2 and 3, and a target in which 1 is missing, 2 is another, and 4 and a tree are too many. */
async function openSides(engine: TestEngine): Promise<{ source: TestDatabase; target: TestDatabase }> {
  const [wanted, found] = ROWS[engine];
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  const create = `CREATE TABLE t (id int PRIMARY KEY, ${TYPES[engine]}, note varchar(40));
    CREATE TABLE child (id int PRIMARY KEY, t_id int, CONSTRAINT child_t FOREIGN KEY (t_id) REFERENCES t (id));
    CREATE TABLE tree (id int PRIMARY KEY, above int, CONSTRAINT tree_above FOREIGN KEY (above) REFERENCES tree (id))`;
  await source.run(`${create};
    INSERT INTO t VALUES (1, ${wanted}, 'source'), (2, ${wanted}, 'source'), (3, ${found}, 'source');
    INSERT INTO child VALUES (1, 1), (2, 2)`);
  await target.run(`${create};
    INSERT INTO t VALUES (2, ${found}, 'target'), (3, ${found}, 'target'), (4, ${found}, 'kept?'), (5, ${wanted}, 'kept?');
    INSERT INTO child VALUES (2, 3), (4, 4);
    INSERT INTO tree VALUES (1, null); INSERT INTO tree VALUES (2, 1); INSERT INTO tree VALUES (3, 2), (4, 2)`);
  return { source, target };
}

describe.each(availableEngines())('a repair applied to %s', (engine) => {
  it('makes the target equal, and its undo brings back every column of every row, by apply and by the client', async () => {
    const sides = await openSides(engine);
    try {
      const tables = ['t', 'child', 'tree'];
      const before = await dump(sides.target, tables);
      const file = await repairFile(sides, ['--ignore-columns', 't.note']);
      for (const takeBack of ['apply', 'client'] as const) {
        const { result, left } = await apply(sides.target, file);
        expect(left).toEqual([]);
        expect(result).toMatchObject({
          applied: 11,
          done: 0,
          changed: 0,
          refused: 0,
          differing: 0,
          verified: 11,
        });
        const repaired = await compare({ ...sides, flags: { 'ignore-columns': 't.note' } });
        expect(repaired.result.verdict).toBe('verified');
        expect(statSync(result.undoPath ?? '').mode & 0o777).toBe(0o600);
        if (takeBack === 'client') await applySql(sides.target, result.undoPath ?? '');
        else
          expect((await apply(sides.target, result.undoPath ?? '')).result).toMatchObject({
            applied: 11,
            differing: 0,
          });
        expect(await dump(sides.target, tables)).toEqual(before);
      }
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });

  it.runIf(engine === 'mysql')('takes documents that are text on the source', async () => {
    const [source, target] = [await openTestDatabase('mariadb'), await openTestDatabase(engine)];
    try {
      for (const { run } of [source, target]) await run('CREATE TABLE docs (id int PRIMARY KEY, doc json)');
      await source.run(`INSERT INTO docs VALUES (1, '{"a":1}'), (2, '{"a":2.5}'), (3, '["x"]')`);
      await target.run(`INSERT INTO docs VALUES (1, '{"a": 1.1}'), (2, '{"a": 2}'), (3, '["y", 0.5]')`);
      const before = await dump(target, ['docs']);
      const { result, left } = await apply(target, await repairFile({ source, target }));
      expect(left).toEqual([]);
      expect(result).toMatchObject({ applied: 3, refused: 0, differing: 0 });
      expect((await compare({ source, target })).result.verdict).toBe('verified');
      await apply(target, result.undoPath ?? '');
      expect(await dump(target, ['docs'])).toEqual(before);
    } finally {
      await source.drop();
      await target.drop();
    }
  });

  it('takes back what the server sets in every UPDATE, and names what a trigger sets again', async () => {
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    const tables = engine === 'postgresql' ? ['by_trigger'] : ['by_trigger', 'by_column'];
    const [old, stamp] = ["'2020-01-01 00:00:00'", "'2030-01-01 00:00:00'"];
    try {
      for (const { run } of [source, target]) {
        await run('CREATE TABLE by_trigger (id int PRIMARY KEY, n int, updated_at timestamp NULL)');
        if (engine !== 'postgresql')
          await run(
            'CREATE TABLE by_column (id int PRIMARY KEY, n int, updated_at timestamp NULL ON UPDATE CURRENT_TIMESTAMP)',
          );
      }
      for (const table of tables) {
        await source.run(`INSERT INTO ${table} VALUES (1, 1, ${old}), (2, 2, ${old})`);
        await target.run(`INSERT INTO ${table} VALUES (1, 0, ${old}), (3, 3, ${old})`);
      }
      await target.run(
        engine === 'postgresql'
          ? `CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := ${stamp}; RETURN NEW; END $$;
             CREATE TRIGGER stamp BEFORE UPDATE ON by_trigger FOR EACH ROW EXECUTE FUNCTION stamp()`
          : `CREATE TRIGGER stamp BEFORE UPDATE ON by_trigger FOR EACH ROW SET NEW.updated_at = ${stamp}`,
      );
      const before = await dump(target, tables);
      const file = await repairFile({ source, target }, ['--ignore-columns', '*.updated_at']);
      const { result } = await apply(target, file);
      expect(result).toMatchObject({ applied: 3 * tables.length, refused: 0, differing: 0 });
      const undone = await apply(target, result.undoPath ?? '');
      expect(undone.result).toMatchObject({ applied: 3 * tables.length, refused: 0, differing: 1 });
      expect(undone.left).toMatchObject([
        {
          kind: 'differs',
          table: expect.stringMatching(/\.by_trigger$/),
          reason: expect.stringContaining('updated_at'),
        },
      ]);
      expect(await target.query('SELECT id, n FROM by_trigger ORDER BY id')).toEqual([
        ['1', '0'],
        ['3', '3'],
      ]);
      expect((await dump(target, tables)).slice(1)).toEqual(before.slice(1));
    } finally {
      await source.drop();
      await target.drop();
    }
  });

  it('does nothing when it is applied again', async () => {
    const sides = await openSides(engine);
    try {
      const file = await repairFile(sides);
      await apply(sides.target, file);
      const { result, left } = await apply(sides.target, file);
      expect(result).toMatchObject({ applied: 0, done: 12, verified: 12, differing: 0, undoPath: null });
      expect(left).toEqual([]);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });
});

// Rows of other drivers are kept from filling the memory in the same way.
describe.each(['mariadb', 'postgresql'] as const)('large rows behind many small ones on %s', (engine) => {
  const [source, target] = [useDatabase(engine), useDatabase(engine)];
  const [type, characters] = engine === 'postgresql' ? ['text', 4_000_000] : ['longtext', 2_000_000];
  const numbers = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => from + i);

  it('are applied one by one where a group of them is longer than an answer may be', async () => {
    for (const { run } of [source, target]) {
      const small = numbers(1, 70).map((id) => `(${id}, 0, 'x')`);
      await run(
        `CREATE TABLE t (id int PRIMARY KEY, n int, doc ${type}); INSERT INTO t VALUES ${small.join(', ')}`,
      );
      const large = numbers(101, 20).map((id) => `(${id}, 0, repeat('x', ${characters}))`);
      await run(`INSERT INTO t VALUES ${large.join(', ')}`);
    }
    await source.run('UPDATE t SET n = 1');
    const { result } = await apply(target, await repairFile({ source, target }));
    expect(result).toMatchObject({ applied: 90, refused: 0, verified: 90, differing: 0 });
  });
});
