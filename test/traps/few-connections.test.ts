import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { fillTable } from './type-words.js';

const TABLES = 12;
const ROWS = 3000;

describe.each(availableEngines())('an account of %s that may have few connections', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  const user = `few_${randomBytes(6).toString('hex')}`;
  const address = new URL(source.url);
  address.username = user;
  address.password = 'few';
  const url = address.href;

  beforeAll(async () => {
    for (const database of [source, target]) {
      for (let table = 0; table < TABLES; table++) {
        await database.run(`CREATE TABLE t${table} (id int PRIMARY KEY, word varchar(20))`);
        await fillTable(database, { table: `t${table}`, count: ROWS, select: "n, 'word'" });
      }
    }
    await target.run("UPDATE t3 SET word = 'other' WHERE id = 7");
  });
  afterEach(() =>
    source.run(engine === 'postgresql' ? `DROP OWNED BY ${user}; DROP ROLE ${user}` : `DROP USER ${user}`),
  );
  afterAll(() => undefined);

  function allow(connections: number): Promise<void> {
    return source.run(
      engine === 'postgresql'
        ? `CREATE ROLE ${user} LOGIN PASSWORD 'few' CONNECTION LIMIT ${connections};
           GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`
        : `CREATE USER ${user} IDENTIFIED BY 'few' WITH MAX_USER_CONNECTIONS ${connections};
           GRANT SELECT ON \`${source.name}\`.* TO ${user}`,
    );
  }

  it.each([2, 3, 4])(
    'is read with as many workers as it lets in (%i connections for 6 workers)',
    async (connections) => {
      await allow(connections);
      const run = await compare({ source: { url }, target, flags: { workers: '6', 'chunk-rows': '500' } });
      expect(run.result.tables.filter(({ verdict }) => verdict === 'unverified')).toEqual([]);
      expect(listDifferences(run)).toEqual(['changed 7 word']);
      expect(run.result.findings).toContainEqual(
        expect.objectContaining({ code: 'fewer-workers', hint: expect.stringContaining('--workers') }),
      );
      expect(run.events.filter(({ type }) => type === 'server:down')).toEqual([]);
    },
  );

  it('is read by threads in the same way', async () => {
    await allow(3);
    const words = [
      'verify',
      '--source',
      url,
      '--target',
      target.url,
      '--workers',
      '6',
      '--chunk-rows',
      '200',
    ];
    const run = await runCli([...words, '--max-rows-per-second', '20000'], { timeoutMs: 50_000 });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('[fewer-workers]');
    expect(run.stdout).not.toContain('chunk-unverified');
  });

  it('is an error only where no worker at all is let in, and it says what to do', async () => {
    await allow(1);
    const flags = { workers: '4', 'wait-for-server': '0' };
    const run = await compare({ source: { url }, target, flags });
    expect(run.result.verdict).toBe('unverified');
    expect(run.result.findings).toContainEqual(
      expect.objectContaining({
        code: 'server-gone',
        message: expect.stringContaining('the source let no worker in for'),
        hint: expect.stringContaining('--workers'),
      }),
    );
  });
});
