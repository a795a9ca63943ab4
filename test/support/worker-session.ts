import type { Session } from '../../src/engines/engine.js';
import { engineFor } from '../../src/engines/registry.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };

/** Opens a session as a worker does, with options added to its URL and nothing taken from the environment. */
export function openWorkerSession(
  url: string,
  options: Readonly<Record<string, string>> = {},
): Promise<Session> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(options)) address.searchParams.set(name, value);
  const engine = engineFor(address.protocol.slice(0, -1));
  return engine.open(engine.resolveConnection(address, ENVIRONMENT));
}
