import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SumBucketsTask } from '../../src/core/bucket.js';
import type { FindKeysTask } from '../../src/core/chunk.js';
import { NO_LOG } from '../../src/core/log.js';
import type { Side, TablePair } from '../../src/core/pairing.js';
import type { ConnectionSettings } from '../../src/engines/connection-settings.js';
import type { Engine } from '../../src/engines/engine.js';
import { engineFor } from '../../src/engines/registry.js';
import type { Session } from '../../src/engines/session.js';
import { sumBuckets } from '../../src/tasks/bucket-tasks.js';
import { findKeys } from '../../src/tasks/find-keys.js';
import { LoadControl } from '../../src/tasks/load-control.js';
import { SessionCache } from '../../src/tasks/session-cache.js';
import { createSharedLoad } from '../../src/tasks/shared-load.js';
import type { WorkerContext } from '../../src/tasks/worker-context.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };
const NO_LIMITS = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };
const TABLE = { schema: 'shop', name: 'orders' };
const PAIR = { id: '1', source: TABLE, target: TABLE, key: [], columns: [] } as unknown as TablePair;

const settingsOf = (url: string): ConnectionSettings => {
  const address = new URL(url);
  return engineFor(address.protocol.slice(0, -1)).resolveConnection(address, ENVIRONMENT);
};

/** Sessions on servers that are not there, of which it is noted how long their statements may take. */
class NotedSessions extends SessionCache {
  readonly opened: number[] = [];
  readonly closed: number[] = [];

  constructor(options = '') {
    const connections = {
      source: settingsOf(`mysql://ann@old/shop${options}`),
      target: settingsOf(`postgres://ann@new/shop${options}`),
    };
    const load = new LoadControl(createSharedLoad(NO_LIMITS));
    super(connections, { load, log: NO_LOG, hidesWords: false, onSilence: () => undefined });
  }

  override engine(side: Side): Engine {
    const open = async ({ statementTimeoutMs }: ConnectionSettings): Promise<Session> => {
      const number = this.opened.push(statementTimeoutMs);
      const close = async () => void this.closed.push(number);
      return { serverSessionId: `${number}`, cancelKey: `${number}`, broken: false, close } as Session;
    };
    return { ...super.engine(side), open };
  }
}

describe('the sessions of a worker', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it.each(['source', 'target'] as const)(
    'let a statement that reads a whole table of the %s take a day, and others ten minutes',
    async (side) => {
      const sessions = new NotedSessions();
      await sessions.session(side);
      await sessions.openStream(side);
      expect(sessions.opened).toEqual([600_000, 86_400_000]);
    },
  );

  it.each(['source', 'target'] as const)('let both take on the %s what the URL says', async (side) => {
    const sessions = new NotedSessions('?statement-timeout=30');
    await sessions.session(side);
    await sessions.openStream(side);
    expect(sessions.opened).toEqual([30_000, 30_000]);
  });

  it.each(['source', 'target'] as const)(
    'are closed where a step on the %s takes longer than its statement may, and a little more',
    async (side) => {
      const sessions = new NotedSessions('?statement-timeout=30');
      const other = side === 'source' ? 'target' : 'source';
      await sessions.session(side);
      await sessions.session(other);
      const endDeadline = sessions.startDeadline(side);
      await vi.advanceTimersByTimeAsync(59_999);
      expect(sessions.closed).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(sessions.closed).toEqual([1]);
      endDeadline();
    },
  );

  it('stay open where the step ended in time, or waited on purpose', async () => {
    const sessions = new NotedSessions('?statement-timeout=30');
    await sessions.session('source');
    sessions.startDeadline('source')();
    await vi.advanceTimersByTimeAsync(120_000);
    const endDeadline = sessions.startDeadline('source');
    sessions.load.clock.beginRead();
    sessions.load.clock.beginWait();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sessions.closed).toEqual([]);
    sessions.load.clock.endWait();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sessions.closed).toEqual([1]);
    endDeadline();
  });
});

describe('a task that reads a whole table', () => {
  const sum: SumBucketsTask = { kind: 'sum-buckets', pairId: '1', side: 'target', asBag: true };
  const find: FindKeysTask = { kind: 'find-keys', pairId: '1', side: 'target', keys: [] };

  it.each([
    ['sums up its buckets', sum, sumBuckets],
    ['looks for keys', find, findKeys],
  ] as const)('and %s has a session of its own for it, which the run can cancel', async (_, task, work) => {
    const sessions = new NotedSessions();
    const reported: unknown[] = [];
    const context = { sessions, prepared: null } as unknown as WorkerContext;
    const channel = {
      reportSessions: (handles: unknown) => void reported.push(handles),
      reportRows: () => undefined,
      storeDifferences: async () => undefined,
    };
    await (work as typeof sumBuckets)({ task: task as SumBucketsTask, pair: PAIR, context, channel });
    expect(sessions.opened).toEqual([86_400_000]);
    expect(sessions.closed).toEqual([1]);
    expect(reported).toMatchObject([{ target: { serverSessionId: '1', cancelKey: '1' } }]);
  });
});
