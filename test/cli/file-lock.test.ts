import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { whileLocked } from '../../src/cli/file-lock.js';

describe('a file that commands change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-lock-'));
  const path = join(folder, 'list.txt');
  const lock = `${path}.lock`;
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Reads, waits and writes, as a command does that adds to what is there. */
  async function add(line: string): Promise<void> {
    const before = readFileSync(path, 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(path, `${before}${line}\n`);
  }

  it('keeps what each of several at once adds', async () => {
    writeFileSync(path, '');
    const lines = ['one', 'two', 'three', 'four'];
    await Promise.all(lines.map((line) => whileLocked(path, () => add(line))));
    expect(readFileSync(path, 'utf8').trimEnd().split('\n').toSorted()).toEqual(lines.toSorted());
    expect(existsSync(lock)).toBe(false);
  });

  it('is free again after one that failed, and after one that was ended at once', async () => {
    await expect(whileLocked(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(lock, String(pid));
    expect(await whileLocked(path, async () => readFileSync(lock, 'utf8'))).toBe(String(process.pid));
    expect(existsSync(lock)).toBe(false);
  });
});
