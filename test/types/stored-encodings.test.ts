import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, tableResult } from '../app/compare.js';
import { urlOfDatabase, useDatabase } from '../support/database.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';

const NOTES = 'CREATE TABLE notes (id int PRIMARY KEY, v varchar(20))';

describe('text of a PostgreSQL database in another encoding than UTF-8', () => {
  const utf8 = useDatabase('postgresql');
  const target = useDatabase('mariadb');
  const name = `${utf8.name}_latin1`;
  const latin1 = { url: urlOfDatabase(utf8.url, name) };

  beforeAll(async () => {
    await utf8.run(
      `CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    const session = await postgresqlAdmin(latin1.url).openSession(latin1.url);
    for (const run of [utf8.run, session.run]) await run(`${NOTES}; INSERT INTO notes VALUES (1, 'é')`);
    await session.close();
    await target.run(
      "CREATE TABLE notes (id int PRIMARY KEY, v varbinary(80)); INSERT INTO notes VALUES (1, x'c3a9')",
    );
  });
  afterAll(() => utf8.run(`DROP DATABASE ${name}`));

  it('is not compared with bytes, which may be those that are stored', async () => {
    const sure = tableResult(await compare({ source: utf8, target }), 'notes');
    expect(sure).toMatchObject({ verdict: 'verified', findings: [] });
    const open = tableResult(await compare({ source: latin1, target }), 'notes');
    expect(open.verdict).toBe('unverified');
    expect(open.findings[0]?.message).toContain('may be the text as it is stored, or as UTF-8');
  });
});
