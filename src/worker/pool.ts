import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ChunkResult, ChunkTask } from '../core/chunk.js';
import type { Side } from '../core/pairing.js';
import { engineFor } from '../engines/registry.js';
import type { MainMessage, WorkerData, WorkerMessage } from './worker-data.js';

const CANCEL_TIMEOUT_MS = 3000;

/** Worker threads that verify chunks. Who creates it closes it. */
export interface WorkerPool {
  /** Verifies a chunk; `onDifferences` gets each batch of differing rows as lines of JSON, and the next one only when it has resolved. */
  verify(task: ChunkTask, onDifferences: (lines: Uint8Array) => Promise<void>): Promise<ChunkResult>;
  /** Cancels what is under way, in the workers and on the servers. Chunks that were cut off are unverified. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the threads.
 *
 * `atomics` are off because waiting on them would block the event loop that reads a worker's sockets. Tasks are
 * cancelled by message, because an abort signal would kill the thread and leave its sessions running.
 */
export function createWorkerPool(data: WorkerData, threads: number): WorkerPool {
  const piscina = new Piscina({
    filename: new URL('./entry.js', import.meta.url).href,
    name: 'runTask',
    workerData: data,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
  });
  const active = new Map<MessagePort, Readonly<Record<Side, string>> | null>();

  return {
    verify: async (task, onDifferences) => {
      const { port1: port, port2 } = new MessageChannel();
      active.set(port, null);
      port.on('message', (message: WorkerMessage) => {
        if (message.type === 'sessions') active.set(port, message.ids);
        else
          void onDifferences(message.lines).then(
            () => post(port, { type: 'stored' }),
            () => post(port, { type: 'cancel' }),
          );
      });
      try {
        return (await piscina.run({ task, port: port2 }, { transferList: [port2] })) as ChunkResult;
      } finally {
        active.delete(port);
        port.close();
      }
    },
    cancel: async () => {
      const sessions = [...active.values()].filter((ids) => ids !== null);
      for (const port of active.keys()) post(port, { type: 'cancel' });
      await Promise.all([
        cancelOnServer(
          data,
          'source',
          sessions.map((ids) => ids.source),
        ),
        cancelOnServer(
          data,
          'target',
          sessions.map((ids) => ids.target),
        ),
      ]);
    },
    close: async () => {
      await Promise.allSettled(Array.from({ length: threads }, () => piscina.run('close')));
      await piscina.destroy();
    },
  };
}

function post(port: MessagePort, message: MainMessage): void {
  port.postMessage(message);
}

/** Best effort: a server that cannot be reached any more ends the statement when it writes to the closed socket. */
async function cancelOnServer(data: WorkerData, side: Side, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const work = async (): Promise<void> => {
    const settings = data.connections[side];
    const session = await engineFor(settings.scheme).open(settings);
    await Promise.allSettled(ids.map((id) => session.cancel(id)));
    await session.close();
  };
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, CANCEL_TIMEOUT_MS).unref());
  await Promise.race([work().catch(() => undefined), timeout]);
}
