import type { ApplyOptions, ApplyResult, LeftRow } from 'rowproof';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { fakeIo, noPlan } from './fake-io.js';

const RESULT: ApplyResult = {
  format: 'rowproof/apply@1',
  plan: {
    file: 'fix.sql',
    direction: 'repair',
    startedAt: '2026-01-01T00:00:00.000Z',
    target: 'mysql://new/shop',
    tables: [],
    rows: 1200,
    leftAlone: 0,
    unchanged: 0,
    undoPath: 'fix.undo-1.sql',
  },
  dryRun: false,
  applied: 0,
  done: 0,
  changed: 0,
  refused: 1200,
  open: 0,
  verified: 0,
  differing: 0,
  undoPath: null,
  interrupted: false,
};

async function applyRefusing(rows: number, ...flags: string[]): Promise<string> {
  const io = fakeIo();
  const left = (line: number): LeftRow => ({
    kind: 'refused',
    table: 't',
    key: 'id = 1',
    line,
    reason: 'No.',
  });
  const apply = async ({ onLeft }: ApplyOptions): Promise<ApplyResult> => {
    for (let line = 1; line <= rows; line++) onLeft?.(left(line));
    return RESULT;
  };
  const argv = ['apply', 'fix.sql', '--target', 'mysql://new/shop', '--yes', ...flags];
  await runCli(argv, io, { verify: () => Promise.reject(new Error('nothing is read')), plan: noPlan, apply });
  return io.written.stdout;
}

describe('rows that are not as the file wants them', () => {
  it('are printed up to a hundred, and the others are counted', async () => {
    const lines = (await applyRefusing(1200)).split('\n');
    expect(lines.filter((line) => line.startsWith('Refused: '))).toHaveLength(100);
    expect(lines[100]).toBe('and 1,100 more rows that are not listed (--json lists the first 1,000)');
    expect(await applyRefusing(101)).toContain('\nand 1 more row that is not listed (');
    expect(await applyRefusing(100)).not.toContain('not listed');
  });

  it('are in the JSON result up to a thousand', async () => {
    const { left, refused } = JSON.parse(await applyRefusing(1200, '--json'));
    expect([left.length, refused]).toEqual([1000, 1200]);
  });
});
