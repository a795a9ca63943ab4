import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import type { RunResult } from '../../src/core/result.js';
import { formatJsonReport } from '../../src/report/json-report.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fakeIo, noApply, noPlan } from './fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'rowproof-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function report(text: string, ...flags: string[]) {
  const path = join(folder, 'run.json');
  writeFileSync(path, text);
  const io = fakeIo();
  const verify = () => Promise.reject(new Error('a saved result needs no database'));
  const exitCode = await runCli(['report', path, ...flags], io, { verify, plan: noPlan, apply: noApply });
  return { exitCode, stdout: io.written.stdout, stderr: io.written.stderr };
}

const saved = (changes: Partial<RunResult>): string =>
  formatJsonReport(sampleResult([sampleTable()], changes));

describe('rendering a saved result again', () => {
  it.each([
    ['verified', 0],
    ['different', 1],
    ['unverified', 3],
    ['sampled', 0],
  ] as const)('exits as the verdict %s says', async (verdict, exitCode) => {
    expect((await report(saved({ verdict }))).exitCode).toBe(exitCode);
  });

  it('exits as an interrupted run did', async () => {
    expect((await report(saved({ interrupted: true }))).exitCode).toBe(130);
  });

  it('gives back the very JSON that was saved', async () => {
    const text = saved({});
    expect((await report(text, '--report', 'json')).stdout).toBe(text);
  });

  it('refuses a file that is no saved result, a newer format and one that was cut off', async () => {
    expect((await report('{"format":"x"}')).stderr).toMatch(/is not a saved Rowproof result/);
    expect((await report('{"format":"rowproof/run@2"}')).stderr).toMatch(
      /this version reads rowproof\/run@1/,
    );
    const cut = await report('{"format":"rowproof/run@1","verdict":"verified"}');
    expect(cut).toMatchObject({ exitCode: 2, stdout: '' });
    expect(cut.stderr).toMatch(/is incomplete/);
  });
});
