import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, markOfProcess, sweepLeft } from '../../src/state/left-files.js';

/** The number of a process that has come to its end. */
function deadProcess(): number {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  return pid;
}

describe('what a process leaves that is ended at once', () => {
  it('is swept once it is gone, and nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'left-'));
    const [machine] = markOfProcess().split('-');
    const dead = deadProcess();
    const swept = [`rowproof-${machine}-${dead}-abc`, `rowproof-${machine}-${dead}.x.tmp`];
    const kept = [
      `rowproof-${markOfProcess()}-abc`,
      `rowproof-00000000-${dead}-abc`,
      `rowproof-${machine}-${dead}`,
      `rowproof-${dead}-abc`,
      `other-${machine}-${dead}-abc`,
      'rowproof-',
    ];
    for (const name of [...swept, ...kept]) {
      if (name.endsWith('abc')) mkdirSync(join(folder, name));
      else writeFileSync(join(folder, name), 'rows');
    }
    writeFileSync(join(folder, swept[0] ?? '', '0.ndjson'), 'rows');
    sweepLeft(folder, 'rowproof-');
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });

  it('is no error where the folder cannot be looked at', () => {
    expect(() => sweepLeft('/nonexistent', 'rowproof-')).not.toThrow();
  });

  it('is not that of a process that is there', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(deadProcess())).toBe(false);
  });
});
