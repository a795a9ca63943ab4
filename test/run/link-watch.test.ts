import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session, SessionActivity } from '../../src/engines/session.js';
import { adviseChecksums } from '../../src/run/advise-checksums.js';
import { LinkWatch } from '../../src/run/link-watch.js';
import type { TableState } from '../../src/state/table-state.js';

const LOOK_MS = 500;
type Side = 'source' | 'target';

/** Runs whose servers do what the test says; null is a server that does not answer. */
async function watch(
  activities: Record<Side, readonly (SessionActivity | 'broken')[]>,
  { looks = 10, busyShare = 0.1, sessions = ['7'] as readonly string[] } = {},
) {
  let nowMs = 0;
  let at = 0;
  const asked: unknown[] = [];
  const side = (name: Side) => ({
    session: {
      ask: async (_kind: string, about: unknown) => {
        asked.push(about);
        const found = activities[name][at % activities[name].length];
        if (found === 'broken') throw new Error('no answer');
        return found;
      },
    } as unknown as Session,
  });
  const watched = new LinkWatch({
    sides: { source: side('source'), target: side('target') },
    workerSessions: () => sessions,
    processors: 2,
    now: () => nowMs,
    processorMs: () => nowMs * 2 * busyShare,
  });
  for (; at < looks; at++) {
    nowMs += LOOK_MS;
    await vi.advanceTimersByTimeAsync(LOOK_MS);
  }
  return { found: watched.stop(), asked };
}

describe('the watch over a link', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says that the link is the limit where servers have sent all, or wait until it is taken', async () => {
    const { found, asked } = await watch({ source: ['sending'], target: ['idle', 'sending'] });
    expect(found).toEqual({ looks: 10, waiting: 10 });
    expect(new Set(asked)).toEqual(new Set(['7']));
  });

  it('counts the looks in which a server worked against it', async () => {
    const mostly: SessionActivity[] = ['sending', 'sending', 'sending', 'working'];
    expect((await watch({ source: mostly, target: ['sending'] })).found).toEqual({ looks: 10, waiting: 8 });
    expect((await watch({ source: ['sending', 'working'], target: ['sending'] })).found).toBeNull();
    expect((await watch({ source: ['sending'], target: ['working'] })).found).toBeNull();
  });

  it('says nothing where Rowproof itself is busy, of short runs, and of servers that do not say what they do', async () => {
    const sending = { source: ['sending'], target: ['sending'] } as const;
    expect((await watch(sending, { busyShare: 0.6 })).found).toBeNull();
    expect((await watch(sending, { looks: 5 })).found).toBeNull();
    expect((await watch(sending, { sessions: [] })).found).toBeNull();
    expect((await watch({ source: ['broken'], target: ['sending'] })).found).toBeNull();
    expect((await watch({ source: ['ended'], target: ['idle'] })).found).toBeNull();
    expect((await watch({ source: ['idle'], target: ['idle'] }, { sessions: [] })).found).toBeNull();
  });
});

describe('the advice to have servers hash', () => {
  const tableOf = (id: number, estimatedRows: number, differences = 0) => {
    const findings: unknown[] = [];
    const name = `shop.t${id}`;
    const planned = { id: `${id}`, pair: { source: { estimatedRows } } };
    const state = {
      name,
      planned,
      differences,
      addFinding: (finding: unknown) => void findings.push(finding),
    };
    return { state: state as unknown as TableState, findings };
  };

  it('is given for large tables that they may hash and of which few rows differ, and names those that would be read', () => {
    const tables = [0, 1, 2, 3, 4, 5, 6].map((id) => tableOf(id, id === 1 ? 10 : 1_000_000));
    tables.push(tableOf(7, 1_000_000, 2000));
    const obstacles = new Map(
      tables.map(
        ({ state }, id) => [state.planned.id, id < 2 || id === 7 ? null : `column v is t${id}`] as const,
      ),
    );
    adviseChecksums({
      looks: { looks: 10, waiting: 9 },
      tables: tables.map(({ state }) => state),
      obstacles,
    });
    expect(tables.map(({ findings }) => findings.length)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(tables[0]?.findings).toEqual([
      {
        code: 'link-limited',
        about: { table: 'shop.t0', detail: '9 of 10' },
        message:
          'The network was the limit while rows were read: in 9 of 10 looks both servers had sent what was asked of them, or waited until it was taken, and Rowproof had little to do.',
        hint: 'With --checksum-on auto the servers hash such tables themselves where that is faster, which takes more of their processors, and only parts that differ are read; all rows would still be read of shop.t2 (column v is t2), shop.t3 (column v is t3), shop.t4 (column v is t4) and 2 more.',
      },
    ]);
  });
});
