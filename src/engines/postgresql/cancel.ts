import type { ConnectionSettings } from '../connection-settings.js';
import { closed } from '../server-socket.js';
import { openGate, openStream } from './login-driver.js';

/**
 * Asks the server, or the pool, to cancel what sessions are doing, by the keys of their logins.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function cancelPostgresql(
  settings: ConnectionSettings,
  cancelKeys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.allSettled(cancelKeys.map((key) => sendCancel(settings, key, signal)));
}

const CANCEL_BYTES = 16;
const CANCEL_CODE = 80877102;

/** The server closes the connection once it has passed the request on. */
async function sendCancel(settings: ConnectionSettings, key: string, signal: AbortSignal): Promise<void> {
  const [processId = 0, secretKey = 0] = key.split(' ').map(Number);
  const stream = await openStream(settings, { gate: openGate(settings), signal });
  const request = Buffer.alloc(CANCEL_BYTES);
  [CANCEL_BYTES, CANCEL_CODE, processId, secretKey].forEach((word, i) => {
    request.writeInt32BE(word, 4 * i);
  });
  // The server answers a cancel request by closing, and says nothing of what came of it.
  stream.on('error', () => undefined);
  stream.resume();
  stream.write(request);
  await closed(stream);
}
