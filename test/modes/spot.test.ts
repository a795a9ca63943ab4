import { beforeAll, describe, expect, it } from 'vitest';
import { listScope } from '../../src/report/scope-sentences.js';
import { compare } from '../app/compare.js';
import { fewEnginePairs, useDatabase } from '../support/database.js';

const ROWS = 6000;
const CHUNK = 500;

function values(): string {
  return Array.from({ length: ROWS }, (_, i) => `(${i * 10}, 'v${i}')`).join(', ');
}

describe.each(fewEnginePairs())('spot mode from $source to $target', ({ source: from, target: to }) => {
  const source = useDatabase(from);
  const target = useDatabase(to);
  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE t (id bigint PRIMARY KEY, v varchar(20) NOT NULL)');
      await side.run(`INSERT INTO t VALUES ${values()}`);
    }
  });
  const spot = (flags: Record<string, string>) =>
    compare({ source, target, flags: { mode: 'spot', ...flags } });

  it('says sampled, never verified, and reads a share of the rows on both sides', async () => {
    const { result } = await spot({ ratio: '30%', seed: '1' });
    const [table] = result.tables;
    expect(result).toMatchObject({ verdict: 'sampled', mode: 'spot', ratio: 0.3 });
    expect(table?.verdict).toBe('sampled');
    expect(table?.sourceRows).toBeGreaterThanOrEqual(CHUNK);
    expect(table?.sourceRows).toBeLessThan(ROWS);
    expect(table?.targetRows).toBe(table?.sourceRows);
    expect(table?.findings.map((finding) => finding.code)).toEqual(['sampled-share']);
  });

  it('says of a small table that all of it was read, and nowhere else that it was not', async () => {
    for (const side of [source, target]) await side.run('CREATE TABLE small (id int PRIMARY KEY)');
    for (const side of [source, target]) await side.run('INSERT INTO small VALUES (1), (2), (3)');
    const { result } = await spot({ tables: 'small' });
    for (const side of [source, target]) await side.run('DROP TABLE small');
    expect(result.verdict).toBe('sampled');
    expect(result.tables[0]?.findings[0]?.message).toBe(
      'Read 1 of 1 chunk of up to 500 source rows (100.0%). That is all of the table in this run; only full mode calls it verified.',
    );
    expect(listScope(result).join('\n')).not.toMatch(/only a sample was read/i);
  });

  it('draws the same chunks for the same seed and others for another', async () => {
    const drawn = new Set<number>();
    for (const seed of ['1', '2', '3']) {
      const [first, second] = [await spot({ ratio: '40%', seed }), await spot({ ratio: '40%', seed })];
      expect(first.result.totals).toEqual(second.result.totals);
      drawn.add(first.result.totals.sourceRows);
    }
    expect(drawn.size).toBeGreaterThan(1);
  });

  it('always reads the first and the last chunk, with rows before and after every source key', async () => {
    await target.run("INSERT INTO t VALUES (-7, 'x'), (999999, 'y')");
    const { result, differences } = await spot({ ratio: '0.001%' });
    await target.run('DELETE FROM t WHERE id IN (-7, 999999)');
    expect(result.verdict).toBe('different');
    expect(differences.map(({ difference }) => [difference.kind, difference.key])).toEqual([
      ['extra', { id: '-7' }],
      ['extra', { id: '999999' }],
    ]);
  });

  it('sees rows that only the target has inside a drawn chunk', async () => {
    await target.run("INSERT INTO t VALUES (15, 'between')");
    const { differences } = await spot({ ratio: '1%' });
    await target.run('DELETE FROM t WHERE id = 15');
    expect(differences.map(({ difference }) => difference.key)).toEqual([{ id: '15' }]);
  });

  it('is a full check at 100%', async () => {
    const { result } = await spot({ ratio: '100%' });
    expect(result).toMatchObject({ verdict: 'verified', mode: 'full', ratio: null });
    expect(result.totals.sourceRows).toBe(ROWS);
  });
});
