import { beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';

const COLUMNS = '(id int PRIMARY KEY, word varchar(20))';

describe('materialized views and foreign tables', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const side of [source, target]) {
      const { hostname, port, username, password } = new URL(side.url);
      await side.run(`CREATE TABLE base ${COLUMNS}; INSERT INTO base VALUES (1, 'one'), (2, 'two');
        CREATE MATERIALIZED VIEW totals AS SELECT * FROM base; CREATE SEQUENCE numbers;
        CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER own FOREIGN DATA WRAPPER postgres_fdw
          OPTIONS (dbname '${side.name}', host '${hostname}', port '${port}');
        CREATE USER MAPPING FOR CURRENT_USER SERVER own OPTIONS (user '${username}', password '${password}');
        CREATE FOREIGN TABLE far (id int, word varchar(20)) SERVER own OPTIONS (table_name 'base')`);
    }
  });

  it('are named by a run that passes them over', async () => {
    const { result } = await compare({ source, target });
    expect(result).toMatchObject({ verdict: 'verified', totals: { tables: 1 } });
    expect(result.scope.notChecked).toEqual(
      expect.arrayContaining([
        'materialized views of the source: public.totals',
        'foreign tables of the source: public.far',
        'materialized views of the target: public.totals',
        'foreign tables of the target: public.far',
      ]),
    );
  });

  it('are not named where they were left out as asked', async () => {
    const { result } = await compare({ source, target, flags: { exclude: ['totals', 'far'] } });
    expect(result.scope.notChecked.join()).not.toMatch(/totals|far/);
  });

  it('are compared by their rows where they are named', async () => {
    await target.run("UPDATE base SET word = 'x' WHERE id = 2; REFRESH MATERIALIZED VIEW totals");
    const run = await compare({ source, target, flags: { tables: ['totals', 'far'] } });
    expect(tableResult(run, 'totals')).toMatchObject({ strategy: 'bucket', missing: 1, extra: 1 });
    expect(tableResult(run, 'far')).toMatchObject({ strategy: 'bucket', missing: 1, extra: 1 });
    expect(run.result.scope.notChecked.join()).not.toMatch(/totals|far/);
  });

  it('are told from what cannot be compared by name', async () => {
    await expect(compare({ source, target, flags: { tables: 'numbers' } })).rejects.toThrow(
      '--tables says "numbers", but that is a sequence on the source.',
    );
  });
});

describe('large objects', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('are named by a run that sees their numbers only, and by the table that has them', async () => {
    await source.run(
      `CREATE TABLE files (id int PRIMARY KEY, content oid); INSERT INTO files VALUES (1, lo_from_bytea(70001, 'one'))`,
    );
    await target.run(
      `CREATE TABLE files (id int PRIMARY KEY, content oid); INSERT INTO files VALUES (1, 70001)`,
    );
    const run = await compare({ source, target });
    expect(run.result.verdict).toBe('verified');
    expect(run.result.scope.notChecked.at(-1)).toBe(
      'large objects (1 in the database), which rows name by an oid, of the source',
    );
    const { findings } = tableResult(run, 'files');
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      [
        'not-looked-at',
        'Of public.files on the source, what column content names if it holds numbers of large objects was not compared.',
      ],
    ]);
    await source.run('SELECT lo_unlink(70001)');
    expect(findingCodes(tableResult(await compare({ source, target }), 'files'))).toEqual([]);
  });
});

describe('the history of a system-versioned table', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('mariadb');

  it('is named as not compared, on the side that has it', async () => {
    await source.run(`CREATE TABLE prices ${COLUMNS} WITH SYSTEM VERSIONING; INSERT INTO prices VALUES (1, 'old');
      UPDATE prices SET word = 'new'; CREATE SEQUENCE numbers`);
    await target.run(`CREATE TABLE prices ${COLUMNS}; INSERT INTO prices VALUES (1, 'new')`);
    const run = await compare({ source, target });
    expect(run.result.verdict).toBe('verified');
    expect(tableResult(run, 'prices').findings).toEqual([
      {
        code: 'not-looked-at',
        about: {
          table: `${source.name}.prices`,
          side: 'source',
          detail: 'its history of changed and deleted rows',
        },
        message: `Of ${source.name}.prices on the source, its history of changed and deleted rows was not compared.`,
        hint: '',
      },
    ]);
    await expect(compare({ source, target, flags: { tables: 'numbers' } })).rejects.toThrow(
      'that is a sequence',
    );
  });
});

const MERGED = availableEngines().filter(
  (engine): engine is Exclude<TestEngine, 'postgresql'> => engine !== 'postgresql',
);
describe.each(MERGED)('a MERGE table of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);

  it('is compared although its key, which it only declares, is there twice', async () => {
    for (const side of [source, target]) {
      for (const name of ['y1', 'y2']) await side.run(`CREATE TABLE ${name} ${COLUMNS} ENGINE=MyISAM`);
      await side.run(`CREATE TABLE years ${COLUMNS} ENGINE=MERGE UNION=(y1, y2);
        INSERT INTO y1 VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO y2 VALUES (4, 'd')`);
    }
    expect((await compare({ source, target })).result.verdict).toBe('verified');
    await target.run("UPDATE y2 SET word = 'x' WHERE id = 4");
    expect(listDifferences(await compare({ source, target, flags: { tables: 'years' } }))).toEqual([
      'changed 4 word',
    ]);
    for (const side of [source, target]) await side.run("INSERT INTO y2 VALUES (2, 'again')");
    const run = await compare({ source, target, flags: { tables: 'years' } });
    expect(findingCodes(tableResult(run, 'years'))).toContain('duplicate-key');
    expect(tableResult(run, 'years')).toMatchObject({ missing: 1, extra: 1 });
  });
});
