import { describe, expect, it, onTestFinished } from 'vitest';
import { engineFor } from '../../src/engines/registry.js';
import type { BegunTransaction } from '../../src/engines/write.js';
import { writeDialectFor } from '../../src/engines/write-registry.js';
import { inClear } from '../apply/applied.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';
import { openTcpProxy } from '../support/tcp-proxy.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };

/** What a proxy makes of a statement, byte for byte as long, by the setting that is another one then. */
const MYSQL: Readonly<Record<string, readonly [said: string, heard: string]>> = {
  time_zone: ["time_zone = '+00:00'", "time_zone = '+01:00'"],
  foreign_key_checks: ['foreign_key_checks = 1', 'foreign_key_checks = 0'],
  unique_checks: ['unique_checks = 1', 'unique_checks = 0'],
};
const MEDDLING: Readonly<Record<TestEngine, typeof MYSQL>> = {
  mariadb: MYSQL,
  mysql: MYSQL,
  postgresql: {
    timezone: ["timezone = 'UTC'", "timezone = 'GMT'"],
    datestyle: ["datestyle = 'ISO, MDY'", "datestyle = 'ISO, DMY'"],
    row_security: ["row_security = 'off'", "row_security = 'yes'"],
  },
};

describe.each(availableEngines())('a transaction on %s that may write', (engine) => {
  const database = useDatabase(engine);

  /** Begins a transaction through a proxy that has the server hear something else. */
  async function begin(said: string, heard: string): Promise<BegunTransaction> {
    expect(heard).toHaveLength(said.length);
    const proxy = await openTcpProxy(
      () => database.url,
      () => (bytes) => Buffer.from(bytes.toString('latin1').replace(said, heard), 'latin1'),
    );
    onTestFinished(() => proxy.close());
    const url = new URL(inClear(proxy.urlFor(database.url)));
    const scheme = url.protocol.slice(0, -1);
    const settings = engineFor(scheme).resolveConnection(url, ENVIRONMENT);
    const dialect = writeDialectFor(scheme);
    const session = await dialect.open(settings, new AbortController().signal);
    try {
      const limits = { lockTimeoutMs: 1000, statementTimeoutMs: 10_000 };
      return await dialect.begin(session, { ...limits, settings: [], server: undefined });
    } finally {
      await session.execute('ROLLBACK');
      await session.close();
    }
  }

  it.each(Object.entries(MEDDLING[engine]))(
    'is not begun where the server has another %s',
    async (name, [said, heard]) => {
      await expect(begin(said, heard)).rejects.toMatchObject({
        code: 'session-state',
        message: `The server did not keep the settings that the repair needs: ${name}.`,
      });
      await expect(begin(said, said)).resolves.toHaveProperty('outcomeSql');
    },
  );
});
