import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';

/** A busy machine takes ten times as long as an idle one. */
const TIMEOUT_MS = 180_000;
const DEMO = fileURLToPath(new URL('../../fixtures/demo/run.mjs', import.meta.url));

describe.each([
  { engine: 'mariadb', path: process.env.PATH },
  // Nothing on the path: the demo must do without psql.
  { engine: 'postgresql', path: '' },
] as const)('the demo from $engine to PostgreSQL', ({ engine, path }) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');
  const output = mkdtempSync(join(tmpdir(), 'rowproof-demo-test-'));
  afterAll(() => rmSync(output, { recursive: true }));

  it(
    'finds all of its damage, repairs it, and leaves its files',
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [DEMO], {
        env: {
          ...process.env,
          PATH: path,
          ROWPROOF_DEMO_SOURCE_URL: source.url,
          ROWPROOF_DEMO_TARGET_URL: target.url,
          ROWPROOF_DEMO_OUTPUT: output,
        },
      });
      expect(stdout.match(/^\(exit code \d+\)$/gm)).toEqual(
        [0, 1, 0, 0].map((code) => `(exit code ${code})`),
      );
      expect(stdout).toContain('All 31 damaged rows were found, and no other');
      expect(stdout.match(/^VERIFIED: .*nothing unverified/gm)).toHaveLength(2);
      expect(readdirSync(output).sort()).toEqual([
        'differences.ndjson',
        ...(path === '' ? [] : ['repair.applied.sql']),
        'repair.sql',
        ...(path === '' ? ['repair.undo-1.sql'] : []),
        'repair.undo.sql',
        'report.txt',
        'run.json',
        'transcript.txt',
      ]);
      expect(stdout).toContain(readFileSync(join(output, 'transcript.txt'), 'utf8'));
      expect(await target.query('SELECT count(*) FROM customers WHERE id = 204')).toEqual([['1']]);
    },
    TIMEOUT_MS,
  );
});
