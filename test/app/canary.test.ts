import type { RunResult, TableResult } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { fewEnginePairs, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

const TABLES = `
  CREATE TABLE ranged (id int PRIMARY KEY, price decimal(10,2), word varchar(40), day date);
  CREATE TABLE unkeyed (n int, word varchar(40));
  CREATE TABLE keyed (name varchar(40) PRIMARY KEY, n int);
  CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
  CREATE TABLE nothing (id int PRIMARY KEY, word varchar(40));
  CREATE TABLE damaged (id int PRIMARY KEY, word varchar(40))`;
const ROWS = `
  INSERT INTO ranged VALUES (1, 10.50, NULL, '2024-02-29'), (2, 0, '', NULL), (3, NULL, 'déjà', NULL);
  INSERT INTO unkeyed VALUES (1, 'a'), (1, 'a'), (NULL, NULL);
  INSERT INTO keyed VALUES ('one', 1), ('two', 2);
  INSERT INTO pairs VALUES (1, 1), (1, 2);
  INSERT INTO damaged VALUES (1, 'same'), (2, 'source'), (3, 'also same')`;

describe.each(fewEnginePairs())(
  'a value changed after it was read, $source to $target',
  ({ source: one, target: other }) => {
    const source = useDatabase(one);
    const target = useDatabase(other);
    let result: RunResult;
    const tableOf = (name: string): TableResult | undefined =>
      result.tables.find((table) => table.target?.endsWith(`.${name}`));
    const verify = async (...flags: string[]) => {
      const urls = ['--source', source.url, '--target', target.url, '--workers', '1'];
      const run = await runCli(['verify', ...urls, '--report', 'json', ...flags]);
      return { ...run, result: JSON.parse(run.stdout) as RunResult };
    };

    beforeAll(async () => {
      for (const database of [source, target]) await database.run(`${TABLES};${ROWS}`);
      await target.run(
        "UPDATE damaged SET word = 'target' WHERE id = 2; INSERT INTO damaged VALUES (4, 'extra')",
      );
      ({ result } = await verify('--canary'));
    });

    it('is found by each strategy, and enters no count', async () => {
      const outcomes = result.tables.map(({ target: name, canaries }) => [
        name?.replace(/^.*\./, ''),
        ...(canaries ?? []).map(({ way, outcome }) => `${way} ${outcome}`),
      ]);
      expect(Object.fromEntries(outcomes)).toEqual({
        ranged: 'range found',
        unkeyed: 'bucket found',
        keyed: expect.stringMatching(/^(range|bucket) found$/),
        pairs: 'range no-value',
        nothing: 'range no-rows',
        damaged: 'range found',
      });
      expect(tableOf('ranged')?.canaries?.[0]?.column).toMatch(/price|word|day/);
      const { result: plain } = await verify();
      expect(plain.totals).toEqual(result.totals);
      expect(result.totals).toMatchObject({ missing: 0, extra: 1, changed: 1 });
      const rows = (of: RunResult) =>
        of.tables.map(({ sample, findings, verdict }) => ({ sample, findings, verdict }));
      expect(rows(plain)).toEqual(rows(result));
    });

    it('leaves both databases as they were', async () => {
      expect(await target.query('SELECT id, word FROM damaged ORDER BY id')).toEqual([
        ['1', 'same'],
        ['2', 'target'],
        ['3', 'also same'],
        ['4', 'extra'],
      ]);
    });
  },
);

describe('a value changed after it was read', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');
  const urls = ['--source', source.url, '--target', target.url, '--workers', '1'];

  beforeAll(async () => {
    for (const database of [source, target])
      await database.run(`CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1), (2, 2);
        CREATE TABLE u (id int PRIMARY KEY, n int); INSERT INTO u VALUES (1, 1)`);
    await target.run('UPDATE u SET n = 2');
  });

  it('is found by the checksums of servers, and every report says so', async () => {
    const { stdout } = await runCli(['verify', ...urls, '--canary', '--checksum-on', 'server']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Canary: a value that was changed after it was read was found in 1 table: by key ranges in 1, by checksums of the servers in 1',
    );
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'No canary, because the first rows differ already, or only their values are equal and not their bytes: public.u',
    );
  });
});
