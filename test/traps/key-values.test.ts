import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { enginePairs, type TestDatabase, useDatabase } from '../support/database.js';
import { wordsOf } from './type-words.js';

interface KeyCase {
  readonly name: string;
  readonly type: (database: TestDatabase) => string;
  /** In key order, as SQL. */
  readonly keys: (database: TestDatabase) => readonly string[];
}

const same = (keys: readonly string[]) => () => keys;
const quoted = (keys: readonly string[]) => () => keys.map((key) => `'${key}'`);
const BYTES = [
  '',
  '00',
  '0000',
  '0001',
  '22',
  '27',
  '2c',
  '2c27',
  '5c',
  '5c27',
  '7f',
  '80',
  'ff',
  'ff00',
  'ffff',
];

const CASES: readonly KeyCase[] = [
  { name: 'negative', type: () => 'int', keys: same(['-2147483648', '-1', '0', '1', '2147483647']) },
  {
    name: 'signed_64',
    type: () => 'bigint',
    keys: same([
      '-9223372036854775808',
      '-9007199254740993',
      '-9007199254740992',
      '9007199254740992',
      '9007199254740993',
      '9223372036854775807',
    ]),
  },
  {
    name: 'unsigned_64',
    type: (database) => wordsOf(database).unsignedBigint,
    keys: same([
      '0',
      '9223372036854775807',
      '9223372036854775808',
      '9223372036854775809',
      '18446744073709551614',
      '18446744073709551615',
    ]),
  },
  {
    name: 'fraction',
    type: () => 'numeric(30,10)',
    keys: same([
      '-12345678901234567890.5',
      '-0.0000000001',
      '0',
      '0.0000000001',
      '9007199254740993.1',
      '12345678901234567890.1234567890',
    ]),
  },
  {
    name: 'day',
    type: () => 'date',
    keys: quoted(['1000-01-01', '1969-12-31', '1970-01-01', '2024-02-29', '9999-12-31']),
  },
  {
    name: 'civil_time',
    type: (database) => wordsOf(database).datetime,
    keys: quoted([
      '1000-01-01 00:00:00',
      '1969-12-31 23:59:59.999999',
      '2024-02-29 12:00:00.000001',
      '2024-02-29 12:00:00.000002',
      '9999-12-31 23:59:59.999999',
    ]),
  },
  {
    name: 'clock',
    type: ({ engine }) => (engine === 'postgresql' ? 'time' : 'time(6)'),
    keys: quoted(['00:00:00', '00:00:00.000001', '12:00:00', '23:59:59.999999']),
  },
  {
    name: 'binary_bytes',
    type: (database) => wordsOf(database).bytes(20),
    keys: (database) => BYTES.map((hex) => wordsOf(database).bytesLiteral(hex)),
  },
];

/** Every kind of key that both engines share, walked a row at a time, so that each value becomes a bound of both sides. */
describe.each(enginePairs())('keys from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      for (const { name, type, keys } of CASES) {
        const rows = keys(database).map((key, id) => `(${key}, ${id})`);
        await database.run(`CREATE TABLE ${name} (k ${type(database)} NOT NULL PRIMARY KEY, id int);
          INSERT INTO ${name} VALUES ${rows.join(', ')}`);
      }
    }
  });

  it('of every kind are walked and verified, a row or two a chunk', async () => {
    for (const chunkRows of ['1', '2']) {
      const run = await compare({ source, target, flags: { 'chunk-rows': chunkRows } });
      for (const { name, keys } of CASES) {
        const { length } = keys(source);
        expect(tableResult(run, name)).toMatchObject({
          verdict: 'verified',
          sourceRows: length,
          targetRows: length,
        });
      }
    }
  });

  it('of every kind name the row that differs, that is missing and that is extra', async () => {
    const outermost = (name: string): string => `(SELECT MIN(id) FROM (SELECT id FROM ${name}) AS copy)`;
    for (const { name } of CASES) {
      await target.run(
        `UPDATE ${name} SET id = id + 100 WHERE id = 1; DELETE FROM ${name} WHERE id = ${outermost(name)}`,
      );
      await source.run(`DELETE FROM ${name} WHERE id = 3`);
    }
    const run = await compare({ source, target, flags: { 'chunk-rows': '1' } });
    const lines = listDifferences(run).map((line) => line.split(' ')[0]);
    expect(lines).toEqual(CASES.flatMap(() => ['missing', 'changed', 'extra']));
  });
});
