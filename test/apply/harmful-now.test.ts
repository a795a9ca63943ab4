import { describe, expect, it } from 'vitest';
import { writeRepair } from '../repair/repair-round.js';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { apply, repairFile } from './applied.js';

const TABLE = 'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT UNIQUE)';
const PAY = 'CREATE TABLE pay (id INT NOT NULL PRIMARY KEY); INSERT INTO pay VALUES (1), (2)';

/** A trigger whose deletes reach rows that no file lists. */
function sweeper({ engine }: TestDatabase, event: string): string {
  return engine === 'postgresql'
    ? `CREATE FUNCTION sweep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM pay WHERE id = 2; RETURN NULL; END';
       CREATE TRIGGER sweep AFTER ${event} ON t FOR EACH ROW EXECUTE FUNCTION sweep()`
    : `CREATE TRIGGER sweep AFTER ${event} ON t FOR EACH ROW DELETE FROM pay WHERE id = 2`;
}

async function onPair(
  engine: Parameters<typeof openTestDatabase>[0],
  work: (sides: { source: TestDatabase; target: TestDatabase }) => Promise<void>,
): Promise<void> {
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  try {
    await source.run(`${TABLE}; INSERT INTO t VALUES (1, 10), (2, 20)`);
    await target.run(`${TABLE}; ${PAY}; INSERT INTO t VALUES (1, 11)`);
    await work({ source, target });
  } finally {
    await Promise.all([source.drop(), target.drop()]);
  }
}

const rowsOf = (target: TestDatabase) => target.query('SELECT id, n FROM t ORDER BY id');
const paid = (target: TestDatabase) => target.query('SELECT id FROM pay ORDER BY id');

