import { readFileSync } from 'node:fs';

const ACCEPTED = JSON.parse(readFileSync(new URL('./accepted.json', import.meta.url), 'utf8'));

/**
 * Says which measured numbers are worse than the accepted ones; empty where none is. The quick bench accepts ratios only,
 * of numbers that were measured in the same run, because it decides on machines of any speed: what is left out of
 * `accepted.json` is not looked at.
 */
export function findWorse({ cases, peer, planning, starting }, isQuick) {
  const accepted = isQuick ? ACCEPTED.quick : ACCEPTED.full;
  const worse = [];
  const check = (what, measured, limit) => {
    if (limit !== undefined && measured > limit)
      worse.push(`${what}: ${measured.toFixed(2)}, accepted ${limit}`);
  };
  for (const one of cases) {
    const title = `${one.source} -> ${one.target}, ${one.name}`;
    const differMuch = one.changed > 0 && one.every <= 1000;
    const base = differMuch ? accepted.peakMegabytesWhereManyDiffer : accepted.peakMegabytes;
    const memory = base + accepted.peakMegabytesPerWorker * one.workers;
    check(`${title}, peak MB`, one.verify.peakMegabytes, memory);
    if (one.changed === 0) continue;
    const limit = limitOf(one, accepted);
    check(
      `${title}, wall over that of equal tables`,
      one.verify.seconds / equalCase(one, cases).verify.seconds,
      limit,
    );
  }
  for (const { source, target } of planning) {
    const isEqualOrders = (one) => one.table === 'orders' && one.changed === 0;
    const orders = cases.filter(
      (one) => one.source === source && one.target === target && isEqualOrders(one),
    );
    const limits = accepted[source === target ? 'same' : 'cross'];
    const title = `${source} -> ${target}, orders with the best number of workers`;
    const ratios = orders.map(({ verify, floor }) => verify.seconds / floor.seconds);
    check(`${title}, wall over floor`, Math.min(...ratios), limits.wallOverFloor);
    const clients = Math.min(...orders.map(clientSeconds));
    check(`${title}, client CPU s per M rows and side`, clients, limits.clientSecondsPerMillion);
    const overFloor = Math.min(...orders.map(({ verify, floor }) => verify.cpuSeconds / floor.cpuSeconds));
    check(`${title}, client CPU over that of the floor`, overFloor, limits.clientOverFloor);
  }
  for (const { source, target, seconds } of planning) {
    const whole = equalCase({ source, target, workers: 2 }, cases).verify.seconds;
    check(`${source} -> ${target}, planning over wall`, seconds / whole, accepted.planningShare);
  }
  for (const { source, target, seconds, cpuSeconds, nodeSeconds } of starting) {
    const title = `${source} -> ${target}, a run of next to nothing`;
    check(`${title}, seconds`, seconds, accepted.startSeconds);
    const { startOverNode } = accepted[source === target ? 'same' : 'cross'];
    check(`${title}, client CPU over that of node -e 0`, cpuSeconds / nodeSeconds, startOverNode);
    const { floor } = equalCase({ source, target, workers: 2 }, cases);
    check(
      `${title}, client CPU over that of the floor`,
      cpuSeconds / floor.cpuSeconds,
      accepted.startOverFloor,
    );
  }
  if (peer !== null) {
    const own = equalCase({ source: 'mariadb', target: 'mariadb', workers: 2 }, cases).verify.seconds;
    check(
      'mariadb -> mariadb, wall over pt-table-checksum',
      own / peer,
      1 / Math.max(accepted.peerOverVerify, 0.01),
    );
  }
  return worse;
}

/** How much longer than equal tables those that differ may take. */
function limitOf({ every, in: how }, { fewOverEqual, manyOverEqual, allOverEqual, othersOverEqual }) {
  if (every > 1000) return fewOverEqual;
  if (every > 1) return manyOverEqual;
  return how === 'a constant' ? allOverEqual : othersOverEqual;
}

/** Client CPU seconds per million rows and side. */
export function clientSeconds({ verify, rows }) {
  return verify.cpuSeconds / ((2 * rows) / 1e6);
}

function equalCase({ source, target, workers }, cases) {
  const isSame = (one) => one.source === source && one.target === target && one.workers === workers;
  const found = cases.find((one) => isSame(one) && one.table === 'orders' && one.changed === 0);
  if (found === undefined) throw new Error(`Nothing was measured of ${source} -> ${target}.`);
  return found;
}
