import type { MessagePort } from 'node:worker_threads';
import type { LogEntry } from '../core/log.js';
import type { Side } from '../core/pairing.js';
import type { SnapshotAnswer, SnapshotOrder } from '../tasks/snapshot-orders.js';
import type { LaneData, SideHandles, WorkerTask } from '../tasks/task.js';

/** One task for a thread. The setup comes with each, in shared memory: which thread gets a task is not known. */
export interface ThreadRequest {
  readonly task: WorkerTask;
  readonly port: MessagePort;
  readonly setup: SharedArrayBuffer;
}

/** What else a thread is asked: to say that it has loaded, to close the sessions that no task uses, or all of them. */
export type ThreadCall = 'ready' | 'rest' | 'close';

/** What a thread tells the main thread while a task is under way. */
export type ThreadMessage =
  | { readonly type: 'sessions'; readonly handles: SideHandles }
  | { readonly type: 'silence'; readonly side: Side; readonly silentMs: number }
  | { readonly type: 'rows'; readonly side: Side; readonly rows: number }
  | { readonly type: 'unheld'; readonly side: Side }
  | { readonly type: 'followed'; readonly answer: SnapshotAnswer }
  | { readonly type: 'differences' /** JSON, one row a line. */; readonly lines: Uint8Array };

/** What the main thread tells a thread: that a batch was stored, what to do next, or that the task is no longer wanted. */
export type ThreadAnswer =
  | { readonly type: 'stored' }
  | { readonly type: 'order'; readonly order: SnapshotOrder }
  | { readonly type: 'cancel' };

/** What a thread is begun with. */
export interface ThreadData extends LaneData {
  /** How many tasks it may be given at a time. */
  readonly workers: number;
}

/** A line of the log, which a thread tells at any time. */
export interface LoggedLine {
  readonly logged: LogEntry;
}
