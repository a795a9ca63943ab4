import { planRun, resolveConfig, type VerifySettings, verify } from 'rowproof';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatHeadline } from '../../src/report/verdict-text.js';
import { fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { compare, findingCodes, tableResult } from './compare.js';

const ROWS = Array.from({ length: 30 }, (_, id) => `(${id})`).join(', ');

describe('--min-rows, where nobody filled either side', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  beforeAll(async () => {
    for (const side of [source, target]) await side.run('CREATE TABLE orders (id int PRIMARY KEY)');
  });

  it('makes of two empty schemas no pass, and says so in the first and in the last line', async () => {
    const args = ['verify', '--source', source.url, '--target', target.url, '--workers', '1'];
    expect((await runCli(args)).exitCode).toBe(0);
    const { exitCode, stdout } = await runCli([...args, '--min-rows', '1']);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /^UNVERIFIED: no difference was found, but fewer rows were read than were asked for\.\n/,
    );
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '[few-rows] Only 0 rows of the source and 0 of the target were looked at, all tables together; --min-rows asks for at least 1 of each.',
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^UNVERIFIED: .*; unverified: few-rows; /);
  });

  it('is known before a row is read, and the plan says so in its first line and by its exit code', async () => {
    const args = ['plan', '--source', source.url, '--target', target.url];
    expect((await runCli(args)).exitCode).toBe(0);
    const { exitCode, stdout } = await runCli([...args, '--min-rows', '1']);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^PLAN: .*; the run could be UNVERIFIED at best: few-rows\.\n/);
    expect(stdout).toContain(
      'No row is there on the source and the target in any table; --min-rows asks for',
    );
  });
});

describe.each(fewEnginePairs())('--min-rows from $source to $target', ({ source: from, target: to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE filled (id int PRIMARY KEY); CREATE TABLE hollow (id int PRIMARY KEY)');
      await side.run(`INSERT INTO filled VALUES ${ROWS}`);
    }
  });
  const run = (flags: Record<string, string | string[]>) => compare({ source, target, flags });

  it('counts what a sample read, not what the sample stands for', async () => {
    const sampled = await run({ mode: 'spot', ratio: '50%', seed: '7', tables: 'filled' });
    const { sourceRows, targetRows } = sampled.result.totals;
    const seen = Math.min(sourceRows, targetRows);
    const flags = { mode: 'spot', ratio: '50%', seed: '7', tables: 'filled' };
    expect((await run({ ...flags, 'min-rows': String(Math.max(1, seen)) })).result.verdict).toBe(
      seen === 0 ? 'unverified' : 'sampled',
    );
    expect((await run({ ...flags, 'min-rows': String(seen + 1) })).result.verdict).toBe('unverified');
  });

  it('asks for so many on each side', async () => {
    await target.run('DELETE FROM filled WHERE id > 4');
    const { result } = await run({ 'min-rows': '30' });
    await target.run(`DELETE FROM filled; INSERT INTO filled VALUES ${ROWS}`);
    expect(result.verdict).toBe('different');
    expect(findingCodes(result)).toEqual(['few-rows']);
    expect(result.findings[0]?.message).toContain('Only 30 rows of the source and 5 of the target');
  });

  it('of a table alone makes that table unverified', async () => {
    const found = await runSettings(source, target, { filled: { minRows: 30 }, hollow: { minRows: 1 } });
    expect(found.verdict).toBe('unverified');
    expect(findingCodes(found)).toEqual([]);
    const tables = { result: found, differences: [], events: [] };
    expect(tableResult(tables, 'filled').verdict).toBe('verified');
    expect(findingCodes(tableResult(tables, 'hollow'))).toEqual(['few-rows']);
    expect(formatHeadline(found)).toBe(
      'UNVERIFIED: no difference was found, but 1 of 2 tables has fewer rows than were asked for.',
    );
  });

  it('of a table that is empty, or of which a condition leaves nothing, is known to the plan', async () => {
    const settings = { source: source.url, target: target.url };
    const planFor = (more: Partial<VerifySettings>) => planRun(resolveConfig({ ...settings, ...more }));
    expect((await planFor({ minRows: 1 })).expected).toBeNull();
    expect((await planFor({ minRows: 1, tableSettings: { filled: { where: 'id < 0' } } })).expected).toBe(
      'unverified',
    );
    const found = await planFor({ tableSettings: { filled: { minRows: 30 }, hollow: { minRows: 1 } } });
    expect(found.expected).toBe('unverified');
    const codes = found.tables.map(({ source: name, findings }) => [
      name?.split('.').at(-1),
      ...findings.map(({ code }) => code),
    ]);
    expect(codes).toEqual([['filled'], ['hollow', 'few-rows']]);
  });

  it('of a table that is excluded, or is there in full, changes nothing', async () => {
    const settings = { filled: { minRows: 30 }, hollow: { minRows: 5 } };
    const found = await runSettings(source, target, settings, { exclude: ['hollow'] });
    expect(found.verdict).toBe('verified');
  });
});

async function runSettings(
  source: TestDatabase,
  target: TestDatabase,
  tableSettings: Record<string, { minRows: number }>,
  more: { exclude?: string[] } = {},
) {
  const config = resolveConfig({
    source: source.url,
    target: target.url,
    workers: 1,
    tableSettings,
    ...more,
  });
  const outcome = await verify(config);
  await outcome.close();
  return outcome.result;
}
