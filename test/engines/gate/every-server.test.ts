import { describe, expect, it } from 'vitest';
import { openSide } from '../../../src/app/open-side.js';
import { CHECKS } from '../../../src/checks/list.js';
import { readSides } from '../../support/gate/check-sides.js';
import { serversToTest } from '../../support/servers/list.js';
import { useServer } from '../../support/servers/use-server.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };

describe.each(serversToTest())('the gate on $name', (kind) => {
  const server = useServer(kind);

  it('is told everything by every server, to an account that may do anything', async () => {
    const [from, to] = [await server.openDatabase(), await server.openDatabase()];
    for (const database of [from, to]) await database.run('CREATE TABLE t (id INT PRIMARY KEY, v INT)');
    const context = await readSides({ source: from.url, target: to.url });
    const hidden = Object.entries(context.facts.source).flatMap(([name, fact]) =>
      fact.known || fact.isAbsent === true ? [] : [`${name}: ${fact.why}`],
    );
    expect(hidden).toEqual([]);
    for (const check of CHECKS)
      for (const phase of check.phases)
        for (const { evidence } of check.find({ ...context, phase }))
          expect(evidence).not.toMatch(/undefined|NaN|null/);
    const { session, catalog } = await openSide({ side: 'source', url: from.url, environment: ENVIRONMENT });
    try {
      const marks = await session.ask('write-marks', {
        tables: catalog.tables,
        ownSessionIds: [session.serverSessionId],
      });
      expect([...marks.keys()]).toEqual(['t']);
      const sessions = await session.ask('gate-sessions', { schema: catalog.schema, ownSessionIds: [] });
      expect(sessions.known && sessions.value.some(({ isOwn }) => isOwn)).toBe(true);
    } finally {
      await session.close();
    }
  });
});
