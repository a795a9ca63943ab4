import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import type { ReplicationPair } from '../support/replication/pair.js';
import {
  startPostgresqlStandby,
  startPostgresqlSubscriber,
} from '../support/replication/postgresql-replica.js';
import {
  createOrders,
  DAMAGING,
  expectDamage,
  expectHealthy,
  fillOrders,
  type LiveRun,
  verifyBesideWriters,
  waitForRows,
} from './live-run.js';

interface LivePair {
  readonly title: string;
  readonly start: (delayMs: number) => Promise<ReplicationPair>;
  readonly way: string;
  /** Whether rows of the target can be damaged by themselves. */
  readonly isWritable: boolean;
}

const PAIRS: readonly LivePair[] = [
  {
    title: 'MariaDB to MariaDB',
    start: (delayMs) => startMariadbReplica({ delayMs }),
    way: 'gtid',
    isWritable: true,
  },
  {
    title: 'PostgreSQL to its standby',
    start: (delayMs) => startPostgresqlStandby({ delayMs }),
    way: 'standby',
    isWritable: false,
  },
  {
    title: 'PostgreSQL to a subscriber',
    start: (delayMs) => startPostgresqlSubscriber({ delayMs, tables: createOrders('PRIMARY KEY') }),
    way: 'subscription',
    isWritable: true,
  },
];
const DELAYS = [0, 1000];

function tell({ title }: LivePair, delayMs: number, { written, table, result }: LiveRun): void {
  const { missing, extra, changed, inFlight, unsettled = 0 } = table;
  console.log(
    `${title}, ${delayMs} ms late: ${written} written, ${inFlight} in flight, ${missing + extra + changed} confirmed, ${unsettled} unsettled, ${result.elapsedMs} ms, lag ${JSON.stringify(result.replication?.lagMs)}`,
  );
}

describe.each(PAIRS)('$title, beside writers', (live) => {
  describe.each(DELAYS)('%d ms late', (delayMs) => {
    let pair: ReplicationPair;
    beforeAll(async () => {
      pair = await live.start(delayMs);
      if (live.way !== 'subscription') await pair.onSource.run(createOrders('PRIMARY KEY'));
      await fillOrders(pair);
      await waitForRows(pair);
    });
    afterAll(() => pair.stop());

    it('finds nothing where nothing is damaged', async () => {
      const run = await verifyBesideWriters(pair);
      tell(live, delayMs, run);
      expectHealthy(run);
      expect(run.result.replication?.fences).toEqual([{ way: live.way, tables: 1 }]);
    });

    it.runIf(live.isWritable)('finds exactly what is damaged', async () => {
      for (const statement of DAMAGING) await pair.onTarget.run(statement);
      const run = await verifyBesideWriters(pair);
      tell(live, delayMs, run);
      expectDamage(run);
    });
  });
});
