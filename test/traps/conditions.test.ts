import { planRun, resolveConfig } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

describe.each(availableEngines())('a condition for %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const databases = [source, target];
  const isPostgresql = engine === 'postgresql';

  beforeAll(async () => {
    for (const database of databases) {
      await database.run('CREATE TABLE word (id int PRIMARY KEY, word varchar(20))');
      await database.run("INSERT INTO word VALUES (1, 'one'), (2, 'two')");
      await database.run('CREATE TABLE noted (n int)');
    }
    if (!isPostgresql) return;
    for (const database of databases) {
      await database.run(`CREATE FUNCTION writes() RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM set_config('default_transaction_read_only', 'off', false);
          PERFORM set_config('transaction_read_only', 'off', false);
          INSERT INTO noted VALUES (1);
          RETURN true;
        END $$;
        CREATE FUNCTION claims() RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM set_config('default_transaction_read_only', 'off', false);
          RETURN true;
        END $$;
        CREATE VIEW sly AS SELECT id, word FROM word WHERE claims() AND writes()`);
    }
  });

  async function expectUnchanged(): Promise<void> {
    for (const database of databases) {
      expect(await database.query('SELECT id, word FROM word ORDER BY id')).toEqual([
        ['1', 'one'],
        ['2', 'two'],
      ]);
      expect(await database.query('SELECT n FROM noted')).toEqual([]);
    }
  }

  it.each([
    [
      "true); SET default_transaction_read_only=off; COMMIT; UPDATE word SET word = 'x'; SELECT 1 FROM word WHERE (true",
    ],
    ["true); UPDATE word SET word = 'x'; -- "],
    ['true) UNION SELECT 1 FROM word WHERE (true'],
    ['id < 1) OR (id > 1'],
    ['id = 1 ORDER BY id'],
    ['true /* '],
    ["word = 'one"],
    ['there_is_no_such_column = 1'],
    ['id = 1,'],
  ])('that is none is refused before anything is read: %s', async (where) => {
    for (const word of [{ where }, { where: '1 = 1', targetWhere: where }]) {
      const config = resolveConfig({ source: source.url, target: target.url, tableSettings: { word } });
      await expect(planRun(config)).rejects.toMatchObject({ code: 'usage' });
    }
    await expectUnchanged();
  });

  it('that is none ends a run and a plan with exit code 2, and says which side refused it', async () => {
    for (const command of [['verify'], ['verify', '--mode', 'count'], ['plan']]) {
      const args = [...command, '--source', source.url, '--target', target.url];
      const run = await runCli([
        ...args,
        '--where',
        'word:1 = 1',
        '--target-where',
        'word:1 = 1); DROP TABLE word; (',
      ]);
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toContain('is no condition on the target');
    }
    await expectUnchanged();
  });

  it.each([
    ['id <', '"id <": it ends where more was expected.'],
    ['id = )', `"id = )": syntax error ${isPostgresql ? 'at or near ")"' : "near ')' at line 1"}.`],
    ['nix = 1', `"nix = 1": ${isPostgresql ? 'column "nix" does not exist' : "Unknown column 'nix'"}.`],
  ])('that is none is shown as it was written, without the statement around it: %s', async (where, told) => {
    const word = { where, targetWhere: '1 = 1' };
    const config = resolveConfig({ source: source.url, target: target.url, tableSettings: { word } });
    await expect(planRun(config)).rejects.toThrow(`word is no condition on the source: ${told}`);
  });

  it.each([
    ['id > 0 -- and a comment'],
    ['id > 0 /* ) */'],
    ["word <> ')'"],
    ['(id = 1 OR id = 2)'],
    ['id = 1\nOR id = 2'],
  ])('that is one is read with: %s', async (where) => {
    const run = await compare({ source, target, flags: { tables: 'word', where: `word:${where}` } });
    expect(tableResult(run, 'word')).toMatchObject({ verdict: 'verified', sourceRows: 2 });
  });

  it.runIf(isPostgresql)(
    'or a view that calls a function cannot write, though the function turns the default off',
    async () => {
      const asked = await compare({
        source,
        target,
        flags: { tables: 'word', where: 'word:claims() AND writes()' },
      });
      expect(tableResult(asked, 'word').verdict).toBe('unverified');
      const viewed = await compare({ source, target, flags: { tables: 'sly' } });
      expect(tableResult(viewed, 'sly').verdict).toBe('unverified');
      await expectUnchanged();
    },
  );
});

describe('a condition that a row meets on one side only', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it.each([{}, { mode: 'spot', ratio: '1' }])(
    'does not pass for a lost row: the report says that it is there (%j)',
    async (flags) => {
      for (const database of [source, target])
        await database.run(`DROP TABLE IF EXISTS word; CREATE TABLE word (id int PRIMARY KEY, word varchar(20));
        INSERT INTO word VALUES (1, 'a'), (2, 'a'), (3, 'a'), (4, 'b'), (5, 'b')`);
      await target.run("UPDATE word SET word = 'b' WHERE id = 2; UPDATE word SET word = 'a' WHERE id = 4");
      await target.run('DELETE FROM word WHERE id = 3');
      const run = await compare({ source, target, flags: { where: "word:word = 'a'", ...flags } });
      expect(listDifferences(run)).toEqual(['missing 2', 'missing 3', 'extra 4']);
      expect(tableResult(run, 'word').findings).toContainEqual(
        expect.objectContaining({
          code: 'hidden-by-condition',
          message: expect.stringMatching(
            /^2 missing or extra rows of public\.word are on the other side too/,
          ),
          hint: expect.stringContaining('without the condition'),
        }),
      );
      await target.run("UPDATE word SET word = 'b' WHERE id = 4");
      const one = await compare({ source, target, flags: { where: "word:word = 'a'", ...flags } });
      expect(tableResult(one, 'word').findings.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(
          /^1 missing or extra row of public\.word is on the other side too, where it does not meet/,
        ),
      );
    },
  );
});
