import { describe, expect, it } from 'vitest';
import { ChecksumChoice } from '../../src/run/checksum-choice.js';
import type { Hasher } from '../../src/state/table-record.js';

/** What opening a session adds to the first chunk of a lane. */
const OPENING_MS = 40;

/** Rows a millisecond of each way, as a table of 10 million rows would show them to one lane after the other. */
function walk(
  rates: Readonly<Record<Hasher, (atMs: number) => number>>,
  { always = false, lanes = 2, rows = 10_000_000 } = {},
) {
  let nowMs = 0;
  let left = rows;
  const used: Record<Hasher, number> = { client: 0, server: 0 };
  const order: Hasher[] = [];
  const choice = new ChecksumChoice({ always, estimatedRows: rows, lanes, now: () => nowMs });
  while (left > 0) {
    const hasher = choice.next();
    const chunk = Math.min(hasher === 'client' ? choice.limitRows(20_000) : 20_000, left);
    const elapsedMs = chunk / rates[hasher](nowMs) + (order.length < lanes ? OPENING_MS : 0);
    nowMs += elapsedMs / lanes;
    left -= chunk;
    used[hasher] += chunk;
    order.push(hasher);
    choice.note(hasher, { rows: chunk, elapsedMs });
  }
  return { used, order, elapsedMs: nowMs };
}

const steady = (client: number, server: number) => ({ client: () => client, server: () => server });

describe('the choice of who hashes', () => {
  it.each([
    { client: 400, server: 200 },
    { client: 400, server: 390 },
    { client: 36, server: 12 },
  ])('stays with reading at $client rows/ms against $server, for a few hundredths', ({ client, server }) => {
    const { elapsedMs } = walk(steady(client, server));
    expect(elapsedMs).toBeLessThan((10_000_000 / client / 2) * 1.04);
  });

  it.each([
    { client: 36, server: 290 },
    { client: 200, server: 300 },
  ])('goes over to the servers at $client rows/ms against $server', ({ client, server }) => {
    const { used, elapsedMs } = walk(steady(client, server));
    expect(used.server).toBeGreaterThan(9_000_000);
    expect(elapsedMs).toBeLessThan((10_000_000 / server / 2) * 1.1);
  });

  it.each([
    { client: 22, server: 480 },
    { client: 28, server: 80 },
  ])(
    'has decided at $client rows/ms against $server before reading has cost a tenth',
    ({ client, server }) => {
      const { elapsedMs } = walk(steady(client, server), { rows: 1_000_000 });
      expect(elapsedMs).toBeLessThan(Math.max(1_000_000 / server / 2, 1000) * 1.1 + OPENING_MS);
    },
  );

  it('reads as many rows at a time as ever once it is known that reading is faster, and from the first on in a small table', () => {
    const choice = new ChecksumChoice({ always: false, estimatedRows: 10_000, lanes: 1, now: () => 0 });
    expect(choice.limitRows(10_000)).toBe(10_000);
    const { order } = walk(steady(400, 200));
    expect(order.length).toBeLessThan(10_000_000 / 20_000 + 30);
  });

  it('goes back when the network has become faster than the servers', () => {
    const { used, order } = walk(
      { client: (atMs) => (atMs < 8000 ? 36 : 900), server: () => 290 },
      { rows: 40_000_000 },
    );
    expect(used.client).toBeGreaterThan(20_000_000);
    expect(order.at(-1)).toBe('client');
  });

  it('counts what was tried in vain against the servers', () => {
    const choice = new ChecksumChoice({ always: false, estimatedRows: null, lanes: 1, now: () => 0 });
    const read = { rows: 20_000, elapsedMs: 100 };
    for (let i = 0; i < 2; i++) {
      expect(choice.next()).toBe('client');
      choice.note('client', read);
    }
    expect(choice.next()).toBe('server');
    choice.note('server', { rows: 20_000, elapsedMs: 1010 });
    expect(choice.next()).toBe('client');
  });

  it('does not try the servers for a table that is done at once', () => {
    expect(walk(steady(400, 2000), { rows: 200_000 }).used.server).toBe(0);
  });

  it('never reads what the servers are to hash, unless they fail', () => {
    expect(walk(steady(400, 1), { always: true, rows: 100_000 }).used.client).toBe(0);
    const choice = new ChecksumChoice({ always: true, estimatedRows: null, lanes: 1, now: () => 0 });
    choice.bar();
    expect(choice.next()).toBe('client');
  });
});
