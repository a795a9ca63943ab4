import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { HOT_TABLE } from '../support/replication/writers.js';
import { runCli, startCli, untilSaid } from '../support/run-cli.js';
import {
  addCalmRows,
  damage,
  expectDamage,
  expectHealthy,
  type LiveRun,
  verifyBesideWriters,
} from './live-run.js';

const isApplying = async ({ onTarget }: ReplicationPair): Promise<boolean> => {
  const [row = []] = await onTarget.query(
    "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'SLAVE_RUNNING'",
  );
  return row[0] === 'ON';
};

describe('a replica that is paused, beside writers', () => {
  let pair: ReplicationPair;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rowproof-paused-'));
    pair = await startMariadbReplica();
    await pair.onSource.run(HOT_TABLE);
    await addCalmRows(pair);
  }, 60_000);
  afterAll(async () => {
    await pair?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const flags = (): string[] => [
    ...['--source', pair.source, '--target', pair.target, '--tables', 'hot', '--workers', '2'],
    ...['--snapshot', '--pause-replica', '30s', '--journal', folder],
  ];
  const verifyPaused = async (): Promise<LiveRun> => {
    const paused = ['--snapshot', '--pause-replica', '30s', '--journal', folder];
    return verifyBesideWriters(pair, { flags: paused, keepsJournal: true });
  };

  it('is read as of the same instant as its source, and applies again at once', async () => {
    const run = await verifyPaused();
    expectHealthy(run);
    expect(run.result).toMatchObject({
      verdict: 'verified',
      consistency: 'snapshot',
      totals: { inFlight: 0 },
    });
    const { pause, source } = run.result.snapshot ?? {};
    expect(pause).toMatchObject({ asOf: source?.place, failure: null });
    expect(run.stderr).toContain('START SLAVE SQL_THREAD;');
    expect(await isApplying(pair)).toBe(true);
  });

  it('differs exactly where it is damaged, and nothing is looked at again', async () => {
    await damage(pair);
    const run = await verifyPaused();
    expectDamage(run);
    expect(run.result.totals.inFlight).toBe(0);
  });

  it('is started again by resume after the process was killed, and runs says how until then', async () => {
    await pair.onTarget.run('LOCK TABLES hot WRITE');
    await pair.onSource.run("UPDATE hot SET value = 'waits' WHERE id = 8000000");
    const killed = startCli(['verify', ...flags()]);
    await untilSaid(killed.child, 'START SLAVE SQL_THREAD;');
    await delay(500);
    killed.child.kill('SIGKILL');
    await killed.result;
    await pair.onTarget.run('UNLOCK TABLES');
    await waitUntil('the target stands still', async () => !(await isApplying(pair)));
    const kept = await runCli(['runs', '--journal', folder]);
    expect(kept.stdout).toContain('and so does: START SLAVE SQL_THREAD;');
    const resumed = await runCli([
      'resume',
      '--journal',
      folder,
      '--source',
      pair.source,
      '--target',
      pair.target,
    ]);
    expect(resumed.stderr).toContain('was told to go on: START SLAVE SQL_THREAD;');
    expect(await isApplying(pair)).toBe(true);
    expect((await runCli(['runs', '--journal', folder])).stdout).not.toContain('START SLAVE');
  });

  it('is left alone where it applies nothing anyway, or where nothing would keep how to start it', async () => {
    const unkept = await runCli(['verify', ...flags().slice(0, -2), '--no-journal']);
    expect(unkept).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no journal') });
    expect(await isApplying(pair)).toBe(true);
    await pair.pause();
    const paused = await runCli(['verify', ...flags()]);
    expect(paused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it applies nothing at the moment'),
    });
    await pair.go();
  });
});
