import { beforeAll, describe, expect, it } from 'vitest';
import { openSide } from '../../src/app/open-side.js';
import { processEnvironment } from '../../src/config/environment.js';
import { compare } from '../app/compare.js';
import { expectRoundTrip } from '../repair/repair-round.js';
import { leastAccount } from '../servers/least-account.js';
import type { TestDatabase } from '../support/database.js';
import { startPrivateMariadb } from '../support/private-mariadb.js';
import { useServer } from '../support/servers/use-server.js';

const TABLES = `
  CREATE TABLE Parent (Id int PRIMARY KEY, Note varchar(10));
  CREATE TABLE A_Child (Id int PRIMARY KEY, Parent_Id int,
    FOREIGN KEY (PARENT_ID) REFERENCES PARENT (ID) ON DELETE CASCADE);
  INSERT INTO Parent VALUES (1, 'one'), (2, 'two');
  INSERT INTO A_Child VALUES (10, 1), (20, 2)`;

/** The same database, spelled as its owner might. */
function inCapitals(database: TestDatabase): TestDatabase {
  const url = new URL(database.url);
  url.pathname = url.pathname.toUpperCase();
  return { ...database, url: url.href };
}

describe('a server that takes no notice of the letter case of names', () => {
  const server = useServer(
    { name: 'mariadb', engine: 'mariadb', start: ({ parent, args }) => startPrivateMariadb(parent, args) },
    ['--lower-case-table-names=1'],
  );
  let source: TestDatabase;
  let target: TestDatabase;

  beforeAll(async () => {
    source = await server.openDatabase();
    target = await server.openDatabase();
    await Promise.all([source.run(TABLES), target.run(TABLES)]);
  });

  it("gives the schema the server's name, whatever the URL calls it", async () => {
    const { catalog, session } = await openSide({
      side: 'source',
      url: inCapitals(source).url,
      environment: processEnvironment(),
    });
    await session.close();
    expect(catalog.schema).toBe(source.name);
    expect(catalog.tables.map(({ schema, name }) => `${schema}.${name}`).sort()).toEqual([
      `${source.name}.a_child`,
      `${source.name}.parent`,
    ]);
  });

  it.each([{ tables: 'PARENT' }, { exclude: 'Parent' }, { where: 'Parent:id > 1' }, { key: 'PARENT:id' }])(
    'is never left out by a name in other letters, which is refused with the right one: %j',
    async (flags) => {
      await expect(compare({ source, target, flags })).rejects.toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('parent'),
      });
    },
  );

  it('is not compared with itself under two spellings', async () => {
    await expect(compare({ source, target: inCapitals(source) })).rejects.toThrow(/same schema/);
  });

  it('sees the grants of an account on it', async () => {
    const account = await leastAccount('mariadb', source);
    try {
      const { result } = await compare({ source: inCapitals({ ...source, url: account.url }), target });
      expect(result.verdict).toBe('verified');
    } finally {
      await account.drop();
    }
  });

  it('is repaired with its foreign keys known: parents before children, and nothing lost by a cascade', async () => {
    await source.run(`INSERT INTO Parent VALUES (3, 'three'); INSERT INTO A_Child VALUES (30, 3), (40, 1)`);
    await target.run("INSERT INTO Parent VALUES (4, 'four'); INSERT INTO A_Child VALUES (40, 4)");
    const { repair } = await expectRoundTrip({ source: inCapitals(source), target: inCapitals(target) });
    const inserts = repair.split('\n').filter((line) => line.includes('INSERT INTO'));
    expect(inserts.map((line) => /`(parent|a_child)`/.exec(line)?.[1])).toEqual(['parent', 'a_child']);
  });
});
