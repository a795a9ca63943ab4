import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { openWorkerSession } from '../support/worker-session.js';

/** Longer than reads share a transaction. */
const LONG_MS = 80;

const TABLES = ['t0', 't1', 't2', 't3'];

describe.each(availableEngines())('reads of %s that share a transaction', (engine) => {
  const database = useDatabase(engine);
  const quote = (name: string) => (engine === 'postgresql' ? `"${name}"` : `\`${name}\``);
  const place = (name: string) =>
    engine === 'postgresql' ? `"public".${quote(name)}` : `${quote(database.name)}.${quote(name)}`;
  const table = place('t');

  /** Its answer is another one in each transaction. */
  const transactionQuery =
    engine === 'postgresql' ? 'SELECT now()::text AS began' : "SHOW SESSION STATUS LIKE 'Com_begin'";

  const COLUMN = { name: 'id', wire: engine === 'postgresql' ? 'int4' : 'int' } as never;

  beforeAll(async () => {
    await database.run('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)');
  });

  async function countRows(session: SqlSession): Promise<number> {
    let count = 0;
    await session.readRows(`SELECT ${quote('id')} FROM ${table}`, [COLUMN], (_buffer, _start, _end, rows) => {
      count += rows;
      return true;
    });
    return count;
  }

  /** How long somebody has to wait who alters the table. */
  async function alter(): Promise<number> {
    const started = performance.now();
    await database.run('ALTER TABLE t ADD c int; ALTER TABLE t DROP c');
    return performance.now() - started;
  }

  it('are each as of their own time', async () => {
    const session = await openWorkerSession(database.url);
    await session.together(async () => {
      expect(await countRows(session)).toBe(1);
      await database.run('INSERT INTO t VALUES (2)');
      expect(await countRows(session)).toBe(2);
    });
    await database.run('DELETE FROM t WHERE id = 2');
    expect(await countRows(session)).toBe(1);
    await session.close();
  });

  it('are ended with their session, also where it is closed twice at once, as a stop does that has waited', async () => {
    for (let round = 0; round < 20; round++) {
      const session = await openWorkerSession(database.url);
      await session.together(() => countRows(session));
      const first = session.close();
      await new Promise((resolve) => setTimeout(resolve, round % 4));
      await Promise.all([first, session.close(), session.close()]);
      await expect(session.query('SELECT 1')).rejects.toThrow();
    }
  });

  it('leave nothing locked once they are done, nor when one of them failed', async () => {
    const session = await openWorkerSession(database.url);
    await session.together(() => countRows(session));
    await alter();
    const failed = session.together(async () => {
      await countRows(session);
      await session.readRows('SELECT 1 FROM nowhere', [], () => true);
    });
    await expect(failed).rejects.toThrow(/nowhere/);
    await alter();
    expect(await countRows(session)).toBe(1);
    await session.close();
  });

  it('take another one after a while, so that whoever alters a table waits for no more than that', async () => {
    const session = await openWorkerSession(database.url);
    const isOver = { value: false };
    const reading = session.together(async () => {
      while (!isOver.value) {
        await countRows(session);
        await wait(LONG_MS / 8);
      }
    });
    await wait(LONG_MS);
    const waitedMs = await alter();
    isOver.value = true;
    await reading;
    expect(waitedMs).toBeLessThan(5000);
    await session.close();
  });

  it('share it with what is asked of the engine itself, and so do questions with one another', async () => {
    const session = await openWorkerSession(database.url);
    const whichOne = async (): Promise<unknown> => (await session.query(transactionQuery))[0];
    await session.together(async () => {
      const first = await whichOne();
      expect(await whichOne()).toEqual(first);
      await expect(session.query('SELECT nothing FROM nowhere')).rejects.toThrow(/nowhere/);
      const second = await whichOne();
      expect(second).not.toEqual(first);
      expect(await countRows(session)).toBe(1);
      expect(await whichOne()).not.toEqual(first);
    });
    const alone = await whichOne();
    expect(await whichOne()).not.toEqual(alone);
    await session.close();
  });

  it('are made together where they are asked for at once, each with its own rows', async () => {
    await database.run(TABLES.map((name) => `CREATE TABLE ${name} (id int PRIMARY KEY)`).join(';'));
    await database.run('INSERT INTO t0 VALUES (1); INSERT INTO t2 VALUES (4), (5), (6)');
    const session = await openWorkerSession(database.url);
    const told: string[] = [];
    const readAll = (stopAt = '') =>
      Promise.all(
        TABLES.map((name) =>
          session.readRows(
            `SELECT ${quote('id')} FROM ${place(name)}`,
            [COLUMN],
            (_bytes, _from, _to, rows) => {
              told.push(`${name} ${rows}`);
              return name !== stopAt;
            },
          ),
        ),
      );
    await session.together(async () => {
      await readAll();
      await readAll();
      expect(await countRows(session)).toBe(1);
    });
    expect(told).toEqual(['t0 1', 't2 3', 't0 1', 't2 3']);
    // Nothing is known of those after it: an empty table is not what was not read.
    await expect(session.together(() => readAll('t0'))).rejects.toThrow();
    expect(session.broken).toBe(true);
    await session.close();
  });

  it('fail together where one of them is refused, whoever asked for it', async () => {
    const session = await openWorkerSession(database.url);
    const read = (name: string) =>
      session.readRows(`SELECT ${quote('id')} FROM ${place(name)}`, [COLUMN], () => true);
    const ends = await session.together(() => Promise.allSettled([read('t'), read('nowhere'), read('t')]));
    expect(ends.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect(JSON.stringify(ends.map((end) => String('reason' in end && end.reason)))).toContain('nowhere');
    await session.close();
    const another = await openWorkerSession(database.url);
    expect(await countRows(another)).toBe(1);
    await another.close();
  });

  it('may be asked something else in between', async () => {
    const session = await openWorkerSession(database.url);
    await session.together(async () => {
      expect(await countRows(session)).toBe(1);
      expect(await session.query('SELECT 1 AS one')).toEqual([{ one: '1' }]);
      expect(await countRows(session)).toBe(1);
    });
    await session.close();
  });
});
