import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flagsOf } from '../../src/config/options/options.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [
  'README.md',
  'SECURITY.md',
  ...readdirSync(join(CHECKOUT, 'docs')).map((name) => join('docs', name)),
].filter((path) => path.endsWith('.md'));

const readPage = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

/** The code of a page that is marked with a language. */
function blocks(path: string, language: string): string[] {
  return [...readPage(path).matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, marked]) => marked === language)
    .map(([, , code]) => code ?? '');
}

/** Headings as the anchors that links name: lower case, without punctuation, dashes for blanks. */
function anchors(path: string): string[] {
  return [...readPage(path).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  it('links only to pages and headings that there are', () => {
    const links = [...readPage(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const dead = links.filter(([, path = '', anchor]) => {
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(CHECKOUT, file))) return true;
      return anchor !== undefined && !anchors(file).includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it('names only tests that there are', () => {
    const named = readPage(page).matchAll(/`(test\/[\w./-]+\.ts)`/g);
    expect([...named].filter(([, path]) => !existsSync(join(CHECKOUT, path ?? '')))).toEqual([]);
  });

  it('names only flags that the command has', () => {
    const commands = readPage(page)
      .replaceAll('\\\n', ' ')
      .matchAll(
        /rowproof(?:\.js)? (verify|watch|plan|init|report|apply|waive|baseline|history)\b([^\n`;|]*)/g,
      );
    const unknown = [...commands].flatMap(([, command, rest = '']) => {
      const known = new Set(flagsOf(command ?? '').map(({ name }) => name));
      const flags = [...rest.matchAll(/(?<=^|\s)--([a-z-]+)/g)].map(([, flag]) => flag ?? '');
      return flags
        .filter((flag) => flag !== 'help' && !known.has(flag))
        .map((flag) => `${command} --${flag}`);
    });
    expect(unknown).toEqual([]);
  });
});

describe('the recipes for CI', () => {
  it('are shell that a shell reads, and YAML', () => {
    const scripts = blocks('docs/ci.md', 'sh');
    expect(scripts).toHaveLength(3);
    for (const script of scripts) execFileSync('sh', ['-n'], { input: script });
    const files = blocks('docs/ci.md', 'yaml').map((text) => Object.keys(parse(text)));
    expect(files).toEqual([
      ['source', 'target', 'exclude'],
      ['minRows', 'tableSettings'],
      ['name', 'on', 'jobs'],
      ['steps'],
      ['drift'],
    ]);
  });
});

describe('the recipe that carries a history', () => {
  it('is YAML whose job may read artifacts, and shell that a shell reads', () => {
    const [text = ''] = blocks('docs/history-and-baseline.md', 'yaml');
    const { permissions, jobs } = parse(text);
    expect(permissions.actions).toBe('read');
    const steps: { run?: string; uses?: string; with?: Record<string, string> }[] = jobs.verify.steps;
    for (const { run } of steps) if (run !== undefined) execFileSync('sh', ['-n'], { input: run });
    const [download] = steps.filter(({ uses }) => uses?.startsWith('actions/download-artifact'));
    const [upload] = steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact'));
    expect(download?.with).toMatchObject({ name: upload?.with?.name, path: upload?.with?.path });
    expect(Object.keys(download?.with ?? {})).toEqual(['name', 'path', 'run-id', 'github-token']);
  });
});

describe('the page about the log', () => {
  it('lists every event that is logged, and no other', () => {
    const sources = readdirSync(join(CHECKOUT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(CHECKOUT, 'src', name), 'utf8'));
    const logged = sources.flatMap((text) =>
      [...text.matchAll(/\b(?:error|warn|info|debug|logRetry)\('([a-z]+:[a-z-]+)'/g)].map(
        ([, event]) => event,
      ),
    );
    const [, table = ''] = readPage('docs/look-inside.md').split('## What lines say');
    const listed = [...table.matchAll(/`([a-z]+:[a-z-]+)`/g)].map(([, event]) => event);
    const isOfRun = (event: string | undefined) => /^(row:differs|rows:read)$/.test(event ?? '');
    expect(new Set(listed.filter((event) => !isOfRun(event)))).toEqual(new Set(logged));
  });
});

describe('the documentation', () => {
  it('is reached from the README, every page of it', () => {
    const readme = readPage('README.md');
    expect(PAGES.filter((path) => path !== 'README.md' && !readme.includes(`(${path}`))).toEqual([]);
  });
});
