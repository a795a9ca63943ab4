import { setTimeout as delay } from 'node:timers/promises';
import type { Fence } from '../core/fence.js';
import type { Session } from '../engines/session.js';
import { runFenceCommand, withoutSecrets } from './fence-command.js';

/** What waits for positions: the session that is asked, how long at the most, and what ends it at once. */
export interface FenceWait {
  readonly session: Pick<Session, 'ask'>;
  readonly fence: Fence;
  readonly stop: AbortSignal;
  readonly limitMs: number;
  /** Passwords that a command of the user's must not find in its environment. */
  readonly passwords?: readonly string[];
}

/** How long a server is let wait in one statement, so that a stop is never late by more. */
const SLICE_MS = 1000;
/** How long to wait before a server is asked again that did not wait itself. */
const POLL_MS = 50;
/** The first value that is seen to come may be of a transaction that began before the call; the one after it is not. */
const VALUES_TO_COME = 2;

/**
 * Takes a position of the source that stands behind all that was committed when this was called. Null where the server has
 * none, at a stop, and where none came within the limit.
 *
 * A heartbeat's value at hand proves nothing: its transaction may have begun before rows were read that were committed
 * later. So it is waited for the second new value.
 */
export async function takePosition(wait: FenceWait): Promise<string | null> {
  const { session, fence, stop } = wait;
  if (fence.way === 'command') return askCommand(wait);
  let position = await session.ask('position', fence);
  if (fence.way !== 'column') return position;
  const isOver = limitOf(wait);
  for (let come = 0; come < VALUES_TO_COME; ) {
    if (isOver()) return null;
    await pause(POLL_MS, stop);
    const next = await session.ask('position', fence);
    if (next === position) continue;
    position = next;
    come++;
  }
  return position;
}

/**
 * Waits until the target has reached a position, a second at a time. False at the limit, and at once at a stop.
 * An error of the session is thrown: whoever asked opens another one, and asks again.
 */
export async function awaitPosition(wait: FenceWait & { readonly position: string }): Promise<boolean> {
  const { session, fence, position, stop, limitMs } = wait;
  const endMs = performance.now() + limitMs;
  while (!stop.aborted) {
    const askedMs = performance.now();
    const waitMs = Math.max(0, Math.min(SLICE_MS, endMs - askedMs));
    if (await unlessStopped(session.ask('reached', { fence, position, waitMs }), stop)) return true;
    const nowMs = performance.now();
    if (nowMs >= endMs) return false;
    // A server that answers at once does not wait itself, or its applier stands still.
    await pause(Math.min(POLL_MS - (nowMs - askedMs), endMs - nowMs), stop);
  }
  return false;
}

/** The command's own transaction begins after the call, and so does not need a second one. */
function askCommand({ fence, stop, limitMs, passwords = [] }: FenceWait): Promise<string | null> {
  const words = JSON.parse(fence.details.command ?? '[]') as string[];
  const environment = withoutSecrets(process.env, passwords);
  return runFenceCommand({ words, environment, stop, limitMs });
}

function limitOf({ stop, limitMs }: FenceWait): () => boolean {
  const endMs = performance.now() + limitMs;
  return () => stop.aborted || performance.now() >= endMs;
}

/**
 * What the server answers, or false at a stop. Its session is busy for up to a second then; the answer has no use any more, and
 * neither has an error.
 */
async function unlessStopped(asked: Promise<boolean>, stop: AbortSignal): Promise<boolean> {
  let leave = (): void => undefined;
  const stopped = new Promise<false>((resolve) => {
    leave = () => resolve(false);
    stop.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([asked, stopped]);
  } finally {
    stop.removeEventListener('abort', leave);
  }
}

/** Ends early at a stop, after which whoever waits looks. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await delay(ms, undefined, { signal: stop }).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
}
