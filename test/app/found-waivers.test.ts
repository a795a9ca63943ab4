import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowproof-found-'));
  writeFileSync(join(folder, 'rowproof-waivers.yaml'), 'format: rowproof/waivers@1\nwaivers: []\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run that finds no server, so that it ends once it has read its files. */
const run = (...flags: string[]) =>
  runCli(['verify', '--source', 'mysql://u@127.0.0.1:1/a', '--target', 'mysql://u@127.0.0.1:1/b', ...flags], {
    cwd: folder,
  });

describe('the waivers of the working folder', () => {
  it('are read, and named on stderr also where somebody asked for quiet', async () => {
    const { stderr } = await run('--quiet');
    expect(stderr).toContain('Waivers: 0 entries of rowproof-waivers.yaml.\n');
  });

  it('are not looked for with --no-config, nor where a flag names others', async () => {
    for (const flags of [['--no-config'], ['--waivers', '/dev/null']])
      expect((await run(...flags)).stderr).not.toContain('rowproof-waivers.yaml');
  });
});
