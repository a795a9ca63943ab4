import { resolveConfig, verify } from 'rowproof';
import { describe, expect, it } from 'vitest';
import type { RowDifference } from '../../src/core/difference.js';
import { surveyBoth } from '../../src/repair/survey-both.js';
import { compare, listDifferences } from '../app/compare.js';
import { availableEngines, openTestDatabase, type TestEngine } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { expectRoundTrip, type RepairSides, writeRepair } from './repair-round.js';

interface Data {
  readonly tables: string;
  readonly source: string;
  readonly target: string;
}

/** Two databases with the same tables and other rows, for the length of one test. */
async function withSides(
  engine: TestEngine,
  data: Data,
  use: (sides: RepairSides) => Promise<void>,
): Promise<void> {
  const source = await openTestDatabase(engine);
  const target = await openTestDatabase(engine);
  try {
    await source.run(`${data.tables}; ${data.source}`);
    await target.run(`${data.tables}; ${data.target}`);
    await use({ source, target });
  } finally {
    await Promise.all([source.drop(), target.drop()]);
  }
}

const PLAIN = 'CREATE TABLE plain (id INT NOT NULL PRIMARY KEY, word VARCHAR(20), note VARCHAR(20))';

describe.each(availableEngines())('repair of %s', (engine) => {
  const isPostgres = engine === 'postgresql';

  it('leaves a row alone that was changed since it was read', async () => {
    const data = {
      tables: PLAIN,
      source: "INSERT INTO plain VALUES (1, 'right', 'n'), (2, 'right', 'n')",
      target:
        "INSERT INTO plain VALUES (1, 'wrong', 'n'), (2, 'Wrong', 'n'), (3, 'extra', NULL), (4, 'extra', NULL)",
    };
    await withSides(engine, data, async (sides) => {
      const written = await writeRepair(sides);
      await sides.target.run(
        "UPDATE plain SET word = 'wrong ' WHERE id = 2; UPDATE plain SET note = 'new' WHERE id = 4",
      );
      await written.apply('repair');
      written.remove();
      expect(await sides.target.query('SELECT id, word FROM plain ORDER BY id')).toEqual([
        ['1', 'right'],
        ['2', 'wrong '],
        ['4', 'extra'],
      ]);
    });
  });

  it('keeps columns that were not compared, and sets only those that changed', async () => {
    const stamp = isPostgres
      ? 'stamp TIMESTAMP DEFAULT now()'
      : 'stamp TIMESTAMP DEFAULT NOW() ON UPDATE NOW()';
    const data = {
      tables: `CREATE TABLE kept (id INT NOT NULL PRIMARY KEY, word VARCHAR(20), note VARCHAR(20), ${stamp})`,
      source:
        "INSERT INTO kept VALUES (1, 'right', 'source', '2001-01-01'), (2, 'new', 'source', '2001-01-01')",
      target: "INSERT INTO kept VALUES (1, 'wrong', 'target', '2002-02-02')",
    };
    await withSides(engine, data, async (sides) => {
      const flags = ['--ignore-columns', 'kept.note', 'kept.stamp'];
      const { repair } = await expectRoundTrip(sides, {
        flags,
        rawFlags: { 'ignore-columns': ['kept.note', 'kept.stamp'] },
      });
      expect(repair).not.toContain("source'");
      const written = await writeRepair(sides, flags);
      await written.apply('repair');
      written.remove();
      const rows = await sides.target.query('SELECT word, note, stamp FROM kept WHERE id = 1');
      expect(rows).toEqual([['right', 'target', '2002-02-02 00:00:00']]);
    });
  });

  it('lists a row that lacks a required value with the reason, and its children, and repairs the others', async () => {
    const data = {
      tables: `CREATE TABLE parent (id INT NOT NULL PRIMARY KEY, must VARCHAR(20) NOT NULL);
        CREATE TABLE child (id INT NOT NULL PRIMARY KEY, parent_id INT, FOREIGN KEY (parent_id) REFERENCES parent (id))`,
      source:
        "INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (10, 1), (20, 2), (30, NULL)",
      target: "INSERT INTO parent VALUES (1, 'a')",
    };
    await withSides(engine, data, async (sides) => {
      const flags = ['--ignore-columns', 'parent.must'];
      const written = await writeRepair(sides, flags);
      expect(written.result.stderr).toContain('leaves 2 rows alone');
      expect(written.repair).toContain('parent id=2: column must must have a value and was not compared');
      expect(written.repair).toMatch(/child id=20: the row of .*parent that it refers to cannot be repaired/);
      await written.apply('repair');
      written.remove();
      const left = await compare({ ...sides, flags: { 'ignore-columns': 'parent.must' } });
      expect(listDifferences(left)).toEqual(['missing 20', 'missing 2']);
    });
  });

  it('never writes generated columns, and writes identity columns', async () => {
    const id = isPostgres
      ? 'id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY'
      : 'id INT NOT NULL AUTO_INCREMENT PRIMARY KEY';
    const insert = (rows: string) =>
      `INSERT INTO made (id, n) ${isPostgres ? 'OVERRIDING SYSTEM VALUE' : ''} VALUES ${rows}`;
    const zero = isPostgres ? '' : "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; ";
    const data = {
      tables: `CREATE TABLE made (${id}, n INT, twice INT GENERATED ALWAYS AS (n * 2) STORED)`,
      source: zero + insert('(0, 1), (5, 2), (7, 4)'),
      target: insert('(5, 3), (9, 4)'),
    };
    await withSides(engine, data, async (sides) => {
      const { repair } = await expectRoundTrip(sides);
      expect(repair).not.toMatch(/SET [^;]*twice|\(.*twice.*\) (OVERRIDING SYSTEM VALUE )?SELECT/);
    });
  });

  it('keeps a child that came since the run, and its parent with it', async () => {
    const data = {
      tables: `CREATE TABLE parent (id INT NOT NULL PRIMARY KEY);
        CREATE TABLE child (id INT NOT NULL PRIMARY KEY, parent_id INT NOT NULL,
          FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE)`,
      source: 'INSERT INTO parent VALUES (1)',
      target: 'INSERT INTO parent VALUES (1), (2), (3)',
    };
    await withSides(engine, data, async (sides) => {
      const written = await writeRepair(sides);
      await sides.target.run('INSERT INTO child VALUES (10, 2)');
      await written.apply('repair');
      written.remove();
      expect(await sides.target.query('SELECT id FROM child')).toEqual([['10']]);
      expect(await sides.target.query('SELECT id FROM parent ORDER BY id')).toEqual([['1'], ['2']]);
    });
  });

  it('warns of triggers, says where it comes from, and holds no password', async () => {
    const trigger = isPostgres
      ? `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER watch BEFORE UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION note()`
      : 'CREATE TRIGGER watch BEFORE UPDATE ON plain FOR EACH ROW SET @seen = 1';
    const data = {
      tables: `${PLAIN}; ${trigger}`,
      source: "INSERT INTO plain VALUES (1, 'a', NULL)",
      target: "INSERT INTO plain VALUES (1, 'b', NULL)",
    };
    await withSides(engine, data, async (sides) => {
      const written = await writeRepair(sides);
      written.remove();
      expect(written.repair).toMatch(/WARNING: Triggers of .*plain may fire while this is applied: watch\./);
      expect(written.repair).toContain('fix.undo.sql');
      expect(written.repair).toContain(`/${sides.source.name}`);
      expect(written.repair).not.toContain('verify:verify');
      const statements = written.repair
        .split('\n')
        .filter((line) => /^\/\*r 1\.\d+\*\/ (WITH changed AS \()?(UPDATE|DELETE)/.test(line));
      expect(statements).toHaveLength(1);
      for (const statement of statements) expect(statement).toContain('WHERE');
    });
  });

  it('cuts many statements into transactions', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) => `(${i + 1}, 'w', NULL)`).join(', ');
    const data = { tables: PLAIN, source: `INSERT INTO plain VALUES ${rows}`, target: '' };
    await withSides(engine, data, async (sides) => {
      const { repair } = await expectRoundTrip(sides);
      expect(repair.match(/^COMMIT;$/gm)).toHaveLength(3);
    });
  });

  it('leaves a ring of values alone that nothing can open, and repairs a chain of them', async () => {
    const data = {
      tables: 'CREATE TABLE ring (id INT NOT NULL PRIMARY KEY, n SMALLINT NOT NULL UNIQUE)',
      source: 'INSERT INTO ring VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)',
      target: 'INSERT INTO ring VALUES (1, 2), (2, 1), (3, 4), (4, 5), (5, 9)',
    };
    await withSides(engine, data, async (sides) => {
      const written = await writeRepair(sides);
      expect(written.repair).toContain('2 left alone');
      await written.apply('repair');
      expect(listDifferences(await compare(sides))).toEqual(['changed 1 n', 'changed 2 n']);
      await written.apply('undo');
      written.remove();
      const rows = [
        ['1', '2'],
        ['2', '1'],
        ['3', '4'],
        ['4', '5'],
        ['5', '9'],
      ];
      expect(await sides.target.query('SELECT id, n FROM ring ORDER BY id')).toEqual(rows);
    });
  });

  it('survives hostile names', async () => {
    const quote = (name: string) =>
      isPostgres ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
    const table = quote('t";\'\\` -- \n:x');
    const data = {
      tables: `CREATE TABLE ${table} (${quote('k\'\n";`')} INT NOT NULL PRIMARY KEY, ${quote('\\g; --')} INT UNIQUE)`,
      source: `INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3)`,
      target: `INSERT INTO ${table} VALUES (1, 2), (2, 1), (4, 3)`,
    };
    await withSides(engine, data, async (sides) => {
      await expectRoundTrip(sides);
    });
  });
});

