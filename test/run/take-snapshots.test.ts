import { describe, expect, it } from 'vitest';
import type { SnapshotFacts } from '../../src/engines/snapshots.js';
import { takeSnapshots } from '../../src/run/snapshots/take-snapshots.js';
import type { SnapshotLane } from '../../src/runners/snapshot-lane.js';
import type { SnapshotAnswer } from '../../src/tasks/snapshot-orders.js';

const HANDLE = { serverSessionId: '1', cancelKey: '1' };
const facts = (way: SnapshotFacts['way']): SnapshotFacts => ({ way, because: null, without: new Map() });

/** Lanes of which the first `alike` ones stand at the same place of a log, and each other one at a place of its own. */
function openLanes(count: number, { alike, refused = count }: { alike: number; refused?: number }) {
  const begun: number[] = [];
  const lanes = Array.from({ length: count }, (_, at): SnapshotLane => {
    const answer = async (kind: string): Promise<SnapshotAnswer> => {
      if (kind === 'tell-place') return { kind: 'place', place: at < alike ? 'log 1' : `log ${at + 2}` };
      if (at >= refused)
        return { kind: 'failed', error: { code: 'connect', message: 'no room', hint: '', causes: [] } };
      begun.push(at);
      return { kind: 'begun', handle: HANDLE };
    };
    return { tell: (order) => answer(order.kind), go: async () => undefined };
  });
  return { lanes, begun };
}

const take = (lanes: readonly SnapshotLane[], way: SnapshotFacts['way']) => {
  const side = { facts: facts(way), name: null, lock: null };
  const target = { facts: facts('by-name'), name: 'a', lock: null };
  const { signal } = new AbortController();
  return takeSnapshots({ lanes, sides: { source: side, target }, longestMs: 1000, replica: null, signal });
};

describe('workers that come to one instant', () => {
  it('are all of them where sessions stand at the same place', async () => {
    const { lanes } = openLanes(4, { alike: 4 });
    const { workers, sides } = await take(lanes, 'by-place');
    expect(workers).toBe(4);
    expect(sides.source.place).toBe('log 1');
  });

  it('are halved after twenty tries, until those that are left do', async () => {
    const { lanes, begun } = openLanes(8, { alike: 2 });
    const { workers, sides } = await take(lanes, 'by-place');
    expect(workers).toBe(2);
    expect(sides.source.handles).toHaveLength(2);
    // Twenty times eight, twenty times four, once two; and the other side.
    expect(begun).toHaveLength(20 * 8 + 20 * 4 + 2 + 2);
  });

  it('are one where no two ever do', async () => {
    const { lanes } = openLanes(8, { alike: 0 });
    expect((await take(lanes, 'by-place')).workers).toBe(1);
  });

  it('are one where nothing tells whether two do', async () => {
    const { lanes, begun } = openLanes(4, { alike: 4 });
    expect((await take(lanes, 'alone')).workers).toBe(1);
    expect(begun).toEqual([0, 0]);
  });

  it('are as many as the server lets in, and none is an error', async () => {
    const some = openLanes(4, { alike: 4, refused: 3 });
    expect((await take(some.lanes, 'by-name')).workers).toBe(3);
    const none = openLanes(4, { alike: 4, refused: 0 });
    await expect(take(none.lanes, 'by-name')).rejects.toMatchObject({
      code: 'connect',
      message: 'Cannot read the source as of one instant: no room',
    });
  });
});
