import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteKeptRun, listKeptRuns, openKeptRun, tidyRuns } from '../../src/app/saved-runs.js';
import { formatLine } from '../../src/state/journal/journal-line.js';

const NOW = Date.now();
const DAY_MS = 86_400_000;
/** No process has this number: the kernel's largest is far below it. */
const NOBODY = 2 ** 30;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-runs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Kept {
  readonly format?: string;
  readonly pid?: number;
  readonly host?: string;
  readonly ageMs?: number;
}

function keep(
  run: string,
  { format = 'rowproof/journal@1', pid = NOBODY, host = hostname(), ageMs = 0 }: Kept = {},
): void {
  const side = (url: string) => ({ url, schema: 'shop' });
  const facts = {
    sides: { source: side('mysql://old/shop'), target: side('postgres://new/shop') },
    tables: [],
  };
  const head = {
    kind: 'head',
    format,
    run,
    sitting: 1,
    startedAt: '2026-11-29T02:14:09Z',
    host,
    pid,
    facts,
    asked: {},
  };
  mkdirSync(join(folder, run));
  const path = join(folder, run, 'sitting-0001.journal');
  writeFileSync(path, formatLine(head) + formatLine({ kind: 'ready' }));
  const written = new Date(NOW - ageMs);
  utimesSync(path, written, written);
}

describe('the runs that are kept', () => {
  it('are listed with the sides that they compare, the oldest first', () => {
    keep('20261129-2');
    keep('20261128-1');
    expect(listKeptRuns(folder)).toMatchObject([
      { run: '20261128-1', sittings: 1, atWork: null, sides: { source: 'mysql://old/shop' } },
      { run: '20261129-2', startedAt: '2026-11-29T02:14:09Z', sides: { target: 'postgres://new/shop' } },
    ]);
  });

  it('are none where there is no folder, and where what lies there is no run', () => {
    expect(listKeptRuns(join(folder, 'none'))).toEqual([]);
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'file'), '');
    expect(listKeptRuns(folder)).toEqual([]);
  });

  it('are listed although another version wrote one, which cannot be read but be deleted', () => {
    keep('20261129-1', { format: 'rowproof/journal@9' });
    keep('20261129-2');
    expect(listKeptRuns(folder)).toMatchObject([{ startedAt: null, sides: null }, { run: '20261129-2' }]);
    expect(() => openKeptRun(folder, '20261129-1')).toThrow(/has the format rowproof\/journal@9, and/);
    deleteKeptRun(folder, '20261129-1');
    expect(listKeptRuns(folder)).toMatchObject([{ run: '20261129-2' }]);
  });

  it('are listed although one comes to its end meanwhile', () => {
    keep('20261129-2');
    mkdirSync(join(folder, '20261129-1'));
    symlinkSync(join(folder, 'gone'), join(folder, '20261129-1', 'sitting-0001.journal'));
    expect(listKeptRuns(folder)).toMatchObject([{ run: '20261129-2' }]);
  });

  it('are named after a fortnight without a word', () => {
    keep('20261129-1', { ageMs: 15 * DAY_MS });
    keep('20261129-2', { ageMs: 13 * DAY_MS });
    expect(tidyRuns(folder, NOW).map(({ run }) => run)).toEqual(['20261129-1']);
  });
});

describe('the run to go on with', () => {
  const open = (name: string | null) => () => openKeptRun(folder, name);

  it('is the only one that waits, or the one that is named', () => {
    keep('20261129-1');
    expect(open(null)().head.run).toBe('20261129-1');
    keep('20261129-2');
    expect(open('20261129-2')().head.run).toBe('20261129-2');
    expect(open(null)).toThrow('2 runs wait to go on: 20261129-1, 20261129-2.');
    expect(open('20261129-3')).toThrow(`There is no run 20261129-3 in ${folder}.`);
    expect(open('../20261129-1')).toThrow(/^There is no run /);
  });

  it('is the only one that waits also while another one is at work', () => {
    keep('20261129-1', { pid: process.pid });
    keep('20261129-2');
    expect(open(null)().head.run).toBe('20261129-2');
  });

  it.each([
    ['this machine', { pid: process.pid }],
    ['another machine', { host: 'elsewhere' }],
  ])('is not one that is at work on %s', (_, who) => {
    keep('20261129-1', who);
    const message =
      /^Run 20261129-1 seems to be at work still: process \d+ on \S+ wrote to its journal a moment ago\.$/;
    expect(open('20261129-1')).toThrow(message);
    expect(open(null)).toThrow(message);
    expect(() => deleteKeptRun(folder, '20261129-1')).toThrow(message);
    expect(listKeptRuns(folder)).toHaveLength(1);
  });

  it.each([
    ['ended', {}],
    ['says nothing any more', { pid: process.pid, ageMs: 31_000 }],
    ['says nothing any more on another machine', { host: 'elsewhere', ageMs: 31_000 }],
  ])('is one whose process %s', (_, who) => {
    keep('20261129-1', who);
    expect(open(null)().head.run).toBe('20261129-1');
  });

  it('is none where none is kept, or where what is kept is of no use', () => {
    expect(open(null)).toThrow(`No run waits to go on in ${folder}.`);
    mkdirSync(join(folder, '20261129-1'));
    writeFileSync(join(folder, '20261129-1', 'sitting-0001.journal'), '');
    expect(open(null)).toThrow('The journal of run 20261129-1 holds nothing that could be gone on with.');
  });
});
