import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { startWriters } from '../support/replication/writers.js';
import { type FenceSides, fenceOf, openFenceSides } from './fence-sides.js';
import { hasTables, pairKinds } from './pairs.js';

const START_TIMEOUT_MS = 600_000;
const SHORT_MS = 1500;
/** Rows of the property, each committed just before a position is taken; without a delay and with one. */
const ROWS = Number(process.env.ROWPROOF_TEST_FENCE_ROWS ?? 100);
/** Some servers only say what they have applied several times a second. */
const ROW_TIMEOUT_MS = 500;
const DELAYED_ROWS = Math.ceil(ROWS / 3);

describe.each(pairKinds())('the fence of $name', ({ way, start, halt, canLag }) => {
  let pair: ReplicationPair;
  let sides: FenceSides;
  let rows = 0;
  beforeAll(async () => {
    pair = await start();
    await waitUntil('the target has the tables', () => hasTables(pair));
    sides = await openFenceSides(pair);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await sides?.close();
    await pair?.stop();
  });
  const choose = async () => fenceOf((await sides.choose('calm'))[0]);
  const addRow = async (): Promise<number> => {
    await pair.onSource.run(`INSERT INTO calm VALUES (${++rows}, 'new')`);
    return rows;
  };
  const isOnTarget = async (row: number): Promise<boolean> =>
    (await pair.onTarget.query(`SELECT id FROM calm WHERE id = ${row}`)).length === 1;

  it('goes the way that is the surest for it', async () => {
    const fence = await choose();
    expect(fence).toMatchObject({ way, order: 'global' });
    expect(fence.statements.position).not.toBe('');
  });

  it('is plain data', async () => {
    const fence = await choose();
    expect(JSON.parse(JSON.stringify(fence))).toEqual(fence);
  });

  it('is not reached while nothing is applied, with the reason, and is reached afterwards', async () => {
    const fence = await choose();
    expect(await sides.findHalt(fence)).toBeNull();
    await pair.pause();
    const row = await addRow();
    const position = (await sides.position(fence)) ?? '';
    expect(position).not.toBe('');
    expect(await sides.isReached(fence, position, SHORT_MS)).toBe(false);
    expect(await isOnTarget(row)).toBe(false);
    expect(await sides.findHalt(fence)).toMatch(halt);
    await pair.go();
    expect(await sides.isReached(fence, position)).toBe(true);
    expect(await isOnTarget(row)).toBe(true);
  });

  it('is reached again and again by a server that nobody writes to', async () => {
    const fence = await choose();
    for (let i = 0; i < 3; i++) {
      const position = (await sides.position(fence)) ?? '';
      expect(await sides.isReached(fence, position)).toBe(true);
    }
  });

  it('sees that rows are written on both sides', async () => {
    const read = () =>
      Promise.all(
        [sides.source, sides.target].map(async ({ session, settings }) => {
          const { tables } = await session.ask('catalog', { settings });
          return (await session.ask('changes', tables)).get('calm');
        }),
      );
    const before = await read();
    await waitUntil('both sides have counted it', async () => {
      await addRow();
      return (await read()).every((changes, i) => changes !== undefined && changes !== before[i]);
    });
  });

  it.each([{ delayMs: 0, count: ROWS }, ...(canLag ? [{ delayMs: 1000, count: DELAYED_ROWS }] : [])])(
    'has every row that was committed before the position, $delayMs ms late',
    async ({ delayMs, count }) => {
      const fence = await choose();
      await pair.delay(delayMs);
      const writers = await startWriters(pair.source);
      const taken: { row: number; position: string }[] = [];
      const missing: number[] = [];
      try {
        for (let left = count; left > 0; left -= taken.length) {
          taken.length = 0;
          // A delay is waited for once for several rows.
          while (taken.length < (delayMs === 0 ? 1 : 50))
            taken.push({ row: await addRow(), position: (await sides.position(fence)) ?? '' });
          for (const { row, position } of taken) {
            expect(await sides.isReached(fence, position)).toBe(true);
            if (!(await isOnTarget(row))) missing.push(row);
          }
        }
      } finally {
        await writers.stop();
        await pair.delay(0);
        await pair.onSource.run('DELETE FROM hot');
      }
      expect(missing).toEqual([]);
      expect(writers.transactions()).toBeGreaterThan(count / 2);
    },
    ROW_TIMEOUT_MS * (ROWS + 1000),
  );
});
