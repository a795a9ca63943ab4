import type { Side, TablePair } from '../core/pairing.js';
import type { ConnectionSettings } from '../engines/engine.js';

/** What every worker is given once, when its thread starts. */
export interface WorkerData {
  readonly connections: Readonly<Record<Side, ConnectionSettings>>;
  readonly pairs: readonly TablePair[];
  readonly seed: bigint;
}

/** What a worker tells the main thread while a chunk is under way. */
export type WorkerMessage =
  | { readonly type: 'sessions'; readonly ids: Readonly<Record<Side, string>> }
  | { readonly type: 'differences'; readonly lines: Uint8Array };

/** What the main thread tells a worker: that a batch was stored, or that the chunk is no longer wanted. */
export type MainMessage = { readonly type: 'stored' } | { readonly type: 'cancel' };
