import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { fillSide, injected, SETTINGS } from './parts-data.js';
import {
  comparable,
  listRows,
  type Outcome,
  openPartsFolder,
  type PartsFolder,
  partNames,
  partsWith,
  statementsOf,
} from './parts-run.js';

describe.each([
  { source: 'mariadb', target: 'postgresql' },
  { source: 'postgresql', target: 'postgresql' },
] as const)('a run in parts, $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  let folder: PartsFolder;
  let single: Outcome;

  beforeAll(async () => {
    await fillSide(source, 'source');
    await fillSide(target, 'target');
    folder = openPartsFolder({ source, target }, SETTINGS);
    single = await folder.single();
  });
  afterAll(() => folder.remove());

  it('is held against a single run that found what was put in', () => {
    expect(single.exitCode).toBe(1);
    const found = listRows(single).filter((row) => !/public\.(keyless|sampled) /.test(row));
    expect(found.toSorted()).toEqual(injected().toSorted());
  });

  it.each([1, 3, 16])(
    'of %i parts says what a single run says',
    async (count) => {
      const planned = await folder.plan(count);
      // A table without a partner is a difference that is known before a row is read.
      expect(planned.exitCode).toBe(1);
      const codes = await folder.parts(count);
      expect(codes.filter((code) => ![0, 1, 3].includes(code))).toEqual([]);
      const merged = await folder.merge(partNames(count));
      expect(merged.stderr).toContain(`Merging ${count} part`);
      expect(comparable(merged)).toEqual(comparable(single));
      expect(merged.differences).toEqual(single.differences);
      expect(statementsOf(merged)).toEqual(statementsOf(single));
      expect(merged.exitCode).toBe(1);
      expect(merged.result?.parts).toMatchObject({ of: count, missing: [] });
    },
    120_000,
  );

  it('is cut within tables that are walked, and only there', async () => {
    await folder.plan(64);
    const divided = ['ints', 'composites'].map((table) => partsWith(folder, table).length);
    for (const count of divided) expect(count).toBeGreaterThan(1);
    for (const table of ['texts', 'buckets', 'keyless', 'indexless', 'counted', 'sampled', 'empties'])
      expect([table, partsWith(folder, table).length]).toEqual([table, 1]);
  });
});

describe('more parts than rows', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  it('are read and joined, those too that have nothing to read', async () => {
    for (const { run } of [source, target])
      await run('CREATE TABLE few (id int PRIMARY KEY); INSERT INTO few VALUES (1), (2), (3)');
    await source.run('ANALYZE few; DELETE FROM few WHERE id = 2');
    const folder = openPartsFolder({ source, target }, 'chunkRows: 1\nworkers: 1\nseed: 5\n');
    try {
      expect((await folder.plan(9)).exitCode).toBe(0);
      expect(partsWith(folder, 'few').length).toBeLessThan(9);
      expect((await folder.parts(9)).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
      const merged = await folder.merge(partNames(9));
      expect(listRows(merged)).toEqual(['extra public.few 2']);
      expect(comparable(merged)).toEqual(comparable(await folder.single()));
    } finally {
      folder.remove();
    }
  });
});