describe.each(availableEngines())('what applying a file to %s would set off now', (engine) => {
  it('keeps its undo from statements that a trigger answers by changing other rows', async () => {
    await onPair(engine, async ({ source, target }) => {
      await target.run(sweeper(target, 'DELETE'));
      const file = await repairFile({ source, target }, ['--tables', 't']);
      const done = await apply(target, file);
      expect(done.result).toMatchObject({ applied: 2, refused: 0 });
      expect(done.undo).toMatch(/WARNING: Of t, trigger sweep of the table may change other rows/);
      const undone = await apply(target, done.result.undoPath ?? '');
      expect(undone.result).toMatchObject({ applied: 1, refused: 1, differing: 0 });
      expect(undone.left).toMatchObject([
        { kind: 'refused', key: 'id = 2', reason: 'Trigger sweep of the table may change other rows.' },
      ]);
      expect(await rowsOf(target)).toEqual([
        ['1', '11'],
        ['2', '20'],
      ]);
      expect(await paid(target)).toEqual([['1'], ['2']]);
    });
  });

  it('keeps a file from a trigger that was made after it was written', async () => {
    await onPair(engine, async ({ source, target }) => {
      const file = await repairFile({ source, target }, ['--tables', 't']);
      await target.run(sweeper(target, 'INSERT'));
      const { result, left } = await apply(target, file);
      expect(result).toMatchObject({ applied: 1, refused: 1 });
      expect(left[0]?.reason).toBe('Trigger sweep of the table may change other rows.');
      expect(await rowsOf(target)).toEqual([['1', '10']]);
      expect(await paid(target)).toEqual([['1'], ['2']]);
    });
  });

  it('keeps a file from updates that a foreign key made later would hand on', async () => {
    await onPair(engine, async ({ source, target }) => {
      const file = await repairFile({ source, target }, ['--tables', 't']);
      await target.run(
        `CREATE TABLE child (n INT, FOREIGN KEY (n) REFERENCES t (n) ON UPDATE CASCADE); INSERT INTO child VALUES (11)`,
      );
      const { result, left } = await apply(target, file);
      expect(result).toMatchObject({ applied: 1, refused: 1 });
      expect(left[0]?.reason).toMatch(
        /^Foreign key \S+ refers to column n, so rows of \S*child may change along\.$/,
      );
      expect(await target.query('SELECT n FROM child')).toEqual([['11']]);
    });
  });

  it('keeps a file from filling a row later under a trigger that is harmful for updates', async () => {
    const circle = `${TABLE.replace('n INT UNIQUE', 'n INT, FOREIGN KEY (n) REFERENCES t (id)')}`;
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    try {
      await source.run(`${circle}; INSERT INTO t VALUES (1, NULL), (2, 1), (3, NULL)`);
      await target.run(`${circle}; ${PAY}; ${sweeper(target, 'UPDATE')}`);
      const file = await repairFile({ source, target }, ['--tables', 't']);
      const { result } = await apply(target, file);
      expect(result).toMatchObject({ applied: 2, refused: 0 });
      expect(result.plan.leftAlone).toBe(1);
      expect(await rowsOf(target)).toEqual([
        ['1', null],
        ['3', null],
      ]);
      expect(await paid(target)).toEqual([['1'], ['2']]);
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });
});

/** A trigger that stamps every row that is updated. */
const stamp = ({ engine }: TestDatabase, table: string): string =>
  engine === 'postgresql'
    ? `CREATE FUNCTION stamp_${table}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := clock_timestamp(); RETURN NEW; END';
       CREATE TRIGGER stamp_${table} BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION stamp_${table}()`
    : `CREATE TRIGGER stamp_${table} BEFORE UPDATE ON ${table} FOR EACH ROW SET NEW.at = SYSDATE(6)`;

const STAMPED = [
  {
    what: 'a ring of unique values',
    tables: [
      "CREATE TABLE c (id INT NOT NULL PRIMARY KEY, mail VARCHAR(20) UNIQUE, at TIMESTAMP(6) NOT NULL DEFAULT '2024-01-01 00:00:00')",
    ],
    stamped: ['c'],
    source: "INSERT INTO c (id, mail) VALUES (1, 'a'), (2, 'b')",
    target: "INSERT INTO c (id, mail) VALUES (1, 'b'), (2, 'a')",
    rows: 'SELECT id, mail FROM c ORDER BY id',
  },
  {
    what: 'a circle of tables',
    tables: [
      "CREATE TABLE c (id INT NOT NULL PRIMARY KEY, best INT, at TIMESTAMP(6) NOT NULL DEFAULT '2024-01-01 00:00:00')",
      'CREATE TABLE o (id INT NOT NULL PRIMARY KEY, c INT NOT NULL, FOREIGN KEY (c) REFERENCES c (id))',
      'ALTER TABLE c ADD FOREIGN KEY (best) REFERENCES o (id)',
    ],
    stamped: ['c'],
    source: 'INSERT INTO c (id) VALUES (1); INSERT INTO o VALUES (5, 1); UPDATE c SET best = 5',
    target: 'INSERT INTO c (id) VALUES (2); INSERT INTO o VALUES (6, 2); UPDATE c SET best = 6',
    rows: 'SELECT id, best FROM c UNION ALL SELECT id, c FROM o ORDER BY 1',
  },
];

describe.each(availableEngines())(
  'rows of several statements on %s under a trigger that stamps updates',
  (engine) => {
    it.each(STAMPED)('$what: are repaired and taken back, by apply and by a client', async (scenario) => {
      const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
      try {
        const create = scenario.tables.join('; ');
        await source.run(`${create}; ${scenario.source}`);
        await target.run(`${create}; ${scenario.target}`);
        for (const table of scenario.stamped) await target.run(stamp(target, table));
        const rows = (side: TestDatabase) => side.query(scenario.rows);
        const before = await rows(target);
        const ignored = ['--ignore-columns', 'c.at'];
        for (const flags of [[], ignored]) {
          const file = await repairFile({ source, target }, flags);
          const done = await apply(target, file);
          expect(done.result).toMatchObject({ refused: 0, changed: 0 });
          expect(await rows(target)).toEqual(await rows(source));
          const undone = await apply(target, done.result.undoPath ?? '');
          expect(undone.result).toMatchObject({ refused: 0, changed: 0 });
          expect(await rows(target)).toEqual(before);
        }
        const written = await writeRepair({ source, target });
        await written.apply('repair');
        expect(await rows(target)).toEqual(await rows(source));
        await written.apply('undo');
        expect(await rows(target)).toEqual(before);
        written.remove();
      } finally {
        await Promise.all([source.drop(), target.drop()]);
      }
    });
  },
);
