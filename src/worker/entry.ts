import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'piscina';
import type { ChunkResult, ChunkTask } from '../core/chunk.js';
import { encodeDifferenceLines } from '../core/difference-lines.js';
import { RowproofError, serializeError } from '../core/errors.js';
import { createRowHash } from '../hashing/row-hash.js';
import { RowIndex } from '../hashing/row-index.js';
import { SessionCache } from './session-cache.js';
import { type ChunkChannel, verifyChunk, type WorkerContext } from './verify-chunk.js';
import type { MainMessage, WorkerData, WorkerMessage } from './worker-data.js';

const { connections, pairs, seed } = workerData as WorkerData;

const context: WorkerContext = {
  sessions: new SessionCache(connections),
  hash: await createRowHash(seed),
  indexes: { source: new RowIndex(), target: new RowIndex() },
  prepared: null,
};

async function dropSessions(): Promise<void> {
  await Promise.all([context.sessions.drop('source'), context.sessions.drop('target')]);
}

/** Closes this worker's sessions, so that no server is left to find out by itself. */
async function closeSessions(): Promise<null> {
  await dropSessions();
  return null;
}

/** Verifies one chunk; the port carries what cannot wait for the result. A cancelled chunk is unverified. */
async function runChunk(task: ChunkTask, port: MessagePort): Promise<ChunkResult> {
  let cancelled = false;
  const onMessage = (message: MainMessage): void => {
    if (message.type !== 'cancel') return;
    cancelled = true;
    void dropSessions();
  };
  port.on('message', onMessage);
  const post = (message: WorkerMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  const channel: ChunkChannel = {
    reportSessions: (ids) => post({ type: 'sessions', ids }),
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
    const result = await verifyChunk(task, pair, context, channel);
    return cancelled
      ? { kind: 'unverified', error: serializeError(interrupted()), transient: false }
      : result;
  } finally {
    port.close();
  }
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}

/** What the pool asks of a worker. */
export function runTask(
  request: { task: ChunkTask; port: MessagePort } | 'close',
): Promise<ChunkResult | null> {
  return request === 'close' ? closeSessions() : runChunk(request.task, request.port);
}
