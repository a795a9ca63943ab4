import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';

const NUMBERS = [
  ...[
    '0.0049',
    '0.0050',
    '0.0051',
    '1.0050',
    '1.0150',
    '-1.0050',
    '-1.0149',
    '-1.0151',
    '0.9950',
    '99999.9949',
  ],
  ...Array.from({ length: 40 }, (_, i) => `${i * 37 - 700}.${String(i * 259 + 1).padStart(4, '0')}`),
];

describe.each(fewEnginePairs())('decimals that were rounded from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const rows = NUMBERS.map((number, i) => `(${i + 1}, ${number})`).join(', ');
  const fill = ({ run }: TestDatabase, scale: number): Promise<void> =>
    run(
      `CREATE TABLE amounts (id int PRIMARY KEY, v decimal(10,${scale})); INSERT INTO amounts VALUES ${rows}`,
    );

  beforeAll(async () => {
    await fill(source, 4);
    await fill(target, 2);
  });

  it('are explained, and the tolerance that the report names takes them for equal, and no other', async () => {
    const strict = await compare({ source, target });
    const [{ relaxation } = { relaxation: '' }] = tableResult(strict, 'amounts').diagnoses;
    expect(relaxation).toBe('tolerance=0.005');
    await target.run('UPDATE amounts SET v = v + 0.01 WHERE id IN (1, 4, 20)');
    const relaxed = await compare({ source, target, flags: { relax: `amounts.v:${relaxation}` } });
    expect(listDifferences(relaxed)).toEqual(['changed 1 v', 'changed 4 v', 'changed 20 v']);
  });
});
