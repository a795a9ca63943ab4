import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = [
  'src',
  ...readdirSync(join(CHECKOUT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(CHECKOUT.length)),
];
const GUIDES = readdirSync(join(CHECKOUT, 'docs/contributing')).map((name) =>
  join('docs/contributing', name),
);
const PAGES = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...GUIDES,
  ...FOLDERS.map((folder) => join(folder, 'README.md')),
];

const read = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');
const namedIn = (path: string): string[] =>
  [...read(path).matchAll(/`([\w./-]+)`/g)].map(([, name]) => name ?? '');

/** Files that a page names: from the root, or, in the README of a folder, of that folder. Other words are none of them. */
function missingFiles(page: string): string[] {
  const isOfFolder = page.endsWith('README.md');
  return namedIn(page).filter((name) => {
    if (/^(?:src|test|bin|pack|bench|fixtures|docs)\//.test(name)) return !existsSync(join(CHECKOUT, name));
    return isOfFolder && name.endsWith('.ts') && !existsSync(join(CHECKOUT, dirname(page), name));
  });
}

describe('a folder of src', () => {
  it.each(FOLDERS)('%s has a README of a few lines', (folder) => {
    const lines = read(join(folder, 'README.md')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^# /);
    expect(lines.length).toBeLessThanOrEqual(20);
  });
});

describe.each(PAGES)('%s', (page) => {
  it('names only files that there are', () => expect(missingFiles(page)).toEqual([]));

  it('links only to what there is', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]*)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(CHECKOUT, dirname(page), path)))).toEqual([]);
  });
});

describe('the guides', () => {
  it('are reached from CONTRIBUTING.md, each of them', () => {
    expect(GUIDES.filter((guide) => !read('CONTRIBUTING.md').includes(`(${guide})`))).toEqual([]);
  });
});
