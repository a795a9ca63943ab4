import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import type { ReplicationPair } from '../support/replication/pair.js';
import {
  createOrders,
  DAMAGE,
  DAMAGING,
  expectDamage,
  expectHealthy,
  fillOrders,
  verifyBesideWriters,
  waitForRows,
} from './live-run.js';

describe('a target that is a second late, beside writers', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startMariadbReplica({ delayMs: 1000 });
  });
  afterAll(() => pair.stop());

  describe.each([
    { title: 'rows that nothing tells apart', create: createOrders(''), hasKey: false },
    {
      title: 'rows whose key has no order that both sides share',
      create: createOrders('PRIMARY KEY').replace('id int', 'id varchar(12) COLLATE utf8mb4_general_ci'),
      hasKey: true,
    },
  ])('$title', ({ title, create, hasKey }) => {
    beforeAll(async () => {
      await pair.onSource.run(`DROP TABLE IF EXISTS orders; ${create}`);
      await fillOrders(pair);
      await waitForRows(pair);
    });

    it('are found healthy where they are', async () => {
      const run = await verifyBesideWriters(pair);
      console.log(
        title,
        run.written,
        JSON.stringify(run.result.totals),
        run.result.elapsedMs,
        JSON.stringify(run.table.findings),
      );
      expectHealthy(run);
    });

    it('are found exactly where they are damaged', async () => {
      for (const statement of DAMAGING) await pair.onTarget.run(statement);
      const run = await verifyBesideWriters(pair);
      console.log(
        title,
        run.written,
        JSON.stringify(run.result.totals),
        run.result.elapsedMs,
        JSON.stringify(run.table.findings),
      );
      if (hasKey) return expectDamage(run);
      const { missing, extra } = run.confirmed;
      expect(missing?.toSorted()).toEqual([...DAMAGE.missing, ...DAMAGE.changed]);
      expect(extra?.toSorted()).toEqual([...DAMAGE.extra, ...DAMAGE.changed]);
    });
  });

  it('is not said to have other counts only because it is late', async () => {
    await pair.onSource.run(`DROP TABLE orders; ${createOrders('PRIMARY KEY')}`);
    await fillOrders(pair);
    await waitForRows(pair);
    const healthy = await verifyBesideWriters(pair, { mode: 'count' });
    console.log('count', JSON.stringify(healthy.table));
    expect(['counted', 'unverified']).toContain(healthy.table.verdict);
    await pair.onTarget.run('DELETE FROM orders WHERE id > 11000');
    const damaged = await verifyBesideWriters(pair, { mode: 'count' });
    console.log('count', JSON.stringify(damaged.table));
    expect(['different', 'unverified']).toContain(damaged.table.verdict);
  });
});
