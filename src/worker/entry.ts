import { once } from 'node:events';
import { deserialize } from 'node:v8';
import { workerData } from 'piscina';
import { encodeDifferenceLines } from '../core/difference-lines.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { SessionHandle } from '../engines/engine.js';
import { engineFor } from '../engines/registry.js';
import { createRowHash } from '../hashing/row-hash.js';
import { RowIndex } from '../hashing/row-index.js';
import { RowKernel } from '../hashing/row-kernel.js';
import { spillBuckets, sumBuckets } from './bucket-tasks.js';
import { compareChecksums } from './compare-checksums.js';
import { comparePartition } from './compare-partition.js';
import { findEnd } from './find-end.js';
import { findKeys } from './find-keys.js';
import { LoadControl } from './load-control.js';
import { SessionCache } from './session-cache.js';
import { verifyChunk } from './verify-chunk.js';
import type { ChunkChannel, WorkerContext } from './worker-context.js';
import type {
  MainMessage,
  TaskResult,
  WorkerData,
  WorkerMessage,
  WorkerRequest,
  WorkerSetup,
  WorkerTask,
} from './worker-data.js';

const { seed, schemes, load: sharedLoad, kernel } = workerData as WorkerData;
const load = new LoadControl(sharedLoad);
const kernels = { source: new RowKernel(seed, kernel), target: new RowKernel(seed, kernel) };
const hasher = { hash: await createRowHash(seed), kernel: kernels.source };
const constantHash = await createRowHash(0n);
// A package that cannot be loaded is met again, and reported, when a session is opened.
await Promise.allSettled(schemes.map(async (scheme) => engineFor(scheme).loadDriver()));

let prepared: { readonly context: WorkerContext; readonly pairs: readonly TablePair[] } | null = null;

/** Makes what a worker keeps between chunks, once. */
function prepare(setup: SharedArrayBuffer): NonNullable<typeof prepared> {
  if (prepared !== null) return prepared;
  const { connections, pairs } = deserialize(Buffer.from(setup)) as WorkerSetup;
  const context: WorkerContext = {
    sessions: new SessionCache(connections, load),
    hasher,
    kernels,
    constantHash,
    indexes: { source: new RowIndex(), target: new RowIndex() },
    prepared: null,
  };
  prepared = { context, pairs };
  return prepared;
}

async function dropSessions(): Promise<void> {
  const sessions = prepared?.context.sessions;
  await Promise.all([sessions?.drop('source'), sessions?.drop('target')]);
}

/** Closes this worker's sessions, so that no server is left to find out by itself. */
async function closeSessions(): Promise<null> {
  await dropSessions();
  return null;
}

/** Does one task; the port carries what cannot wait for the result. What a cancelled task was for is unverified. */
async function runWithChannel({ task, port, setup }: WorkerRequest): Promise<TaskResult<WorkerTask>> {
  const { context, pairs } = prepare(setup);
  let cancelled = false;
  load.restart();
  const onMessage = (message: MainMessage): void => {
    if (message.type !== 'cancel') return;
    cancelled = true;
    load.cancel();
    void dropSessions();
  };
  port.on('message', onMessage);
  const post = (message: WorkerMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  const channel: ChunkChannel = {
    reportSessions: (sessions) => post({ type: 'sessions', handles: handlesOf(sessions) }),
    reportRows: (side, rows) => post({ type: 'rows', side, rows }),
    storeDifferences: async (rows) => {
      const lines = encodeDifferenceLines(rows);
      post({ type: 'differences', lines }, [lines.buffer as ArrayBuffer]);
      await once(port, 'message');
      if (cancelled) throw interrupted();
    },
  };
  try {
    const pair = pairs.find(({ id }) => id === task.pairId);
    if (pair === undefined)
      throw new RowproofError({ code: 'internal', message: `No table pair ${task.pairId}` });
    const result = await runTaskOfPair(task, { pair, context, channel });
    return cancelled
      ? { kind: 'unverified', error: serializeError(interrupted()), transient: false }
      : result;
  } finally {
    port.close();
  }
}

function runTaskOfPair(
  task: WorkerTask,
  { pair, context, channel }: { pair: TablePair; context: WorkerContext; channel: ChunkChannel },
): Promise<TaskResult<WorkerTask>> {
  switch (task.kind) {
    case 'chunk':
      return verifyChunk(task, pair, context, channel);
    case 'checksum':
      return compareChecksums({ task, pair, context, channel });
    case 'sum-buckets':
      return sumBuckets({ task, pair, context, channel });
    case 'spill-buckets':
      return spillBuckets({ task, pair, context, channel });
    case 'compare-partition':
      return comparePartition({ task, pair, context, channel });
    case 'find-end':
      return findEnd({ task, pair, context, channel });
    case 'find-keys':
      return findKeys({ task, pair, context, channel });
  }
}

/** What of sessions can go to another thread. */
function handlesOf({ source, target }: Readonly<Partial<Record<Side, SessionHandle>>>) {
  const handle = ({ serverSessionId, cancelKey }: SessionHandle): SessionHandle => ({
    serverSessionId,
    cancelKey,
  });
  return {
    ...(source === undefined ? {} : { source: handle(source) }),
    ...(target === undefined ? {} : { target: handle(target) }),
  };
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}

/** What the pool asks of a worker. */
export function runTask(request: WorkerRequest | 'close'): Promise<TaskResult<WorkerTask> | null> {
  return request === 'close' ? closeSessions() : runWithChannel(request);
}
