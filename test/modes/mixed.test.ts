import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from 'rowproof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';

describe('a run whose tables have modes of their own', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-mixed-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    for (const side of [source, target]) {
      for (const table of ['orders', 'visits', 'logs', 'skipped']) {
        await side.run(`CREATE TABLE ${table} (id int PRIMARY KEY, v int)`);
        const rows = Array.from({ length: 3000 }, (_, index) => `(${index + 1}, ${index % 7})`);
        await side.run(`INSERT INTO ${table} VALUES ${rows.join(',')}`);
      }
    }
    writeFileSync(
      join(folder, 'rowproof.yaml'),
      `source: ${source.url}\ntarget: ${target.url}\nworkers: 2\nseed: 1\nexclude: [skipped]
tableSettings:\n  visits: { mode: spot, ratio: 20% }\n  logs: { mode: count }\n`,
    );
  });
  const run = (...argv: string[]) => runCli(argv, { cwd: folder });
  async function verify(...flags: string[]) {
    const { exitCode, stdout } = await run('verify', '--report', 'json', ...flags);
    const result = JSON.parse(stdout) as RunResult;
    const named = (pick: (table: RunResult['tables'][number]) => unknown) =>
      Object.fromEntries(
        result.tables.map((table) => [table.target?.replace('public.', '') ?? '', pick(table)]),
      );
    return { exitCode, result, named };
  }

  it('never claims more than was proved of its weakest table', async () => {
    const { exitCode, result, named } = await verify();
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ verdict: 'counted', mode: 'full' });
    expect(named((table) => table.verdict)).toEqual({
      logs: 'counted',
      orders: 'verified',
      visits: 'sampled',
    });
    expect(named((table) => table.mode)).toEqual({ logs: 'count', orders: 'full', visits: 'spot' });
    const [whole, sample] = [named((table) => table.coverage.rows), 3000];
    expect(whole.orders).toBe(sample);
    expect(whole.visits).toBeLessThan(sample);
  });

  it('names the mode of each table that is not read in full, in the report and in the plan', async () => {
    const { stdout } = await run('verify');
    expect(stdout).toMatch(
      /^COUNTED: no difference was found in 3 tables; 1 was verified, 1 was sampled, 1 was counted\./,
    );
    expect(stdout).toMatch(/visits .* sampled .* id \(spot\)/);
    expect(stdout).toMatch(/logs .* counted .* counted only/);
    expect(stdout).toMatch(/Only a sample was asked for of: \S+ → public\.visits\n/);
    expect(stdout).toMatch(/Only the numbers of rows were compared of: \S+ → public\.logs\n/);
    expect(stdout).toMatch(/rows read or counted; 0 missing/);
    const plan = await run('plan');
    expect(plan.stdout).toMatch(/^PLAN: 3 of 3 tables would be read in full or sampled or counted\./);
    expect(plan.stdout).toMatch(/public\.logs .*\n {2}would be counted/);
  });

  it('finds damage where it reads, and gives way to --mode', async () => {
    await target.run('UPDATE orders SET v = -1 WHERE id = 1500; UPDATE logs SET v = -1 WHERE id = 1500');
    const { exitCode, result, named } = await verify();
    expect(exitCode).toBe(1);
    expect(result.verdict).toBe('different');
    expect(named((table) => table.changed)).toEqual({ logs: 0, orders: 1, visits: 0 });
    const full = await verify('--mode', 'full');
    expect(full.named((table) => table.changed)).toEqual({ logs: 1, orders: 1, visits: 0 });
    expect(full.named((table) => table.mode)).toEqual({ logs: 'full', orders: 'full', visits: 'full' });
    const repair = await run('verify', '--repair', 'fix.sql');
    expect(repair.stderr).toContain('Repair SQL for 1 row');
  });

  it('refuses a mode for a table that there is not', async () => {
    const text = `source: ${source.url}\ntarget: ${target.url}\ntableSettings: { visists: { mode: spot } }\n`;
    writeFileSync(join(folder, 'wrong.yaml'), text);
    const { exitCode, stderr } = await run('verify', '--config', 'wrong.yaml');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'wrong.yaml:3: tableSettings.visists says "visists", but no table of the source has such a name.',
    );
  });
});
