import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { RowproofError } from '../../src/core/errors.js';
import { fakeIo, noApply, noPlan } from './fake-io.js';

const URLS = ['--source', 'mysql://old/shop', '--target', 'postgres://new/shop', '--no-config'];
const folder = mkdtempSync(join(tmpdir(), 'rowproof-watch-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(flags: readonly string[], verify = noPlan) {
  const io = fakeIo({ columns: 80 });
  const words = ['watch', ...URLS, '--journal', join(folder, 'journal'), ...flags];
  const exitCode = await runCli(words, io, { verify, plan: noPlan, apply: noApply });
  return { exitCode, ...io.written };
}

describe('rowproof watch', () => {
  it.each([
    [['--until-timeout', '8h'], 'Expected --until ready with --until-timeout, got none.'],
    [['--max-lag', '5s'], 'Expected --until ready with --max-lag, got none.'],
    [['--until', 'then'], 'Expected --until to be one of stopped, ready, got then.'],
    [['--pass-every', '10'], 'Expected --pass-every to be a time from 0s to 30d, got 10.'],
    [['--report', 'json'], 'Expected --report FORMAT=PATH, got json: stdout carries a line for each pass.'],
    [['--state', '/no/such/folder/state.json'], 'Cannot write --state /no/such/folder/state.json: '],
    [['--state', '/'], 'Cannot write --state /: it is no regular file.'],
    [
      ['--state', join(folder, 'one'), '--differences', join(folder, 'one')],
      'Expected a file of its own for each output',
    ],
    [
      ['--where', 'orders:created_at > now()'],
      'Expected a condition on orders that means the same rows at any time',
    ],
    [['--seed', '7'], 'rowproof watch has no flag --seed, only rowproof verify and rowproof plan have.'],
    [['--repair', 'fix.sql'], 'rowproof watch has no flag --repair, only'],
  ])('refuses %j in one sentence before anything runs', async (flags, message) => {
    const { exitCode, stdout, stderr } = await run(flags);
    expect(stderr).toContain(`rowproof: ${message}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('ends where its first pass cannot be done, and leaves nothing', async () => {
    const refused = () =>
      Promise.reject(new RowproofError({ code: 'connect', message: 'Nobody answers.', hint: 'Look.' }));
    const { exitCode, stdout, stderr } = await run([], refused);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('Nobody answers.');
    expect(readdirSync(join(folder, 'journal'))).toEqual([]);
  });

  it('says in its help how it ends', async () => {
    const { exitCode, stdout } = await run(['--help']);
    expect(exitCode).toBe(0);
    for (const part of ['--until-timeout', '--take-over-after', 'Exit codes:', 'A password may stand'])
      expect(stdout).toContain(part);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
