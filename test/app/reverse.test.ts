import { describe, expect, it } from 'vitest';
import { reverseConfig } from '../../src/app/reverse-config.js';
import { verify } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { RunConfig } from '../../src/config/run-config.js';
import type { RunResult } from '../../src/core/result.js';
import { useDatabase } from '../support/database.js';

async function run(config: RunConfig): Promise<RunResult> {
  const outcome = await verify(config);
  await outcome.close();
  return outcome.result;
}

describe('the way back', () => {
  const old = useDatabase('mariadb');
  const next = useDatabase('postgresql');
  const flags = () => ({
    source: old.url,
    target: next.url,
    map: ['Orders=orders_v2'],
    'match-names': 'snake-case',
    'ignore-columns': ['Orders.Note'],
    where: ['Orders:Id < 100'],
    relax: ['Orders.Name:trim'],
    key: ['Orders:Id'],
    'source-timezone': 'Europe/Berlin',
    'recheck-for': '0s',
  });

  it('compares what the forward run paired, with its conditions, zones, keys and relaxations', async () => {
    await old.run(
      `CREATE TABLE Orders (Id INT PRIMARY KEY, Name VARCHAR(20), Note VARCHAR(9), PaidAt DATETIME);
       CREATE TABLE Gone (id INT PRIMARY KEY); INSERT INTO Gone VALUES (1);
       INSERT INTO Orders VALUES (1, 'a ', 'x', '2026-01-01 12:00:00'), (2, 'b', 'x', '2026-07-01 12:00:00'), (500, 'far', 'x', NULL)`,
    );
    await next.run(
      `CREATE TABLE orders_v2 (id INT PRIMARY KEY, name TEXT, note TEXT, paid_at TIMESTAMPTZ, added TEXT DEFAULT 'new');
       CREATE TABLE fresh (id INT PRIMARY KEY); INSERT INTO fresh VALUES (7);
       INSERT INTO orders_v2 VALUES (1, 'a', 'y', '2026-01-01 11:00:00Z'), (2, 'b', 'z', '2026-07-01 10:00:00Z')`,
    );
    const forward = resolveFlags(flags());
    const there = await run(forward);
    expect(there.tables.map(({ source, verdict }) => [source, verdict])).toEqual([
      [`${old.name}.Gone`, 'different'],
      [`${old.name}.Orders`, 'verified'],
    ]);
    const back = await run(await reverseConfig(forward));
    expect(back.tables.map(({ source, target, verdict }) => [source, target, verdict])).toEqual([
      ['public.orders_v2', `${old.name}.Orders`, 'verified'],
    ]);
    expect(back.verdict).toBe('verified');
    expect(back.source.engine).toBe('postgresql');
    expect(back.scope.excluded).toEqual(
      expect.arrayContaining(['public.fresh', 'public.orders_v2.note', 'public.orders_v2.added']),
    );
    expect(back.scope.conditions).toMatchObject([{ table: 'public.orders_v2' }]);
  });

  it('finds what was written on the new side alone', async () => {
    await next.run(
      `INSERT INTO orders_v2 VALUES (3, 'c', 'n', NULL), (900, 'beyond the condition', 'n', NULL);
       UPDATE orders_v2 SET name = 'B' WHERE id = 2`,
    );
    const back = await run(await reverseConfig(resolveFlags(flags())));
    expect(back.totals).toMatchObject({ missing: 1, extra: 0, changed: 1 });
    expect(back.tables[0]?.changedColumns).toEqual({ Name: 1 });
  });
});
