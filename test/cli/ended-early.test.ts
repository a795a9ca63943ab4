import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leavesEarlier } from '../../src/cli/ended-early.js';
import { openOutputFile } from '../../src/cli/output-file.js';
import { RowproofError } from '../../src/core/errors.js';
import type { RunResult } from '../../src/core/result.js';
import { mixedResult, sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeVerify, runVerifyCli } from './fake-io.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-ended-'));
  path = join(folder, 'rows.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const EARLIER = 'rows of last night';
const NO_ROWS = sampleResult([sampleTable()]);
const INTERRUPTED: RunResult = { ...NO_ROWS, verdict: 'unverified', interrupted: true };

const list = (result: RunResult) => runVerifyCli(['--differences', path], fakeVerify(result));
const listed = (): number => readFileSync(path, 'utf8').trimEnd().split('\n').length - 1;

describe('the differing rows of an earlier run', () => {
  it.each<[string, RunResult]>([
    ['is interrupted', INTERRUPTED],
    ['comes to --max-runtime', { ...NO_ROWS, verdict: 'unverified', stoppedBy: 'max-runtime' }],
    [
      'can read nothing',
      { ...NO_ROWS, verdict: 'unverified', totals: { ...NO_ROWS.totals, sourceRows: 0, targetRows: 0 } },
    ],
  ])('stay where they are when the next one %s before it finds any, and it says so', async (_how, result) => {
    writeFileSync(path, EARLIER);
    const { stderr } = await list(result);
    expect(readFileSync(path, 'utf8')).toBe(EARLIER);
    expect(readdirSync(folder)).toEqual(['rows.ndjson']);
    expect(stderr).toContain(
      `${path} is left as it was: this run ended before it found a row that differs.\n`,
    );
  });

  it.each<[string, RunResult]>([
    ['an interrupted one that found some', { ...mixedResult(), interrupted: true }],
    ['one that came to its end and found none', NO_ROWS],
    ['one that read some, and could not read the rest', { ...NO_ROWS, verdict: 'unverified' }],
  ])('are replaced by those of %s', async (_which, result) => {
    writeFileSync(path, EARLIER);
    const { stderr } = await list(result);
    expect(readFileSync(path, 'utf8')).not.toBe(EARLIER);
    expect(stderr).not.toContain('left as it was');
  });

  it('stay where they are when the next one ends with an error, and it says so', async () => {
    const failing = () =>
      Promise.reject(new RowproofError({ code: 'connect', message: 'Cannot connect.', hint: 'Look.' }));
    const verify = (rows: string) => runVerifyCli(['--quiet', '--differences', rows], failing);
    expect((await verify(path)).stderr).toBe('rowproof: Cannot connect.\n  Look.\n');
    writeFileSync(path, EARLIER);
    const { exitCode, stderr } = await verify(path);
    expect(exitCode).toBe(4);
    expect(readFileSync(path, 'utf8')).toBe(EARLIER);
    expect(readdirSync(folder)).toEqual(['rows.ndjson']);
    expect(stderr).toMatch(
      /rows\.ndjson is left as it was: this run has put nothing in place of what an earlier one found\.\nrowproof: /,
    );
  });

  it.runIf(existsSync('/dev/full'))('are said to be replaced where only a report fails', async () => {
    writeFileSync(path, EARLIER);
    const flags = ['--differences', path, '--report', 'json=/dev/full'];
    const { exitCode, stderr } = await runVerifyCli(flags, fakeVerify(mixedResult()));
    expect(exitCode).toBe(4);
    expect(listed()).toBeGreaterThan(0);
    expect(stderr).toContain('Cannot write /dev/full');
    expect(stderr).not.toContain('left as');
  });

  it('are not waited for: an interrupted run writes a file where there was none', async () => {
    await list(INTERRUPTED);
    expect(listed()).toBe(0);
  });
});

describe('a repair and its undo', () => {
  const open = (name: string) =>
    openOutputFile({ flag: '--repair', path: join(folder, name), access: 'private' });
  const ask = (undo: ReturnType<typeof open>, repair: ReturnType<typeof open>) => {
    let said = '';
    const leaves = leavesEarlier({
      files: [undo, repair],
      result: INTERRUPTED,
      stderr: { write: (text) => (said += text) },
    });
    for (const file of [undo, repair]) file.discard();
    return { leaves, said };
  };

  it('are left together', () => {
    for (const name of ['fix.undo.sql', 'fix.sql']) writeFileSync(join(folder, name), EARLIER);
    expect(ask(open('fix.undo.sql'), open('fix.sql'))).toEqual({
      leaves: true,
      said: `${folder}/fix.undo.sql and ${folder}/fix.sql are left as they were: this run ended before it found a row that differs.\n`,
    });
  });

  it('are written where somebody reads one of them from a pipe', () => {
    writeFileSync(join(folder, 'fix.undo.sql'), EARLIER);
    const device = openOutputFile({ flag: '--repair', path: '/dev/null', access: 'private' });
    expect(ask(open('fix.undo.sql'), device)).toEqual({ leaves: false, said: '' });
  });
});
