import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { fewEngines, useDatabase } from '../support/database.js';
import { wordsOf } from '../traps/type-words.js';

/** So many equal rows between two that differ that looking those up is less work than reading the range. */
const EQUAL_BETWEEN = 20;

/** Keys whose literals a server may read in more than one way; nothing between them but equal rows. */
const TEXTS = [
  'NULL',
  'null',
  '{a,b}',
  '{}',
  'a"b',
  "it's",
  '"',
  'a,b',
  'back\\slash',
  ' lead',
  'Ä 😀',
  '%_',
  '-',
  '1',
  "'', '",
];
const NUMBERS = ['-9223372036854775808', '-1', '0', '42', '9223372036854775807'];
const TIMES = ['1999-12-31 23:59:59.999999', '2000-01-01 00:00:00', '2024-02-29 12:00:00.5'];
const DECIMALS = ['-12345678901234567890.5', '-0.1', '0', '0.01', '99999999999999999999.9'];

describe.each(fewEngines())('rows of %s that are looked up by their keys', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  const { codepointText, datetime } = wordsOf({ engine } as never);
  const quoted = (text: string): string =>
    `'${text.replaceAll("'", "''").replaceAll('\\', engine === 'postgresql' ? '\\' : '\\\\')}'`;
  const tables = {
    texts: { type: codepointText(40), keys: TEXTS, between: (n: number) => `between ${n}` },
    numbers: { type: 'bigint', keys: NUMBERS, between: (n: number) => `${1000 + n}` },
    times: {
      type: datetime,
      keys: TIMES,
      between: (n: number) => `2010-01-01 00:00:${String(n % 60).padStart(2, '0')}.${n}`,
    },
    decimals: { type: 'decimal(30,2)', keys: DECIMALS, between: (n: number) => `${1000 + n}` },
  };

  beforeAll(async () => {
    for (const [name, { type, keys, between }] of Object.entries(tables)) {
      const equal = Array.from({ length: keys.length * EQUAL_BETWEEN }, (_, n) => between(n));
      for (const [database, v] of [
        [source, 1],
        [target, 2],
      ] as const) {
        await database.run(`CREATE TABLE ${name} (k ${type} PRIMARY KEY, v int)`);
        const rows = [...keys.map((key) => [key, v] as const), ...equal.map((key) => [key, 1] as const)];
        for (const [key, value] of rows)
          await database.run(`INSERT INTO ${name} VALUES (${quoted(key)}, ${value})`);
      }
    }
  });

  it.each(Object.entries(tables))('are exactly those that differ: %s', async (name, { keys }) => {
    const run = await compare({ source, target, flags: { tables: [name] } });
    expect(run.result.tables[0]?.strategy).toBe('range');
    expect(listDifferences(run)).toHaveLength(keys.length);
    expect(run.result.tables[0]).toMatchObject({ changed: keys.length, missing: 0, extra: 0, inFlight: 0 });
  });
});
