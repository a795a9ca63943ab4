import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunResult } from 'rowproof';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCalmRows, damage } from '../live/live-run.js';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import type { ReplicationPair } from '../support/replication/pair.js';
import { HOT_TABLE, startWriters, type Writers } from '../support/replication/writers.js';
import { runCli } from '../support/run-cli.js';
import { HEALING, openPlaces, type RunningWatch, startWatch, type WatchPlaces } from './watch-run.js';

const healedIn = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Number(/healed (\d+)/.exec(line)?.[1] ?? 0), 0);

describe('rowproof watch beside writers', () => {
  let pair: ReplicationPair;
  let writers: Writers;
  let places: WatchPlaces;
  let watches: RunningWatch[];
  const start = (flags: readonly string[]): RunningWatch => {
    const watch = startWatch(pair, places, flags);
    watches.push(watch);
    return watch;
  };
  const heal = async (): Promise<void> => {
    for (const statement of HEALING) await pair.onTarget.run(statement);
  };
  beforeAll(async () => {
    pair = await startMariadbReplica({});
    await pair.onSource.run(HOT_TABLE);
    await addCalmRows(pair);
  });
  beforeEach(async () => {
    places = openPlaces();
    watches = [];
    await pair.onSource.run('DELETE FROM hot WHERE id < 8000000');
    writers = await startWriters(pair.source, { sessions: 4, rows: 60, restMs: 8 });
  });
  afterEach(async () => {
    for (const watch of watches) watch.kill('SIGKILL');
    await Promise.allSettled(watches.map(({ result }) => result));
    await writers.stop().catch(() => undefined);
    await heal();
    places.remove();
  });
  afterAll(() => pair.stop());

  it('tells damage with the next pass and what healed, and the next start goes on', async () => {
    const watch = start(['--state', places.state]);
    expect(await watch.line('pass 1 VERIFIED')).toMatch(/0 missing.*lag \d+ ms; oldest read .* ago, at 0-/);
    await damage(pair);
    expect(await watch.line('DIFFERENT')).toContain('2 missing, 1 extra, 3 changed');
    await heal();
    await watch.line(/(pass|look) \d+ VERIFIED/, watch.lines().length);
    expect(healedIn(watch.lines())).toBe(6);
    expect(watch.lines().join('\n')).toContain('shop.hot id=8005000');
    watch.kill('SIGINT');
    expect(await watch.result).toMatchObject({ exitCode: 130 });
    const { passes, doing } = places.readState();
    expect(doing).toBe('ended');

    const next = start(['--until', 'ready', '--max-lag', '5s', '--quiet']);
    const { exitCode, stdout } = await next.result;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\S+Z READY: last was (pass|look) \d+, lag [\d.]+ m?s\n$/);
    // Where the last pass was clean, a look at the lag is enough; it has the number of the pass.
    expect(Number(/(?:pass|look) (\d+)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(passes);
  });

  it('goes on until writers and damage are gone, where it is to end once it is ready', async () => {
    await damage(pair);
    const watch = start(['--until', 'ready', '--max-lag', '5s', '--state', places.state]);
    await watch.line('pass 2 DIFFERENT');
    expect(places.readState()).toMatchObject({
      verdict: 'different',
      notReady: expect.stringContaining('was different'),
      lastPass: { missing: 2, extra: 1, changed: 3 },
    });
    await writers.stop();
    await heal();
    const { exitCode } = await watch.result;
    expect(exitCode).toBe(0);
    expect(watch.lines().at(-1)).toContain('READY');
    expect(places.readState()).toMatchObject({ doing: 'ended', verdict: 'verified', notReady: null });
  });

  it('finds what verify finds, and ends at the first difference where it is to', async () => {
    await damage(pair);
    const { exitCode } = await start([
      ...['--stop-on-difference', '--report', `json=${join(places.folder, 'watch.json')}`],
      ...['--differences', join(places.folder, 'watch.ndjson'), '--where', 'hot:id >= 8000000'],
    ]).result;
    expect(exitCode).toBe(1);
    await runCli([
      ...['verify', '--source', pair.source, '--target', pair.target, '--no-journal'],
      ...['--report', `json=${join(places.folder, 'verify.json')}`],
      ...['--differences', join(places.folder, 'verify.ndjson'), '--where', 'hot:id >= 8000000'],
    ]);
    const read = (name: string): string => readFileSync(join(places.folder, name), 'utf8');
    expect(read('watch.ndjson')).toBe(read('verify.ndjson'));
    const [watched, verified] = ['watch.json', 'verify.json'].map(
      (name): RunResult => JSON.parse(read(name)),
    );
    expect(watched?.totals).toEqual({ ...verified?.totals, inFlight: watched?.totals.inFlight });
    expect(watched?.verdict).toBe(verified?.verdict);
  });

  it('ends in time with the reason where the target stays behind', async () => {
    await pair.pause();
    try {
      const watch = start([
        '--until',
        'ready',
        '--max-lag',
        '1s',
        '--until-timeout',
        '9s',
        '--recheck-for',
        '0s',
      ]);
      expect(await watch.result).toMatchObject({ exitCode: 3 });
      expect(watch.lines().at(-1)).toContain('NOT READY in the time of --until-timeout: ');
    } finally {
      await pair.go();
    }
  });

  it('says of a table that was altered meanwhile that it is unverified, and plans it anew', async () => {
    // Their statements name no columns, and would fail with another one.
    await writers.stop();
    const watch = start(['--max-rows-per-second', '4000', '--chunk-rows', '500']);
    await watch.line('pass 1 VERIFIED');
    const before = watch.lines().length;
    // The next pass takes some seconds, and has read the catalogs by now.
    await delay(2500);
    await pair.onSource.run('ALTER TABLE hot ADD COLUMN kind int NULL');
    try {
      const line = await watch.line('UNVERIFIED', before);
      expect(line).toContain('1 table not fully verified');
      await watch.line(/pass \d+ VERIFIED/, watch.lines().indexOf(line) + 1);
    } finally {
      await pair.onSource.run('ALTER TABLE hot DROP COLUMN kind');
    }
  });

  it('tries a pass again that came to no end, and is no run to be resumed', async () => {
    await pair.onTarget.run("CREATE USER checker IDENTIFIED BY 'secret'; GRANT SELECT ON shop.* TO checker");
    const target = pair.target.replace(/\/\/[^@]*@/, '//checker:secret@');
    try {
      const watch = startWatch({ ...pair, target }, places, ['--state', places.state]);
      watches.push(watch);
      await watch.line(/pass \d+ VERIFIED/);
      const resume = () => runCli(['resume', places.terms()[0] ?? '', '--journal', places.journal]);
      let resumed = await resume();
      // The next pass, which may have begun meanwhile, has another journal.
      for (let tries = 0; tries < 5 && resumed.stderr.includes('There is no run'); tries++)
        resumed = await resume();
      expect(resumed).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('is what rowproof watch keeps, and no run that could be resumed'),
      });
      await pair.onTarget.run('ALTER USER checker ACCOUNT LOCK');
      await watch.said('The pass came to no end, and is tried again');
      expect(places.readState().failure?.message).toContain('target');
      const told = watch.lines().length;
      await pair.onTarget.run('ALTER USER checker ACCOUNT UNLOCK');
      await watch.line(/pass \d+ VERIFIED/, told);
      expect(places.readState().failure).toBeNull();
    } finally {
      await pair.onTarget.run('DROP USER checker');
    }
  });
});
