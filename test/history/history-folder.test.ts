import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addNight,
  forgetNights,
  openHistory,
  readHistory as readNights,
} from '../../src/history/history-folder.js';
import type { SavedNight } from '../../src/history/night.js';

/** Whose a night is until it is whole. */
const MARK = 'writer-1';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** All nights of a folder, and the names of files that are none. */
function readHistory(path: string) {
  const unreadable: string[] = [];
  const nights = [...readNights(path, (name) => unreadable.push(name))];
  return { nights, unreadable };
}

const night = (startedAt: string): SavedNight => ({
  format: 'rowproof/history@1',
  startedAt,
  verdict: 'verified',
  source: 'mysql://a',
  target: 'postgres://b',
  asked: 'q',
  secret: null,
  tables: [],
});

const sizeOf = (name: string): number => statSync(join(folder, name)).size;

/** Adds nights from a process of its own, as runs that overlap do. */
function writeFromElsewhere(writer: string, nights: number): Promise<number | null> {
  const module = new URL('../../dist/history/history-folder.js', import.meta.url).href;
  const script = `import { addNight } from ${JSON.stringify(module)};
    const rows = Array.from({ length: 10_000 }, (_, id) => [String(id), 'x'.repeat(22)]);
    for (let at = 0; at < ${nights}; at++) addNight(${JSON.stringify(folder)}, {
      mark: '${MARK}',
      night: {
        ...${JSON.stringify(night('2026-01-01T02:00:00.000Z'))}, asked: '${writer}' + at,
        tables: ['t', 'u', 'v', 'w'].map((table) => ({
          table, verdict: 'different', differing: 10_000, waived: 0, isRead: true, rows,
        })),
      },
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
}

describe('the folder of a history', () => {
  it('has every night of two writers at once, each complete from the moment on at which it is there', async () => {
    const writers = Promise.all(['a', 'b'].map((writer) => writeFromElsewhere(writer, 20)));
    let isDone = false;
    void writers.then(() => {
      isDone = true;
    });
    const firstSizes = new Map<string, number>();
    while (!isDone) {
      for (const name of readdirSync(folder)) {
        if (name.startsWith('night-') && !firstSizes.has(name)) firstSizes.set(name, sizeOf(name));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await writers).toEqual([0, 0]);
    expect([...firstSizes].filter(([name, size]) => size !== sizeOf(name))).toEqual([]);
    const { nights, unreadable } = readHistory(folder);
    expect(unreadable).toEqual([]);
    expect(new Set(nights.map((each) => each.asked)).size).toBe(40);
    expect(readdirSync(folder)).toHaveLength(40);
  });

  it('is read in the order of time', () => {
    for (const day of ['03', '01', '02'])
      addNight(folder, { night: night(`2026-01-${day}T02:00:00.000Z`), mark: MARK });
    expect(readHistory(folder).nights.map(({ startedAt }) => startedAt.slice(8, 10))).toEqual([
      '01',
      '02',
      '03',
    ]);
  });

  it('forgets nights that are too old, and touches nothing else', () => {
    for (const day of ['01', '02', '03'])
      addNight(folder, { night: night(`2026-01-${day}T02:00:00.000Z`), mark: MARK });
    writeFileSync(join(folder, 'night-of-ours.json'), '{}');
    expect(forgetNights(folder, Date.parse('2026-01-02T02:00:00.000Z'))).toBe(1);
    expect(readHistory(folder).nights).toHaveLength(2);
    expect(readdirSync(folder)).toContain('night-of-ours.json');
  });

  it('names what is no night, and reads the others', () => {
    addNight(folder, { night: night('2026-01-01T02:00:00.000Z'), mark: MARK });
    const broken = 'night-20260102T020000000Z-0123456789ab.json';
    writeFileSync(join(folder, broken), '{"format":"rowproof/history@1"');
    expect(readHistory(folder)).toMatchObject({ nights: [{ asked: 'q' }], unreadable: [broken] });
  });

  it('is for its owner only', () => {
    const inner = join(folder, 'a/b');
    openHistory(inner, MARK);
    addNight(inner, { night: night('2026-01-01T02:00:00.000Z'), mark: MARK });
    const [name = ''] = readdirSync(inner);
    expect([statSync(inner).mode & 0o777, statSync(join(inner, name)).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('that cannot be one is refused with the reason', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openHistory(join(folder, 'file'), MARK)).toThrow(/^Cannot use the history in /);
    expect(() => readHistory(join(folder, 'nowhere'))).toThrow(/there is no such file/);
  });
});