describe('values that the target cannot hold', () => {
  it('leave their row alone: NUL, a label and a date that PostgreSQL lacks', async () => {
    const source = await openTestDatabase('mariadb');
    const target = await openTestDatabase('postgresql');
    try {
      await source.run(`SET sql_mode = '';
        CREATE TABLE h (id INT NOT NULL PRIMARY KEY, t VARCHAR(20), e VARCHAR(5), d DATE, c VARCHAR(10) CHARACTER SET latin1);
        INSERT INTO h VALUES (1, 'a\\0b', NULL, NULL, NULL), (2, NULL, 'blue', NULL, NULL), (3, NULL, NULL, '0000-00-00', NULL),
          (4, 'fine', 'red', '2024-02-29', 'é')`);
      await target.run(`CREATE TYPE hue AS ENUM ('red'); SET standard_conforming_strings = off;
        CREATE TABLE h (id INT NOT NULL PRIMARY KEY, t TEXT, e hue, d DATE, c VARCHAR(10));
        ALTER DATABASE "${target.name}" SET standard_conforming_strings = off`);
      const written = await writeRepair({ source, target });
      expect(written.repair).toContain('id=1: column t (text) cannot hold the character U+0000');
      expect(written.repair).toContain('id=2: column e (public.hue) has no label "blue"');
      expect(written.repair).toContain('id=3: column d (date) cannot hold 0000-00-00');
      await written.apply('repair');
      written.remove();
      expect(listDifferences(await compare({ source, target }))).toEqual([
        'missing 1',
        'missing 2',
        'missing 3',
      ]);
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });

  it('leave their row alone: infinity, NaN and characters that MariaDB columns lack', async () => {
    const source = await openTestDatabase('postgresql');
    const target = await openTestDatabase('mariadb');
    try {
      await source.run(`CREATE TABLE h (id INT NOT NULL PRIMARY KEY, d DATE, f FLOAT8, t TEXT, n NUMERIC);
        INSERT INTO h VALUES (1, 'infinity', NULL, NULL, NULL), (2, NULL, 'NaN', NULL, NULL), (3, NULL, NULL, '漢', NULL),
          (4, NULL, NULL, NULL, 1.239), (5, '2024-02-29', 1.5, 'é', 1.23)`);
      await target.run(
        `CREATE TABLE h (id INT NOT NULL PRIMARY KEY, d DATE, f DOUBLE, t VARCHAR(9) CHARACTER SET latin1, n DECIMAL(5,2))`,
      );
      const written = await writeRepair({ source, target });
      expect(written.repair).toContain('id=4: column n (decimal(5,2)) cannot hold 1.239 without rounding');
      await written.apply('repair');
      written.remove();
      const left = listDifferences(await compare({ source, target }));
      expect(left).toEqual(['missing 1', 'missing 2', 'missing 3', 'missing 4']);
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });
});

it('closes every file of differing rows that it reads, so that none is left to the garbage collector', async () => {
  const [engine] = availableEngines();
  if (engine === undefined) throw new Error('No engine is available.');
  const data = { tables: PLAIN, source: "INSERT INTO plain VALUES (1, 'a', 'n'), (2, 'a', 'n')", target: '' };
  await withSides(engine, data, async ({ source, target }) => {
    const config = resolveConfig({ source: source.url, target: target.url });
    const outcome = await verify(config, { wantsRepair: true });
    let opened = 0;
    let closed = 0;
    try {
      const { repair } = outcome;
      if (repair === null) throw new Error('The run read nothing of what a repair needs.');
      const read = async function* (table: string): AsyncGenerator<readonly RowDifference[]> {
        opened++;
        try {
          yield* repair.read(table);
        } finally {
          closed++;
        }
      };
      const facts = { ...repair, read };
      const { undo } = await surveyBoth(facts);
      expect(undo.written).toBe(2);
      // Whoever stops early leaves no file open either.
      for (const name of undo.tables.keys()) for await (const _ of undo.batches(name)) break;
    } finally {
      await outcome.close();
    }
    expect({ opened: opened > 1, closed }).toEqual({ opened: true, closed: opened });
  });
});

it('--repair with --hide-values is refused, because the file holds values', async () => {
  const urls = ['--source', 'mysql://a/b', '--target', 'postgres://c/d'];
  const { exitCode, stderr } = await runCli(['verify', ...urls, '--repair', 'x.sql', '--hide-values']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Expected --repair or --hide-values, got both.');
});
