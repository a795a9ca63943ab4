import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import type { ReplicationPair } from '../support/replication/pair.js';
import { HOT_TABLE } from '../support/replication/writers.js';
import { addCalmRows, DAMAGE, damage, expectDamage, expectHealthy, verifyBesideWriters } from './live-run.js';

const KINDS = [
  { title: 'rows that nothing tells apart', create: HOT_TABLE.replace('PRIMARY KEY', ''), hasKey: false },
  {
    title: 'rows whose key has no order that both sides share',
    create: HOT_TABLE.replace('INTEGER', 'VARCHAR(12) COLLATE utf8mb4_general_ci'),
    hasKey: true,
  },
];

describe('a target that is a second late, beside writers', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startMariadbReplica({ delayMs: 1000 });
  });
  afterAll(() => pair?.stop());

  describe.each(KINDS)('$title', ({ create, hasKey }) => {
    beforeAll(async () => {
      await pair.onSource.run(`DROP TABLE IF EXISTS hot; ${create}`);
      await addCalmRows(pair);
    });

    it('are found healthy where they are', async () => {
      expectHealthy(await verifyBesideWriters(pair));
    });

    it('are found exactly where they are damaged', async () => {
      await damage(pair);
      const run = await verifyBesideWriters(pair);
      if (hasKey) return expectDamage(run);
      const { missing, extra } = run.confirmed;
      expect(missing?.toSorted()).toEqual([...DAMAGE.missing, ...DAMAGE.changed]);
      expect(extra?.toSorted()).toEqual([...DAMAGE.changed, ...DAMAGE.extra]);
    });
  });

  it('is found exactly where it is damaged, by workers that read each side as of one instant', async () => {
    await pair.onSource.run(`DROP TABLE hot; ${HOT_TABLE}`);
    await addCalmRows(pair);
    await damage(pair);
    const run = await verifyBesideWriters(pair, { flags: ['--snapshot'] });
    expectDamage(run);
    expect(run.result.consistency).toBe('snapshot');
  });

  it('is not said to have other counts only because it is late', async () => {
    await pair.onSource.run(`DROP TABLE hot; ${HOT_TABLE}`);
    await addCalmRows(pair);
    const healthy = await verifyBesideWriters(pair, { mode: 'count' });
    expect(['counted', 'unverified']).toContain(healthy.table.verdict);
    await pair.onTarget.run('DELETE FROM hot WHERE id BETWEEN 8001000 AND 8002000');
    const damaged = await verifyBesideWriters(pair, { mode: 'count' });
    expect(['different', 'unverified']).toContain(damaged.table.verdict);
  });
});
