import { once } from 'node:events';
import { deserialize } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'piscina';
import type { LaneData, TaskHooks, TaskResult, WorkerSetup, WorkerTask } from './task.js';
import { TaskLane } from './task-lane.js';
import type { ThreadAnswer, ThreadMessage, ThreadRequest } from './thread-messages.js';

const lane = await TaskLane.open(workerData as LaneData);

/** What a thread is asked: to do a task, to say that it has loaded, or to close its sessions. */
export async function runTask(
  request: ThreadRequest | 'ready' | 'close',
): Promise<TaskResult<WorkerTask> | null> {
  if (request === 'ready') return null;
  if (request !== 'close') return await runWithPort(request);
  await lane.close();
  return null;
}

/** The port carries what cannot wait for the result. */
async function runWithPort({ task, port, setup }: ThreadRequest): Promise<TaskResult<WorkerTask>> {
  lane.prepare(() => deserialize(Buffer.from(setup)) as WorkerSetup);
  const stop = new AbortController();
  port.on('message', ({ type }: ThreadAnswer) => {
    if (type === 'cancel') stop.abort();
  });
  try {
    return await lane.run(task, hooksThrough(port), stop.signal);
  } finally {
    port.close();
  }
}

function hooksThrough(port: MessagePort): TaskHooks {
  const post = (message: ThreadMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  return {
    onSessions: (handles) => post({ type: 'sessions', handles }),
    onRows: (side, rows) => post({ type: 'rows', side, rows }),
    onDifferences: async (lines) => {
      post({ type: 'differences', lines }, [lines.buffer as ArrayBuffer]);
      await once(port, 'message');
    },
  };
}
