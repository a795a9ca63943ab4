import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 15_000;
const POLL_MS = 25;

/**
 * Returns the sessions that stay. A server notices a closed socket a moment after the client has closed it, so a
 * session counts as leaked only when it is still there after that moment.
 */
export async function waitForSessionsToEnd<Session>(
  readSessions: () => Promise<readonly Session[]>,
): Promise<readonly Session[]> {
  const deadline = Date.now() + GRACE_MS;
  for (;;) {
    const sessions = await readSessions();
    if (sessions.length === 0 || Date.now() > deadline) return sessions;
    await delay(POLL_MS);
  }
}
