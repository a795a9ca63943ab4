import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { runCli } from '../support/run-cli.js';
import { fillTable } from '../traps/type-words.js';
import { makeRunFolder, sideFlags } from './run-folder.js';

const ROWS = 4000;
const source = useDatabase('postgresql');
const target = useDatabase('mariadb');

beforeAll(async () => {
  for (const database of [source, target]) {
    await database.run('CREATE TABLE t (id int PRIMARY KEY, n int)');
    await fillTable(database, { table: 't', count: ROWS, select: 'n, n' });
  }
  await source.run('ANALYZE t');
  await target.run('UPDATE t SET n = n + 1 WHERE id % 8 = 0');
});

it('what the end of a run names lists the rows that differ, and reads no others', async () => {
  const folder = makeRunFolder();
  const journal = ['--journal', folder.journal];
  const asked = ['verify', ...sideFlags(source, target), ...journal, '--chunk-rows', '500'];
  const first = await runCli(asked);
  expect(first.exitCode).toBe(1);
  const [, words, size] = /Next: rowproof (.*)\n .*\((.*)\), and not the tables/.exec(first.stderr) ?? [];
  expect(size).toMatch(/^500 rows, about [\d.,]+ k?B a side$/);
  expect(first.stderr).toContain('Give --source and --target again: their passwords are not kept.');
  const named = (words ?? '').split(' ');
  expect(named).toEqual(['verify', '--only', expect.any(String), ...journal, ...named.slice(5)]);
  expect(named.slice(5).filter((word) => word.startsWith('--'))).toEqual(['--differences', '--repair']);
  const second = await runCli([...named, ...sideFlags(source, target), '--log', 'log'], {
    cwd: folder.path,
  });
  expect(second.exitCode).toBe(1);
  const lines = readFileSync(join(folder.path, 'rows.ndjson'), 'utf8').trim().split('\n').slice(1);
  expect(lines.map((line) => Number(JSON.parse(line).key.id))).toEqual(
    Array.from({ length: ROWS / 8 }, (_, index) => (index + 1) * 8),
  );
  expect(readFileSync(join(folder.path, 'repair.sql'), 'utf8')).toContain('UPDATE');
  const log = readFileSync(join(folder.path, 'log'), 'utf8');
  expect(log).not.toContain('"task":"chunk"');
  // With nothing left to list, nothing is named.
  expect(second.stderr).not.toContain('Next:');
  folder.remove();
});

it('rows that are not read again are as old as they are, however often those that differ are', async () => {
  const folder = makeRunFolder();
  const where = ['--journal', folder.journal, '--report', 'json'];
  const first = await runCli(['verify', ...sideFlags(source, target), ...where]);
  const { run, startedAt, elapsedMs } = JSON.parse(first.stdout);
  for (let sitting = 2; sitting <= 4; sitting++) {
    const again = await runCli(['verify', '--only', run, ...sideFlags(source, target), ...where]);
    const { sittings } = JSON.parse(again.stdout);
    expect(sittings.count).toBe(sitting);
    expect(Date.parse(sittings.oldestReadAt)).toBeLessThanOrEqual(Date.parse(startedAt) + elapsedMs + 1);
  }
  folder.remove();
});

it('a run that nobody kept is told of in one sentence', async () => {
  const folder = makeRunFolder();
  const { exitCode, stderr } = await runCli(['verify', '--only', 'nobody', '--journal', folder.journal]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`There is no run nobody in ${folder.journal}.`);
  folder.remove();
});
