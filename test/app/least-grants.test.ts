import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableEngines, type TestDatabase, type TestEngine, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const PASSWORD = 'least-grants-1';

/** What the page says an account needs; the tests run each command with an account that has nothing else. */
const GRANTS = {
  read: {
    mysql: ({ name }: TestDatabase) => [`SELECT ON ${name}.*`],
    postgresql: ({ name }: TestDatabase) => [
      `CONNECT ON DATABASE ${name}`,
      'USAGE ON SCHEMA public',
      'SELECT ON ALL TABLES IN SCHEMA public',
    ],
  },
  repair: { mysql: ({ name }: TestDatabase) => [`TRIGGER ON ${name}.*`], postgresql: () => [] },
  apply: {
    mysql: ({ name }: TestDatabase) => [`INSERT, UPDATE, DELETE ON ${name}.*`, 'PROCESS ON *.*'],
    postgresql: () => ['INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public'],
  },
  load: { mysql: () => [], postgresql: () => ['pg_read_all_stats'] },
} as const;

const familyOf = (engine: TestEngine): 'mysql' | 'postgresql' => (engine === 'postgresql' ? engine : 'mysql');

describe.each(availableEngines())('an account of %s with the least grants', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const account = `least_${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-grants-'));
  const family = familyOf(engine);
  const quoted = family === 'mysql' ? `'${account}'@'%'` : account;

  async function grant(need: keyof typeof GRANTS, databases: readonly TestDatabase[]): Promise<void> {
    for (const database of databases) {
      for (const right of GRANTS[need][family](database)) await database.run(`GRANT ${right} TO ${quoted}`);
    }
  }

  beforeAll(async () => {
    for (const [database, last] of [
      [source, 'two'],
      [target, 'other'],
    ] as const) {
      await database.run('CREATE TABLE items (id int PRIMARY KEY, name varchar(20))');
      await database.run(`INSERT INTO items VALUES (1, 'one'), (2, '${last}')`);
    }
    await source.run(
      family === 'mysql'
        ? `CREATE USER ${quoted} IDENTIFIED BY '${PASSWORD}'`
        : `CREATE ROLE ${quoted} LOGIN PASSWORD '${PASSWORD}'`,
    );
    await grant('read', [source, target]);
  });
  afterAll(async () => {
    if (family === 'postgresql')
      for (const database of [source, target]) await database.run(`DROP OWNED BY ${quoted}`);
    await source.run(family === 'mysql' ? `DROP USER ${quoted}` : `DROP ROLE ${quoted}`);
    rmSync(folder, { recursive: true });
  });

  function run(command: string, flags: readonly string[] = []) {
    const [one, other] = [source, target].map((database) => {
      const url = new URL(database.url);
      url.username = account;
      url.password = PASSWORD;
      return url.href;
    });
    return runCli([command, '--source', one ?? '', '--target', other ?? '', ...flags], { cwd: folder });
  }

  it.each([
    ['verify', [], 1],
    ['verify', ['--mode', 'count'], 0],
    ['verify', ['--checksum-on', 'server', '--report', 'json=run.json'], 1],
    ['plan', [], 0],
  ])('does %s %j', async (command, flags, expected) => {
    const { exitCode, stdout, stderr } = await run(command, flags);
    expect(`${stdout}${stderr}`).not.toMatch(/denied|permission|\[catalog-partial\]|\[checksum-on-client\]/);
    expect(exitCode).toBe(expected);
  });

  it('writes repair SQL', async () => {
    await grant('repair', [target]);
    const { exitCode, stderr } = await run('verify', ['--repair', 'fix.sql']);
    expect(stderr).toContain('Repair SQL for 1 row');
    expect(exitCode).toBe(1);
  });

  it('is held back by the load', async () => {
    await grant('load', [source]);
    const { exitCode, stderr } = await run('verify', ['--max-load', '500']);
    expect(stderr).not.toContain('unknown');
    expect(exitCode).toBe(1);
  });

  it('applies a repair and takes it back', async () => {
    await grant('apply', [target]);
    const url = new URL(target.url);
    url.username = account;
    url.password = PASSWORD;
    for (const file of ['fix.sql', 'fix.undo-1.sql']) {
      const { exitCode, stdout, stderr } = await runCli(['apply', file, '--target', url.href, '--yes'], {
        cwd: folder,
      });
      expect(`${stderr}${stdout}`).toContain('1 row applied\n1 row read again, all as wanted');
      expect(exitCode).toBe(0);
    }
    expect(await target.query('SELECT name FROM items WHERE id = 2')).toEqual([['other']]);
  });

  it('needs no account to render a saved result', async () => {
    const { exitCode, stdout } = await runCli(['report', 'run.json'], { cwd: folder });
    expect(stdout).toContain('items');
    expect(exitCode).toBe(1);
  });
});
