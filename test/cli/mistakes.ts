import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A password in every form in which one may stand in a URL; none of it may be seen anywhere. */
export const SECRET = 's3cret';

/** A command line with a mistake, and the sentence and hint that tell of it. */
export interface Mistake {
  readonly argv: readonly string[];
  /** What the one sentence holds: what is wrong, by its name. */
  readonly sentence: string;
  /** What the hint holds; empty where there is none. */
  readonly hint: string;
  readonly exitCode: number;
}

/** What a command line left. */
export interface Told {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A mistake that is wrong usage. */
export function mistake(argv: readonly string[], sentence: string, hint = ''): Mistake {
  return { argv, sentence, hint, exitCode: 2 };
}

/** Expects one sentence that names what is wrong, a hint at most, no stack, no password and no result. */
export function expectTold(
  { exitCode, stdout, stderr }: Told,
  { sentence, hint, exitCode: code }: Mistake,
): void {
  const lines = stderr
    .replace(/^Settings from .*\n/, '')
    .trimEnd()
    .split('\n');
  const [first = '', second = ''] = lines;
  expect(first).toContain(sentence);
  expect(first).toMatch(/^rowproof: .*[.?]$/);
  expect(second).toContain(hint);
  expect(lines.length).toBeLessThanOrEqual(second === '' ? 1 : 2);
  if (second !== '') expect(second).toMatch(/^ {2}\S/);
  expect(stderr).not.toMatch(/^ +at |This is a bug|undefined|\[object|NaN/m);
  expect(stdout + stderr).not.toContain(SECRET);
  expect(stdout).toBe('');
  expect(exitCode).toBe(code);
}

/** A folder with a file of every kind that a command line can name. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-mistakes-'));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'folder'));
  put('file', 'mine');
  put('good.yaml', 'source: mysql://127.0.0.1:1/shop\ntarget: postgres://127.0.0.1:1/shop\n');
  put('empty.yaml', '');
  put('large.yaml', 'a'.repeat((1 << 20) + 1));
  put('empty.json', '');
  put('other.json', '{"a": 1}');
  put('newer.json', '{"format": "rowproof/run@9"}');
  put('cut.json', '{"format": "rowproof/run@1"');
  put('cut.sql', 'SELECT 1');
  put('other.sql', 'SELECT 1;\n');
  symlinkSync('file', join(folder, 'link'));
  symlinkSync('circle', join(folder, 'circle'));
  return folder;
}

/** Everything in a folder, to see that nothing was written. */
export function readFolder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(files.map((name) => [name, describeFile(join(folder, name))]));
}

function describeFile(path: string): string {
  const stats = lstatSync(path);
  return stats.isFile() ? `${stats.size} bytes of ${stats.mtimeMs}` : 'no file';
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
