import { spawnSync } from 'node:child_process';
import { DATABASES } from './databases.mjs';

const TOOL = 'pt-table-checksum';

/**
 * Seconds that pt-table-checksum takes for the orders of one database: half of what a comparison would need. Null where
 * it is not installed. It writes its results to a table beside the data, which is dropped with the database.
 */
export function measurePeer({ url }) {
  if (spawnSync(TOOL, ['--version']).status !== 0) return null;
  const { hostname, port, username, password } = new URL(url);
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    TOOL,
    [
      `--databases=${DATABASES.source}`,
      '--tables=orders',
      `--replicate=${DATABASES.source}.checksums`,
      '--no-check-binlog-format',
      '--no-check-replication-filters',
      '--recursion-method=none',
      '--no-version-check',
      `h=${hostname},P=${port || 3306},u=${decodeURIComponent(username)},p=${decodeURIComponent(password)}`,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${TOOL} ended with exit code ${status}: ${stdout}${stderr}`);
  return (performance.now() - started) / 1000;
}
