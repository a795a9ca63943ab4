import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Interruption, listenForInterrupts } from '../../src/cli/interruption.js';
import type { Verify } from '../../src/cli/run-verify.js';
import type { RowDifference } from '../../src/core/difference.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { type FakeIo, fakeIo, fakeVerify, runVerifyCli } from './fake-io.js';

describe('a second interrupt', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowproof-twice-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('leaves no output that looks whole, and no temporary file of one', async () => {
    const at = (name: string): string => join(folder, name);
    const outputs = [
      '--report',
      `json=${at('run.json')}`,
      '--differences',
      at('rows.ndjson'),
      '--repair',
      at('fix.sql'),
    ];
    const left: string[][] = [];
    const io = fakeIo();
    const look = (): void => void left.push(readdirSync(folder));
    // The process ends where it is told to, so what lies there then is what it leaves.
    const exit = (code: number): void => {
      io.exit(code);
      look();
    };
    const ending: FakeIo = { ...io, exit };
    await runVerifyCli(
      outputs,
      async (config, hooks) => {
        look();
        io.interrupt();
        look();
        io.interrupt();
        return fakeVerify(sampleResult([sampleTable()]))(config, hooks);
      },
      ending,
    );
    const [running, stopping, ended] = left;
    expect(running).toHaveLength(5);
    expect(stopping).toEqual(running);
    expect(ended).toEqual(['run.json']);
    expect(io.exits).toEqual([130]);
  });

  it('leaves a report that says the run failed', async () => {
    const path = join(folder, 'run.json');
    const io = fakeIo();
    const reports: unknown[] = [];
    const ending: FakeIo = { ...io, exit: () => void reports.push(JSON.parse(readFileSync(path, 'utf8'))) };
    await runVerifyCli(
      ['--report', `json=${path}`],
      async (config, hooks) => {
        io.interrupt();
        io.interrupt();
        return fakeVerify(sampleResult([sampleTable()]))(config, hooks);
      },
      ending,
    );
    expect(reports).toMatchObject([{ verdict: 'unverified', state: 'failed' }]);
  });
});

describe('a stop while rows are written', () => {
  it('is heard at once, ends with 130, and leaves no file that looks whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-writing-'));
    const io = fakeIo();
    let read = 0;
    async function* endless(row: RowDifference) {
      for (;;) {
        yield { table: 'shop.orders', difference: row };
        if (++read === 2500) io.interrupt();
        if (read % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const result = sampleResult([sampleTable()]);
    const row: RowDifference = {
      kind: 'missing',
      key: { id: '1' },
      columns: ['id'],
      source: { id: '1' },
      target: null,
    };
    const verify = async (...of: Parameters<Verify>) => ({
      ...(await fakeVerify(result)(...of)),
      differences: () => endless(row),
    });
    const run = await runVerifyCli(['--differences', join(folder, 'rows.ndjson')], verify, io);
    expect(run.exitCode).toBe(130);
    expect(read).toBeLessThan(2600);
    expect(run.stderr).toContain('what is not written yet is left out');
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('shows how many rows are written, and their time is in the result', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowproof-writing-'));
    let nowMs = 0;
    const io = fakeIo({ now: () => nowMs });
    const result = sampleResult([sampleTable()]);
    const row: RowDifference = {
      kind: 'missing',
      key: { id: '1' },
      columns: ['id'],
      source: { id: '1' },
      target: null,
    };
    async function* rows() {
      for (let number = 0; number < 2000; number++) {
        nowMs += 5;
        yield { table: 'shop.orders', difference: row };
      }
    }
    const verify = async (...of: Parameters<Verify>) => ({
      ...(await fakeVerify(result)(...of)),
      differences: rows,
    });
    const path = join(folder, 'rows.ndjson');
    await runVerifyCli(['--differences', path, '--report', `json=${join(folder, 'run.json')}`], verify, io);
    expect(io.written.stderr).toContain(`writing ${path}: 1,000 rows`);
    const { elapsedMs } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    expect(elapsedMs).toBe(result.elapsedMs + 10_000);
    rmSync(folder, { recursive: true });
  });
});

describe('a run that was told to stop', () => {
  const done: string[] = [];
  let io: FakeIo;
  let interruption: Interruption;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    done.length = 0;
    io = fakeIo();
    interruption = listenForInterrupts({
      io,
      say: () => undefined,
      onSecond: () => void done.push('cleaned up'),
    });
  });
  afterEach(() => {
    interruption.close();
    vi.useRealTimers();
  });

  it('is ended where it has not stopped after 4.5 s, whatever it waits for', () => {
    io.interrupt();
    vi.advanceTimersByTime(4499);
    expect(io.exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['cleaned up']);
    expect(io.exits).toEqual([130]);
  });

  it('may write for as long as that takes once it is over', () => {
    io.interrupt();
    interruption.runEnded();
    vi.advanceTimersByTime(3_600_000);
    expect(io.exits).toEqual([]);
    expect(interruption.signal.aborted).toBe(true);
  });
});
