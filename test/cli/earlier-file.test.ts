import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepEarlierFile } from '../../src/cli/earlier-file.js';
import { openOutputFile } from '../../src/cli/output-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-earlier-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = '-- format: rowproof/repair@1 {"url":"x","startedAt":"2026-11-29T02:31:06.868Z"}\n';

describe('a repair file that is there already', () => {
  it.each([
    ['fix.sql', 'fix.2026-11-29T02-31-06-868Z.sql'],
    ['fix.undo.sql', 'fix.2026-11-29T02-31-06-868Z.undo.sql'],
    ['a.b', 'a.2026-11-29T02-31-06-868Z.b'],
    ['fix', 'fix.2026-11-29T02-31-06-868Z'],
  ])('%s becomes %s, by the start of its run', (name, kept) => {
    const path = join(folder, name);
    writeFileSync(path, HEADER);
    expect(keepEarlierFile(path)).toBe(join(folder, kept));
    expect(readdirSync(folder)).toEqual([kept]);
  });

  it('is told from another one of the same run, and by its own time where it names no run', () => {
    const path = join(folder, 'fix.sql');
    for (const _ of [1, 2]) {
      writeFileSync(path, HEADER);
      keepEarlierFile(path);
    }
    writeFileSync(path, 'not ours');
    utimesSync(path, 0, 0);
    keepEarlierFile(path);
    expect(readdirSync(folder).sort()).toEqual([
      'fix.1970-01-01T00-00-00-000Z.sql',
      'fix.2026-11-29T02-31-06-868Z-2.sql',
      'fix.2026-11-29T02-31-06-868Z.sql',
    ]);
    expect(keepEarlierFile(path)).toBeNull();
  });

  it('is moved only when the new one is whole', async () => {
    const path = join(folder, 'fix.sql');
    writeFileSync(path, HEADER);
    const kept: string[] = [];
    const open = () =>
      openOutputFile({
        flag: '--repair',
        path,
        access: 'private',
        keepEarlier: (name) => void kept.push(name),
      });
    open().discard();
    expect([readdirSync(folder), kept]).toEqual([['fix.sql'], []]);
    await open().write(['new']);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(kept).toEqual([join(folder, 'fix.2026-11-29T02-31-06-868Z.sql')]);
    expect(readFileSync(kept[0] ?? '', 'utf8')).toBe(HEADER);
  });
});
