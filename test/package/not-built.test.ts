import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/rowproof.js', import.meta.url));

it('a program that is not built says so, and ends as one that could not run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-bare-'));
  try {
    mkdirSync(join(folder, 'bin'));
    cpSync(BIN, join(folder, 'bin', 'rowproof.mjs'));
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [join(folder, 'bin', 'rowproof.mjs'), 'verify'],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(
      /^rowproof: The program is not built: .*\n {2}Run npm ci and npm run build in its folder, .*\n$/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
