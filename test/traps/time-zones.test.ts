import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../app/compare.js';
import { enginePairs, useDatabase } from '../support/database.js';
import { wordsOf } from './type-words.js';

const HOURS = 200;
/** Hours around both changes of the clock in New York and in Europe in 2024. */
const STARTS = [
  '2024-03-09T00:00:00Z',
  '2024-03-30T00:00:00Z',
  '2024-10-26T00:00:00Z',
  '2024-11-02T00:00:00Z',
];
const INSTANTS = STARTS.flatMap((start) =>
  Array.from({ length: HOURS / STARTS.length }, (_, hour) =>
    new Date(Date.parse(start) + hour * 3_600_000).toISOString().replace('T', ' ').replace('Z', ''),
  ),
);

describe.each(enginePairs())('servers that do not run in UTC, from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    const rows = INSTANTS.map((instant, id) => `(${id}, '${instant}', '${instant}')`).join(', ');
    for (const database of [source, target]) {
      const { instant, datetime } = wordsOf(database);
      const inUtc = database.engine === 'postgresql' ? "SET timezone = 'UTC'" : "SET time_zone = '+00:00'";
      await database.run(`${inUtc};
        CREATE TABLE clock (id int PRIMARY KEY, at ${instant} NULL, civil ${datetime});
        CREATE TABLE clock_key (at ${instant} NOT NULL PRIMARY KEY, id int);
        INSERT INTO clock VALUES ${rows};
        INSERT INTO clock_key SELECT at, id FROM clock`);
    }
  });

  it('make no false difference in any of several workers', async () => {
    const { result } = await compare({ source, target, flags: { workers: '4', 'chunk-rows': '7' } });
    expect(result).toMatchObject({
      verdict: 'verified',
      totals: { sourceRows: 2 * HOURS, targetRows: 2 * HOURS },
    });
  });

  it('do not hide an hour that was shifted, in a value or in a key', async () => {
    const shift = target.engine === 'postgresql' ? "at + interval '1 hour'" : 'at + INTERVAL 1 HOUR';
    await target.run(`UPDATE clock SET at = ${shift} WHERE id = 60; DELETE FROM clock_key WHERE id = 0;
      UPDATE clock_key SET at = '2024-12-24 12:00:00' WHERE id = 199`);
    const run = await compare({ source, target, flags: { workers: '4', 'chunk-rows': '7' } });
    const keys = run.differences.map(({ difference }) => Object.values(difference.key ?? {})[0]);
    expect(listDifferences(run).map((line) => line.split(' ')[0])).toEqual([
      'changed',
      'missing',
      'missing',
      'extra',
    ]);
    expect(keys).toEqual([
      '60',
      expect.stringMatching(/^2024-03-09 00:00:00/),
      expect.stringMatching(/^2024-11-04 01:00:00/),
      expect.stringMatching(/^2024-12-24 12:00:00/),
    ]);
  });
});
