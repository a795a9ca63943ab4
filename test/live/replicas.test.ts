import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairKinds } from '../replication/pairs.js';
import type { ReplicationPair } from '../support/replication/pair.js';
import {
  addCalmRows,
  damage,
  expectDamage,
  expectHealthy,
  type LiveRun,
  verifyBesideWriters,
} from './live-run.js';

const START_TIMEOUT_MS = 600_000;
const DELAYS_MS = (process.env.ROWPROOF_TEST_DELAYS ?? '0 1000').split(' ').map(Number);

function tell(name: string, { written, table, result }: LiveRun): void {
  const { missing, extra, changed, inFlight, unsettled = 0 } = table;
  const { lagMs } = result.replication ?? {};
  console.log(
    `${name}: ${written} written, ${inFlight} in flight, ${missing + extra + changed} confirmed, ${unsettled} unsettled, ${result.elapsedMs} ms, lag ${JSON.stringify(lagMs)}`,
  );
}

/** One kind of each way, unless everything is tested. */
function livePairs(): ReturnType<typeof pairKinds> {
  const kinds = pairKinds();
  if (process.env.ROWPROOF_TEST_PAIRS === 'all') return kinds;
  return kinds.filter(({ way }, at) => kinds.findIndex((kind) => kind.way === way) === at);
}

const PAIRS = livePairs();
/** All of them start at once, and are written to one after the other. */
const starting = new Map<string, Promise<ReplicationPair>>();
beforeAll(async () => {
  for (const { name, start } of PAIRS) starting.set(name, start());
  // Whoever needs one that did not start is told.
  await Promise.allSettled(starting.values());
}, START_TIMEOUT_MS);
afterAll(async () => {
  const started = await Promise.allSettled(starting.values());
  await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)));
});

describe.each(PAIRS)('$name, beside writers', ({ name, way, canLag }) => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await (starting.get(name) ?? Promise.reject(new Error(`${name} was not started.`)));
    await addCalmRows(pair);
  }, START_TIMEOUT_MS);

  describe.each(canLag ? DELAYS_MS : [0])('%d ms late', (delayMs) => {
    beforeAll(() => pair.delay(delayMs));

    it('finds nothing where nothing is damaged', async () => {
      const run = await verifyBesideWriters(pair);
      tell(`${name}, ${delayMs} ms late, healthy`, run);
      expectHealthy(run);
      expect(run.result.replication?.fences).toEqual([{ way, tables: 1 }]);
    });
  });

  // Nobody can write to a standby.
  it.runIf(way !== 'standby')('finds exactly what is damaged', async () => {
    await damage(pair);
    const run = await verifyBesideWriters(pair);
    tell(`${name}, damaged`, run);
    expectDamage(run);
  });
});
