import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCalmRows, damage } from '../live/live-run.js';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { HOT_TABLE } from '../support/replication/writers.js';
import { HEALING, openPlaces, type RunningWatch, startWatch, type WatchPlaces } from './watch-run.js';

/** So slow that a process can be stopped in the middle of a pass, after a part of it is on the disk. */
const SLOW = ['--max-rows-per-second', '1500', '--chunk-rows', '250'];
/** What a whole pass reads: the rows that nobody writes to, and the last one. */
const PASS = '10,001 source and 10,001 target rows';

const passesIn = (lines: readonly string[]): number[] =>
  lines.map((line) => Number(/pass (\d+)/.exec(line)?.[1] ?? Number.NaN));

describe('several processes that watch the same', () => {
  let pair: ReplicationPair;
  let places: WatchPlaces;
  let watches: RunningWatch[];
  const start = (flags: readonly string[] = [], takeOverAfter = '2s'): RunningWatch => {
    const watch = startWatch(pair, places, [
      '--take-over-after',
      takeOverAfter,
      '--state',
      places.state,
      ...flags,
    ]);
    watches.push(watch);
    return watch;
  };
  const holderIs = ({ pid }: RunningWatch): Promise<void> =>
    waitUntil(`process ${pid} holds the watch`, async () => places.readState().holder.pid === pid);
  beforeAll(async () => {
    pair = await startMariadbReplica({});
    await pair.onSource.run(HOT_TABLE);
    await addCalmRows(pair);
  });
  beforeEach(() => {
    places = openPlaces();
    watches = [];
  });
  afterEach(async () => {
    for (const watch of watches) watch.kill('SIGKILL');
    await Promise.allSettled(watches.map(({ result }) => result));
    for (const statement of HEALING) await pair.onTarget.run(statement);
    places.remove();
  });
  afterAll(() => pair.stop());

  it('has one that reads and one that stands by, which takes over from one that is suspended', async () => {
    await damage(pair);
    const first = start(SLOW);
    await first.line('pass 1 DIFFERENT');
    const second = start(SLOW);
    await second.said('On standby, reading nothing');
    // In the middle of the second pass.
    await waitUntil('the next pass has begun', async () => places.readState().doing === 'pass');
    await delay(4000);
    expect(second.lines()).toEqual([]);
    const told = first.lines().length;
    first.kill('SIGSTOP');
    await second.said('Watching from now on, after 1 whole pass (term 2)');
    for (const statement of HEALING) await pair.onTarget.run(statement);
    first.kill('SIGCONT');
    await first.said('took over, because this process had given no sign');
    const line = await second.line('pass 2 VERIFIED');
    expect(line).toContain(PASS);
    expect(line).toContain('healed 6');
    await second.line('pass 3 VERIFIED');
    // What was replaced says nothing more, and nothing of it is kept.
    await first.said('On standby, reading nothing');
    expect(first.lines().length).toBe(told);
    expect(places.readState().holder).toMatchObject({ pid: second.pid, term: 2 });
    expect(places.terms().map((name) => name.slice(-4))).toEqual(['0002']);

    second.kill('SIGKILL');
    await first.said('Watching from now on, after 3 whole passes (term 3)');
    await holderIs(first);
    expect(passesIn([await first.line('VERIFIED', told)])).toEqual([4]);
  });

  it('goes on with the pass of one that was killed', async () => {
    const first = start(SLOW);
    await delay(5500);
    first.kill('SIGKILL');
    await first.result;
    expect(first.lines()).toEqual([]);
    const [journal] = places.terms();
    const second = start();
    // Without a limit it takes a moment, and most of that was done before.
    const line = await second.line('pass 1 VERIFIED');
    expect(line).toContain(PASS);
    const [, age] = /oldest read ([\d.]+) s ago/.exec(line) ?? [];
    expect(Number(age)).toBeGreaterThan(3);
    await second.line('pass 2 VERIFIED');
    expect(places.terms()).not.toContain(journal);
  });

  it('leaves the watch to others at once where it is stopped', async () => {
    const first = start([], '10m');
    await first.line('pass 1 VERIFIED');
    const second = start([], '10m');
    await second.said('On standby');
    first.kill('SIGTERM');
    expect(await first.result).toMatchObject({ exitCode: 130 });
    await second.line(/pass \d+ VERIFIED/);
    second.kill('SIGTERM');
    expect(await second.result).toMatchObject({ exitCode: 130 });
  });
});
