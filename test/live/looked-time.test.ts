import { beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

describe.each(availableEngines())('the time for which what differs is looked at again (%s)', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  beforeAll(async () => {
    for (const { run } of [source, target]) {
      await run('CREATE TABLE keyed (id int PRIMARY KEY, n int)');
      await run('CREATE TABLE heap (n int)');
      for (const table of ['keyed', 'heap'])
        await run(`INSERT INTO ${table} VALUES ${table === 'keyed' ? '(1, 1), (2, 2)' : '(1), (2)'}`);
    }
    await target.run('UPDATE keyed SET n = 3 WHERE id = 2; UPDATE heap SET n = 3 WHERE n = 2');
  });

  const looked = async (flags: Record<string, string>) => {
    const { result } = await compare({ source, target, flags: { 'recheck-for': '2s', ...flags } });
    expect(result.verdict).not.toBe('verified');
    expect(result.lookedMs ?? 0).toBeLessThanOrEqual(result.elapsedMs);
    return result.lookedMs ?? null;
  };

  it('is in the last line, which is all that --quiet leaves', async () => {
    const words = ['verify', '--source', source.url, '--target', target.url, '--tables', 'keyed', '--quiet'];
    const { stdout } = await runCli([...words, '--no-journal', '--recheck-for', '2s']);
    expect(stdout).toMatch(/^DIFFERENT: .*; \d\.\d s, [2-9]\.\d s of it looking again at what differed\n$/);
    const twice = await runCli([...words, '--no-journal', '--recheck-for', '0s']);
    expect(twice.stdout).toMatch(/^DIFFERENT: .*; nothing unverified; \d\.\d s\n$/);
  });

  it.each([
    ['a table that is walked by its key', { tables: 'keyed' }],
    ['one without a key', { tables: 'heap' }],
  ])('is that of %s', async (_, flags) => {
    expect(await looked(flags)).toBeGreaterThanOrEqual(1900);
  });

  it('is nothing where nothing is looked at for a time', async () => {
    expect(await looked({ tables: 'keyed', 'recheck-for': '0s' })).toBeNull();
  });
});
