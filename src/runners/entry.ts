import { once } from 'node:events';
import { deserialize } from 'node:v8';
import { type MessagePort, parentPort, threadId } from 'node:worker_threads';
import { workerData } from 'piscina';
import { serializeError } from '../core/errors.js';
import { type Log, type LogEntry, makeLog } from '../core/log.js';
import type { LaneData, TaskHooks, TaskResult, WorkerSetup, WorkerTask } from '../tasks/task.js';
import { InlineRunner } from './inline-runner.js';
import type {
  LoggedLine,
  ThreadAnswer,
  ThreadCall,
  ThreadData,
  ThreadMessage,
  ThreadRequest,
} from './thread-messages.js';

const data = workerData as ThreadData;
let setup: SharedArrayBuffer | null = null;
const runner = new InlineRunner({
  data,
  workers: data.workers,
  log: openThreadLog(data),
  readSetup: () => deserialize(Buffer.from(setup ?? new ArrayBuffer(0))) as WorkerSetup,
});
const loading = runner.load();
// Whoever asks for the first task is told.
loading.catch(() => undefined);

/** What a thread is asked: to do a task, or one of a few other things. */
export async function runTask(request: ThreadRequest | ThreadCall): Promise<TaskResult<WorkerTask> | null> {
  await loading;
  if (request === 'ready') return null;
  if (request === 'rest' || request === 'close') {
    await (request === 'rest' ? runner.rest() : runner.close());
    return null;
  }
  setup ??= request.setup;
  return await runWithPort(request);
}

/** The port carries what cannot wait for the result. */
async function runWithPort({ task, port }: ThreadRequest): Promise<TaskResult<WorkerTask>> {
  const stop = new AbortController();
  port.on('message', ({ type }: ThreadAnswer) => {
    if (type === 'cancel') stop.abort();
  });
  try {
    return await runner.run(task, hooksThrough(port), stop.signal);
  } catch (error) {
    // Told as a result: an error of this thread is then none of the task.
    return { kind: 'unverified', error: serializeError(error), transient: false };
  } finally {
    port.close();
  }
}

function hooksThrough(port: MessagePort): TaskHooks {
  const post = (message: ThreadMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
  return {
    onSessions: (handles) => post({ type: 'sessions', handles }),
    onSilence: (side, silentMs) => post({ type: 'silence', side, silentMs }),
    onRows: (side, rows) => post({ type: 'rows', side, rows }),
    onUnheld: (side) => post({ type: 'unheld', side }),
    onOrder: async (answer) => {
      post({ type: 'followed', answer });
      const [told] = (await once(port, 'message')) as [ThreadAnswer];
      return told.type === 'order' ? told.order : { kind: 'go' };
    },
    onDifferences: async (lines) => {
      post({ type: 'differences', lines }, [lines.buffer as ArrayBuffer]);
      await once(port, 'message');
    },
  };
}

/** Lines go to the main thread as they come, also those of no task: what a session says when it is closed. */
function openThreadLog({ log: { level, hidesValues } }: LaneData): Log {
  const take = (logged: LogEntry): void => parentPort?.postMessage({ logged } satisfies LoggedLine);
  const parts = { level, hidesValues, take, nowMs: () => Date.now() };
  return makeLog(parts, { fields: { thread: String(threadId) } });
}
