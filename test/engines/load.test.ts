import { describe, expect, it } from 'vitest';
import { openSide } from '../../src/app/open-side.js';
import { keepBusy } from '../support/busy-sessions.js';
import { availableEngines, useDatabase } from '../support/database.js';

const BUSY = 12;
/** Other tests may begin or end statements on a server that they share with this one. */
const OTHERS = 4;
const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };

describe.each(availableEngines())('the load of %s', (name) => {
  const database = useDatabase(name);

  it('counts statements at work, but not the one that asks and not those of named sessions', async () => {
    await database.run('SELECT 1');
    const busy = await keepBusy(database, BUSY);
    const { session } = await openSide({
      side: 'source',
      url: database.url,
      environment: ENVIRONMENT,
    });
    try {
      const all = await session.ask('load', []);
      const half = await session.ask('load', busy.sessionIds.slice(0, BUSY / 2));
      const none = await session.ask('load', [session.serverSessionId, ...busy.sessionIds]);
      expect(all - none).toBeGreaterThanOrEqual(BUSY - OTHERS);
      expect(all - none).toBeLessThanOrEqual(BUSY + OTHERS);
      expect(all - half).toBeGreaterThanOrEqual(BUSY / 2 - OTHERS);
      expect(none).toBeLessThan(BUSY);
    } finally {
      await session.close();
      await busy.end();
    }
  });
});
