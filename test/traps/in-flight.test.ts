import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';
import { slowCondition, waitForSlowRead } from './slow-reads.js';
import { fillTable, runOnBoth } from './type-words.js';

const ROWS = 300;

const PAIRINGS = availableEngines().flatMap((engine): [TestEngine, TestEngine][] => [
  [engine, engine === 'postgresql' ? 'mariadb' : 'postgresql'],
  [engine, engine],
]);

/** How rows are looked at again is the same for all engines; that each can be asked again is tried on all. */
const THOROUGH = PAIRINGS.slice(0, 2);

describe.each(PAIRINGS)('a target that lags behind (%s -> %s)', (engine, other) => {
  const source = useDatabase(engine);
  const target = useDatabase(other);
  const flags = { where: `busy:${slowCondition(engine, 0.003)}`, 'target-where': 'busy:1 = 1' };

  beforeAll(() => runOnBoth([source, target], 'CREATE TABLE busy (id int PRIMARY KEY, word varchar(20))'));
  beforeEach(async () => {
    await runOnBoth([source, target], 'DELETE FROM busy');
    for (const database of [source, target]) {
      await fillTable(database, { table: 'busy', count: ROWS, select: "n, 'word'" });
    }
    await source.run(`UPDATE busy SET word = 'newer' WHERE id = 5; DELETE FROM busy WHERE id = 6;
      INSERT INTO busy VALUES (1000, 'newer')`);
  });

  /** The target is read in a moment, while the slow source is still being read. */
  async function compareWhile(change: () => Promise<void>) {
    // What is read twice at once is looked at; whoever writes is not waited for.
    const running = compare({ source, target, flags: { ...flags, 'recheck-for': '0s' } });
    await waitForSlowRead(source);
    await delay(400);
    await change();
    return running;
  }

  it('and catches up before rows are read again is verified, and the rows are counted as in flight', async () => {
    const run = await compareWhile(() =>
      target.run(`UPDATE busy SET word = 'newer' WHERE id = 5; DELETE FROM busy WHERE id = 6;
        INSERT INTO busy VALUES (1000, 'newer')`),
    );
    expect(run.differences).toEqual([]);
    expect(tableResult(run, 'busy')).toMatchObject({
      verdict: 'verified',
      inFlight: 3,
      missing: 0,
      extra: 0,
      changed: 0,
    });
  });

  if (!THOROUGH.some(([one, two]) => one === engine && two === other)) return;

  it('and catches up in part is different only in the other rows', async () => {
    const run = await compareWhile(() => target.run("UPDATE busy SET word = 'newer' WHERE id = 5"));
    expect(listDifferences(run)).toEqual(['extra 6', 'missing 1000']);
    expect(tableResult(run, 'busy').inFlight).toBe(1);
  });

  it('and changes to something else is reported as it was read last', async () => {
    const run = await compareWhile(() => target.run("UPDATE busy SET word = 'third' WHERE id = 5"));
    expect(run.differences[0]?.difference).toMatchObject({
      source: { word: 'newer' },
      target: { word: 'third' },
    });
  });
});
