import { beforeAll, describe, expect, it } from 'vitest';
import { runGate } from '../../src/app/gate/run-gate.js';
import { reverseConfig } from '../../src/app/reverse-config.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { GateResult } from '../../src/core/gate/gate-result.js';
import type { TestDatabase } from '../support/database.js';
import { QUIET_MARIADB } from '../support/gate/quiet-servers.js';
import { runOnce } from '../support/gate/run-once.js';
import { useServer } from '../support/servers/use-server.js';

/** Checks of whole servers, which other tests use at the same time. */
const OF_SERVERS = /^(writers|open-transactions|other-readers|connections|accounts|grants|change-log)$/;

function told({ checks }: GateResult, levels: readonly string[]): string[] {
  return checks.flatMap(({ id, findings }) =>
    OF_SERVERS.test(id)
      ? []
      : findings
          .filter(({ level }) => levels.includes(level))
          .map(({ level, subject, evidence }) => `${level} ${id} ${subject}: ${evidence}`),
  );
}

const rows = "(1, '中文', '价格', '2026-01-01'), (2, 'plain', '', NULL)";
const create = (charset: string): string =>
  `CREATE TABLE goods (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) NOT NULL, label CHAR(10), day DATE, KEY (name))
   CHARACTER SET ${charset}; INSERT INTO goods VALUES ${rows};
   CREATE TABLE lines_of (id INT PRIMARY KEY, goods INT, FOREIGN KEY (goods) REFERENCES goods (id)) CHARACTER SET ${charset};
   INSERT INTO lines_of VALUES (1, 1)`;

describe('a schema that was made anew in another character set, in a database of another name', () => {
  const server = useServer(QUIET_MARIADB);
  let old: TestDatabase;
  let next: TestDatabase;
  const config = () => resolveFlags({ source: old.url, target: next.url, 'recheck-for': '0s' });

  beforeAll(async () => {
    old = await server.openDatabase();
    next = await server.openDatabase();
    await runOnce(old, create('gbk'));
    await runOnce(next, create('utf8mb4'));
  });

  it('passes: every text that the old one holds fits into the new one', async () => {
    const { result } = await runGate({ config: config(), phase: 'cutover' });
    expect(told(result, ['failed', 'not-checked'])).toEqual([]);
    expect(result.rows).toMatchObject({ verdict: 'verified', isUpToDate: true });
  });

  it('warns on the way back, where the old one cannot hold what the new one takes', async () => {
    const { result } = await runGate({
      config: await reverseConfig(config()),
      phase: 'cutover',
      isReversed: true,
    });
    expect(result.rows?.verdict).toBe('verified');
    expect(told(result, ['failed', 'warning']).join('\n')).toMatch(/columns .*goods\.name/);
    expect(result.source.url).toContain(next.name);
  });
});
