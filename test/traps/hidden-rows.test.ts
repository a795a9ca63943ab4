import { randomBytes } from 'node:crypto';
import { RowproofError } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestDatabase, useDatabase } from '../support/database.js';
import { fillTable, runOnBoth } from './type-words.js';

const PASSWORD = 'hidden';

/** The address of a database for another account. */
function urlFor({ url }: TestDatabase, user: string): { url: string } {
  const address = new URL(url);
  address.username = user;
  address.password = PASSWORD;
  return { url: address.href };
}

describe('row-level security of PostgreSQL', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const user = `hidden_${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    const tables = `CREATE TABLE guarded (id int PRIMARY KEY, owner varchar(20));
      CREATE TABLE open_to_all (id int PRIMARY KEY);
      INSERT INTO guarded VALUES (1, 'mine'), (2, 'theirs');
      INSERT INTO open_to_all VALUES (1)`;
    await runOnBoth([source, target], tables);
    await target.run(`CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}';
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user};
      ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY mine ON guarded USING (owner = 'mine')`);
  });
  afterAll(() => target.run(`DROP OWNED BY ${user}; DROP ROLE ${user}`));

  it('makes the table unverified instead of hiding its rows from the target', async () => {
    const run = await compare({ source, target: urlFor(target, user) });
    expect(run.result.verdict).toBe('unverified');
    expect(tableResult(run, 'open_to_all').verdict).toBe('verified');
    const guarded = tableResult(run, 'guarded');
    expect(guarded).toMatchObject({ verdict: 'unverified', missing: 0, extra: 0, changed: 0 });
    expect(guarded.findings[0]?.message).toContain('guarded on the target');
    expect(guarded.findings[0]?.message).toContain('row-level security');
  });

  it('makes the table unverified also where both sides would hide the same rows', async () => {
    await source.run("UPDATE guarded SET owner = 'other' WHERE id = 2");
    const run = await compare({ source: urlFor(target, user), target: source, flags: { tables: 'guarded' } });
    await source.run("UPDATE guarded SET owner = 'theirs' WHERE id = 2");
    expect(run.result).toMatchObject({ verdict: 'unverified', totals: { sourceRows: 0, extra: 0 } });
  });

  it('does not hinder an account that the policy does not bind', async () => {
    expect((await compare({ source, target })).result.verdict).toBe('verified');
  });

  it('makes a table without a grant unverified, and names the grant', async () => {
    await target.run(`REVOKE SELECT ON open_to_all FROM ${user}`);
    const run = await compare({ source, target: urlFor(target, user), flags: { tables: 'open_to_all' } });
    await target.run(`GRANT SELECT ON open_to_all TO ${user}`);
    const table = tableResult(run, 'open_to_all');
    expect(table).toMatchObject({ verdict: 'unverified', missing: 0 });
    expect(findingCodes(table)).toEqual(['table-unreadable']);
    expect(table.findings[0]?.hint).toContain('Grant SELECT');
  });
});

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))('grants of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');
  const user = `hidden_${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    const tables = `CREATE TABLE seen (id int PRIMARY KEY);
      CREATE TABLE unseen (id int PRIMARY KEY);
      INSERT INTO seen VALUES (1);
      INSERT INTO unseen VALUES (1)`;
    await runOnBoth([source, target], tables);
    await source.run(`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}';
      GRANT SELECT ON seen TO '${user}'@'%'`);
  });
  afterAll(() => source.run(`DROP USER '${user}'@'%'`));

  it('on some tables only make a run of the whole schema unverified, because the list of tables is cut', async () => {
    const run = await compare({ source: urlFor(source, user), target });
    expect(run.result.verdict).toBe('unverified');
    expect(run.result.findings.map(({ code }) => code)).toContain('catalog-partial');
    expect(tableResult(run, 'seen').verdict).toBe('verified');
  });

  it('on some tables of the target make an unseen partner unverified, not missing', async () => {
    const run = await compare({ source: target, target: urlFor(source, user) });
    expect(run.result.verdict).toBe('unverified');
    expect(findingCodes(tableResult(run, 'unseen'))).toEqual(['table-unreadable']);
  });

  it('on the named table are enough where only that table is asked for', async () => {
    const { result } = await compare({ source: urlFor(source, user), target, flags: { tables: 'seen' } });
    expect(result.verdict).toBe('verified');
  });
});

describe('a global sql_select_limit', () => {
  const ROWS = 250;
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run('CREATE TABLE changed (id int PRIMARY KEY, word varchar(20))');
      await fillTable(database, { table: 'changed', count: ROWS, select: "n, 'word'" });
    }
    await target.run("UPDATE changed SET word = 'other'");
  });

  it('does not cut what a session reads', async () => {
    const [[limit] = []] = await source.query('SELECT @@GLOBAL.sql_select_limit');
    await source.run('SET GLOBAL sql_select_limit = 200');
    try {
      const { result } = await compare({ source, target });
      expect(result.totals).toMatchObject({ sourceRows: ROWS, changed: ROWS, missing: 0, extra: 0 });
    } finally {
      await source.run(`SET GLOBAL sql_select_limit = ${limit}`);
    }
  });
});

describe.each(availableEngines())('two URLs of one %s database', (engine) => {
  const database = useDatabase(engine);
  beforeAll(() => database.run('CREATE TABLE word (id int PRIMARY KEY)'));

  it.each(['127.0.0.1', 'localhost'])('are refused as wrong usage, also by the name %s', async (host) => {
    const other = new URL(database.url);
    other.hostname = host;
    const run = compare({ source: database, target: { url: other.href } });
    await expect(run).rejects.toBeInstanceOf(RowproofError);
    await expect(run).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('same schema'),
    });
  });
});

describe('two schemas of one PostgreSQL database', () => {
  const database = useDatabase('postgresql');
  beforeAll(() =>
    database.run(`CREATE SCHEMA "Kopie 2"; CREATE TABLE word (id int PRIMARY KEY);
      CREATE TABLE "Kopie 2".word (id int PRIMARY KEY); INSERT INTO word VALUES (1)`),
  );

  it('are two sides', async () => {
    const copy = new URL(database.url);
    copy.searchParams.set('schema', 'Kopie 2');
    expect(listDifferences(await compare({ source: database, target: { url: copy.href } }))).toEqual([
      'missing 1',
    ]);
  });
});
