import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Interruption, listenForInterrupts } from '../../src/cli/interruption.js';
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
