import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runHere } from '../support/run-here.js';

const PAGE = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
/** The condition of the gate, as it stands on the page. */
const FILTER = /^jq -e '([^']+)' gate\.json$/m.exec(PAGE)?.[1] ?? '';

const isThere = spawnSync('jq', ['--version']).status === 0;
if (!isThere) console.warn('The recipe of the gate is not tried: jq is not installed.');

describe.skipIf(!isThere)('the gate of docs/ci.md', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  /** Exit code of the recipe's last command, and the verdict that it judged. */
  const judge = async (...flags: string[]) => {
    const args = ['verify', '--source', source.url, '--target', target.url, '--workers', '1'];
    const { stdout } = await runHere([...args, '--quiet', '--report', 'json', ...flags]);
    const { status } = spawnSync('jq', ['-e', FILTER], { input: stdout });
    return { verdict: JSON.parse(stdout).verdict, isOpen: status === 0 };
  };

  beforeAll(async () => {
    await source.run(
      'CREATE TABLE orders (id int PRIMARY KEY, at datetime); INSERT INTO orders VALUES (1, NULL)',
    );
  });
  beforeEach(async () => {
    await target.run(`DROP SCHEMA public CASCADE; CREATE SCHEMA public;
      CREATE TABLE orders (id int PRIMARY KEY, at timestamp); INSERT INTO orders VALUES (1, NULL)`);
  });

  it('opens where all is equal and all was asked for', async () => {
    expect(await judge()).toEqual({ verdict: 'verified', isOpen: true });
  });

  it.each([
    ['a column that is on the target only', 'ALTER TABLE orders ADD note text'],
    ['a table that is on the target only', 'CREATE TABLE places (id int)'],
  ])('stays closed for %s, although the run is verified', async (_title, change) => {
    await target.run(change);
    expect(await judge()).toEqual({ verdict: 'verified', isOpen: false });
  });

  it.each([
    [['--ignore-columns', 'orders.at']],
    [['--where', 'orders:id < 9']],
    [['--relax', 'orders.at:roundTo=s']],
  ])('stays closed for what was left out or allowed by %s', async (flags) => {
    expect(await judge(...flags)).toEqual({ verdict: 'verified', isOpen: false });
  });

  it('stays closed for a difference', async () => {
    await target.run('DELETE FROM orders');
    expect(await judge()).toEqual({ verdict: 'different', isOpen: false });
  });
});

describe('a time zone that no column needs', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it('is noted, with the side that it was said of', async () => {
    await source.run('CREATE TABLE orders (id int PRIMARY KEY, at datetime)');
    await target.run('CREATE TABLE orders (id int PRIMARY KEY, at timestamptz)');
    const run = async (...flags: string[]) => {
      const args = ['verify', '--source', source.url, '--target', target.url, '--report', 'json', ...flags];
      return JSON.parse((await runHere(args)).stdout);
    };
    expect((await run('--source-timezone', 'UTC')).findings).toEqual([]);
    expect(
      (await run('--source-timezone', 'UTC', '--target-timezone', 'Europe/Berlin')).findings,
    ).toMatchObject([
      {
        code: 'no-effect',
        message: expect.stringMatching(
          /^--target-timezone Europe\/Berlin has no effect: no column of the target /,
        ),
      },
    ]);
  });
});
