import { expect, it } from 'vitest';
import { startPostgresqlSubscriber } from '../support/replication/postgresql-replica.js';
import { HOT_TABLE } from '../support/replication/writers.js';
import { runCli } from '../support/run-cli.js';
import { addCalmRows } from './live-run.js';

it('rows that a disabled subscription keeps back are unsettled, and the reason is told', async () => {
  const pair = await startPostgresqlSubscriber({ tables: HOT_TABLE });
  try {
    await addCalmRows(pair);
    await pair.pause();
    await pair.onSource.run("UPDATE hot SET value = 'kept back' WHERE id = 8001000");
    const words = ['verify', '--source', pair.source, '--target', pair.target, '--no-journal'];
    const { exitCode, stdout } = await runCli(words);
    expect(stdout).toContain('1 unsettled');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/did not come up .* in time \((subscription|nobody reads)/);
    expect(exitCode).toBe(3);
  } finally {
    await pair.stop();
  }
});
