import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from 'rowproof';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { HOT_TABLE, startWriters, type Writers } from '../support/replication/writers.js';
import { runCli, startCli, untilSaid } from '../support/run-cli.js';
import { addCalmRows, DAMAGE, damage } from './live-run.js';

describe('a target that is late', () => {
  let pair: ReplicationPair;
  let folder: string;
  let json: string;
  beforeAll(async () => {
    pair = await startMariadbReplica();
    await pair.onSource.run(HOT_TABLE);
    await addCalmRows(pair);
    folder = mkdtempSync(join(tmpdir(), 'rowproof-late-'));
    json = join(folder, 'run.json');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await pair?.stop();
  });
  beforeEach(() => rmSync(json, { force: true }));

  const words = (source = pair.source, target = pair.target) => [
    ...['verify', '--source', source, '--target', target, '--tables', 'hot', '--report', `json=${json}`],
  ];
  const verify = async (...flags: readonly string[]) => {
    const { exitCode, stderr } = await runCli([...words(), '--no-journal', ...flags]);
    const result: RunResult = JSON.parse(readFileSync(json, 'utf8'));
    const codes = result.tables.flatMap(({ findings }) => findings.map(({ code }) => code));
    return { exitCode, stderr, result, codes };
  };

  describe('and stands still', () => {
    beforeAll(async () => {
      await pair.pause();
      await pair.onSource.run("UPDATE hot SET value = 'not there yet' WHERE id = 8001000");
    });
    afterAll(() => pair.go());

    it('is not read with --max-lag, and the run says how long it waited', async () => {
      const { exitCode, result, codes } = await verify('--max-lag', '100ms', '--max-lag-wait', '2s');
      expect(exitCode).toBe(3);
      expect(codes).toEqual(['lagging']);
      expect(result.totals).toMatchObject({ sourceRows: 0, targetRows: 0 });
      const [finding] = result.tables[0]?.findings ?? [];
      expect(finding?.message).toMatch(
        /^Nothing was read: the target did not come up to where the source was/,
      );
    });

    it('leaves rows unsettled, and calls none of them different', async () => {
      const { exitCode, result, codes } = await verify('--max-lag-wait', '2s');
      expect(exitCode).toBe(3);
      expect(codes).toEqual(['unsettled']);
      expect(result.totals).toMatchObject({ missing: 0, extra: 0, changed: 0, unsettled: 1 });
      const [finding] = result.tables[0]?.findings ?? [];
      expect(finding?.message).toContain('the target did not come up to a position of the source in time');
      expect(finding?.message).toContain('id = 8001000');
    });
  });

  it('leaves what was read, and rows unsettled, where the run is stopped while it waits', async () => {
    await pair.pause();
    await pair.onSource.run("UPDATE hot SET value = 'late again' WHERE id = 8002000");
    try {
      const { child, result } = startCli([...words(), '--no-journal']);
      await untilSaid(child, 'for the target to come up');
      child.kill('SIGINT');
      expect((await result).exitCode).toBe(130);
      const saved: RunResult = JSON.parse(readFileSync(json, 'utf8'));
      expect(saved.totals).toMatchObject({ missing: 0, extra: 0, changed: 0, unsettled: 1 });
      expect(saved.totals.sourceRows).toBeGreaterThan(10_000);
      const messages = saved.tables[0]?.findings.map(({ message }) => message).join(' ');
      expect(messages).toContain('the run was stopped while they were looked at, such as id = 8002000');
    } finally {
      await pair.go();
    }
  });

  it('is read with --max-lag once it has come up', async () => {
    const { exitCode, result } = await verify('--max-lag', '5s');
    expect(exitCode).toBe(0);
    expect(result.replication?.lagMs?.last).toBeLessThan(5000);
  });

  it('is waited for by the clock where the account may not see how it follows, which is named with the grant', async () => {
    await pair.onSource.run("CREATE USER low@'%' IDENTIFIED BY 'low'; GRANT SELECT ON shop.* TO low@'%'");
    await waitUntil('the target has the account', async () => {
      const found = await pair.onTarget.query("SELECT 1 FROM mysql.user WHERE User = 'low'");
      return found.length > 0;
    });
    await pair.delay(2000);
    const writers = await startWriters(pair.source, { sessions: 1, rows: 10, restMs: 20 });
    try {
      const [source, target] = [pair.source, pair.target].map((url) =>
        url.replace('verify:verify', 'low:low'),
      );
      await runCli([...words(source, target), '--no-journal', '--recheck-for', '8s']);
      const result: RunResult = JSON.parse(readFileSync(json, 'utf8'));
      expect(result.totals).toMatchObject({ missing: 0, extra: 0, changed: 0 });
      expect(result).not.toHaveProperty('replication');
      const finding = result.tables[0]?.findings.find(({ code }) => code === 'no-fence');
      expect(finding?.message).toContain('It is not known when the target has applied what the source holds');
      expect(finding?.hint).toMatch(/GRANT .* TO/);
    } finally {
      await writers.stop();
      await pair.delay(0);
    }
  });

  it('is said to be filtered on purpose where it is', async () => {
    const filter = (tables: string) =>
      pair.onTarget.run(`STOP SLAVE; SET GLOBAL replicate_ignore_table = '${tables}'; START SLAVE`);
    await filter('shop.hot');
    try {
      const { codes, result } = await verify();
      expect(codes).toContain('not-replicated');
      expect(JSON.stringify(result.tables[0]?.findings)).toContain('shop.hot');
    } finally {
      await filter('');
    }
  });

  describe('and is damaged', () => {
    let writers: Writers;
    beforeAll(async () => {
      await pair.onSource.run('DELETE FROM hot WHERE id < 8000000');
      await damage(pair);
      await pair.delay(2000);
      writers = await startWriters(pair.source, { sessions: 2, rows: 40, restMs: 10 });
    });
    afterAll(() => writers?.stop());

    it('is told the same by a run that was killed while it looked, and went on', async () => {
      const journal = join(folder, 'journal');
      const flags = ['--journal', journal, '--differences', join(folder, 'rows.ndjson')];
      const { child, result } = startCli([...words(), ...flags]);
      await untilSaid(child, 'at rows that differ');
      child.kill('SIGKILL');
      await result.catch(() => undefined);
      const resumed = await runCli([
        ...['resume', '--journal', journal, '--source', pair.source, '--target', pair.target],
      ]);
      expect([0, 1, 3]).toContain(resumed.exitCode);
      const saved: RunResult = JSON.parse(readFileSync(json, 'utf8'));
      expect(saved.tables[0]).toMatchObject({
        missing: DAMAGE.missing.length,
        extra: DAMAGE.extra.length,
        changed: DAMAGE.changed.length,
      });
      expect(saved.sittings?.count).toBe(2);
    });
  });
});
