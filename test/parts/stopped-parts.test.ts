import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli, startCli } from '../support/run-cli.js';
import { runHere } from '../support/run-here.js';
import {
  comparable,
  listRows,
  type Outcome,
  openPartsFolder,
  type PartsFolder,
  partNames,
} from './parts-run.js';

const ROWS = 1200;
/** Slow enough that a part is at work for longer than its journal is kept in memory. */
const SLOWLY = ['--max-rows-per-second', '150', '--chunk-rows', '10'];

/** Resolves once something can be seen. */
async function until(seen: () => boolean): Promise<void> {
  while (!seen()) await new Promise((resolve) => setTimeout(resolve, 25));
}

describe('a part that is stopped', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');
  const urls = ['--source', source.url, '--target', target.url];
  let folder: PartsFolder;
  let single: Outcome;

  beforeAll(async () => {
    const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 'v')`).join();
    for (const { run } of [source, target])
      await run(`CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); INSERT INTO t VALUES ${rows}`);
    await source.run('ANALYZE t; DELETE FROM t WHERE id IN (5, 905)');
    await target.run("UPDATE t SET a = 'other' WHERE id IN (3, 4, 400, 599, 600, 601, 1199)");
    folder = openPartsFolder({ source, target }, 'chunkRows: 10\nworkers: 1\nseed: 3\n');
    expect((await folder.plan(2)).exitCode).toBe(0);
    single = await folder.single();
    expect((await folder.part(2)).exitCode).toBe(1);
  });
  afterAll(() => folder.remove());

  const expectWhole = async (): Promise<void> => {
    const merged = await folder.merge(partNames(2));
    expect(listRows(merged)).toHaveLength(9);
    expect(merged.differences).toEqual(single.differences);
    expect(comparable(merged)).toEqual(comparable(single));
  };

  it('by kill -9 goes on where it was, in another folder, and writes itself where it was to go', async () => {
    const journal = folder.path('killed');
    const words = ['verify', '--plan', 'plan.json', '--part', '1', '--output', 'part-1.json'];
    const { child, result } = startCli([...words, ...urls, ...SLOWLY, '--journal', journal], {
      cwd: folder.path('.'),
    });
    const sittings = (): string[] =>
      existsSync(journal)
        ? readdirSync(journal, { recursive: true, encoding: 'utf8' }).filter((name) =>
            name.endsWith('.journal'),
          )
        : [];
    await until(() => sittings().some((name) => /"learned"/.test(readFileSync(join(journal, name), 'utf8'))));
    child.kill('SIGKILL');
    expect((await result).signal).toBe('SIGKILL');
    expect(existsSync(folder.path('part-1.json'))).toBe(false);
    mkdirSync(folder.path('elsewhere'));
    const resumed = await runCli(['resume', '--journal', journal, ...urls], {
      cwd: folder.path('elsewhere'),
    });
    expect(resumed.stderr).toMatch(/Going on with run \S+, begun/);
    expect(resumed.exitCode).toBe(1);
    expect(readdirSync(folder.path('elsewhere'))).toEqual([]);
    await expectWhole();
    const [own] = JSON.parse(folder.read('part-1.json')).tables;
    const read = own.records.map(({ sitting }: { sitting: number }) => sitting);
    expect(new Set(read)).toEqual(new Set([1, 2]));
  }, 60_000);

  it('by --max-runtime leaves no part, and says how to go on', async () => {
    const journal = folder.path('stopped');
    const output = folder.path('part-late.json');
    const stopped = await folder.part(1, [
      ...['--output', output, '--journal', journal, '--max-runtime', '1s'],
      ...SLOWLY,
    ]);
    // Rows that differ were found until then.
    expect(stopped.exitCode).toBe(1);
    expect(existsSync(output)).toBe(false);
    const [, run] = /To go on: rowproof resume (\S+) --journal /.exec(stopped.stderr) ?? [];
    const words = ['resume', run ?? '', '--journal', journal, '--max-runtime', '1h', ...urls, '--quiet'];
    expect((await runHere(words)).exitCode).toBe(1);
    const merged = await folder.merge(['part-late.json', 'part-2.json']);
    expect(merged.differences).toEqual(single.differences);
  }, 60_000);
});
