import { describe, expect, it } from 'vitest';
import { availableEngines, enginePairs, type TestEngine, useDatabase } from '../support/database.js';
import { expectRoundTrip, writeRepair } from './repair-round.js';

const TYPES: Readonly<Record<'mysql' | 'postgresql', string>> = {
  mysql: `word VARCHAR(20), code CHAR(5), raw VARBINARY(20), price DECIMAL(10,3), ratio DOUBLE, at DATETIME(6), clock TIME(3),
    day DATE, n BIGINT, half BIGINT GENERATED ALWAYS AS (n DIV 2) VIRTUAL) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
  postgresql: `word VARCHAR(20), code CHAR(5), raw BYTEA, price NUMERIC(10,3), ratio DOUBLE PRECISION, at TIMESTAMP, clock TIME(3),
    day DATE, n BIGINT, half BIGINT GENERATED ALWAYS AS (n / 2) STORED)`,
};

/** Word, code, bytes, price, ratio, at, clock, day, n: many differ in one thing only. */
const VALUES = [
  [null, null, null, null, null, null, null, null, null],
  ["''", "''", '', '0', '0', "'2024-01-01 00:00:00'", "'00:00:00'", "'2024-01-01'", '0'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'A'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a '", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'ä'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'A'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '6100', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.501', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.5', '0.30000000000000004', "'2024-01-01 00:00:00.000001'", null, null, '1'],
  ["'a'", "'a'", '61', '1.5', '0.3', "'2024-01-01 00:00:00.000001'", null, null, '1'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000002'", "'00:00:00.001'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.002'", "'2024-02-29'", '1'],
  ["'a'", "'a'", '61', '1.5', '0.1', "'2024-01-01 00:00:00.000001'", "'00:00:00.001'", "'2024-02-29'", null],
  ["'NULL'", "'a'", '00ff27', '-1.5', '-0.1', "'2024-01-01 00:00:00'", null, null, '9223372036854775807'],
  ["'?'", "'it''s'", '5c27', '-1.5', '1e300', "'2024-01-01 00:00:00'", null, null, '-9223372036854775808'],
] as const;

/** How often each of the rows is on the source and on the target. */
const COPIES: readonly (readonly [source: number, target: number])[] = [
  [5, 2],
  [0, 1],
  [2, 0],
  [1, 2],
  [0, 5],
  [1, 0],
  [2, 5],
  [5, 0],
  [2, 1],
  [1, 5],
  [0, 2],
  [5, 1],
  [5, 5],
  [1, 1],
  [0, 2],
  [2, 1],
];

const NAMES = 'word, code, raw, price, ratio, at, clock, day, n';

function insertRows(engine: TestEngine, table: string, copies: (row: number) => number): string {
  const rows = VALUES.flatMap((values, row) => {
    const [word, code, raw, ...others] = values;
    const bytes = engine === 'postgresql' ? `decode('${raw}', 'hex')` : `x'${raw}'`;
    const list = [word, code, raw === null ? null : bytes, ...others].map((value) => value ?? 'NULL');
    return Array.from({ length: copies(row) }, () => `(${list.join(', ')})`);
  });
  return `INSERT INTO ${table} (${NAMES}) VALUES ${rows.join(', ')}`;
}

function createTable(engine: TestEngine, table: string): string {
  return `CREATE TABLE ${table} (${engine === 'postgresql' ? TYPES.postgresql : TYPES.mysql}`;
}

describe.each(enginePairs())('rows without a key, $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  it('are made as many as on the source, exactly, and are brought back', async () => {
    for (const [side, database] of [source, target].entries()) {
      const engine = database.engine;
      const copies = (row: number): number => COPIES[row]?.[side] ?? 0;
      await database.run(`${createTable(engine, 't')}; ${insertRows(engine, 't', copies)}`);
    }
    const written = await expectRoundTrip({ source, target });
    expect(written.result.stderr).not.toContain('alone');
    expect(written.repair).toContain('17 inserted, 0 updated, 18 deleted, 0 left alone');
  }, 120_000);
});
