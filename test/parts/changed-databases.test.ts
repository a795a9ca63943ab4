import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { openPartsFolder, type PartsFolder, partNames } from './parts-run.js';

describe('parts of a run that has fewer rows than asked for', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('say so where they are merged, and not each', async () => {
    for (const { run } of [source, target])
      await run(
        'CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 40); ANALYZE t',
      );
    const folder = openPartsFolder(
      { source, target },
      'chunkRows: 5\nminRows: 30\ntableSettings: { t: { minRows: 39 } }\n',
    );
    try {
      await folder.plan(2);
      expect(await folder.parts(2)).toEqual([0, 0]);
      expect((await folder.merge(partNames(2))).exitCode).toBe(0);
      const half = await folder.merge(['part-1.json']);
      expect(half.exitCode).toBe(3);
      expect(half.result?.findings.map(({ code }) => code)).toContain('few-rows');
    } finally {
      folder.remove();
    }
  });
});

describe('parts of databases that change', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  const other = useDatabase('postgresql');
  let folder: PartsFolder;

  beforeAll(async () => {
    for (const { run } of [source, target, other])
      await run(
        'CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); INSERT INTO t VALUES (1, NULL), (2, NULL)',
      );
    folder = openPartsFolder({ source, target }, 'workers: 1\n');
    await folder.plan(2);
    await folder.parts(2);
  });
  afterAll(() => folder.remove());

  it('are refused where another server answers, unless the user vouches for it, which the result says', async () => {
    const { exitCode, stderr } = await folder.part(1, ['--target', other.url]);
    expect(stderr).toMatch(/another server answers as the target: it was .* and is .* now/);
    expect(exitCode).toBe(2);
    const same = ['--target', other.url, '--same-data', '--output', folder.path('part-1-same.json')];
    expect((await folder.part(1, same)).exitCode).toBe(0);
    const merged = await folder.merge(['part-1-same.json', 'part-2.json']);
    expect(merged.result?.parts?.isSameData).toBe(true);
    expect((await folder.merge(partNames(2))).result?.parts?.isSameData).toBe(undefined);
  });

  it('are read although the target alone has another table now', async () => {
    await target.run('CREATE TABLE u (id int)');
    expect((await folder.part(1)).exitCode).toBe(0);
    await target.run('DROP TABLE u');
  });

  it.each([
    [
      'a column more',
      ['target'],
      'ALTER TABLE t ADD b int',
      'ALTER TABLE t DROP COLUMN b',
      /another column now, b/,
    ],
    [
      'a table more',
      ['source', 'target'],
      'CREATE TABLE u (id int)',
      'DROP TABLE u',
      /another table now, public\.u/,
    ],
    [
      'a table less',
      ['source', 'target'],
      'ALTER TABLE t RENAME TO v',
      'ALTER TABLE v RENAME TO t',
      /t is no longer there/,
    ],
  ])('are refused for %s between them, by name', async (_title, sides, change, back, message) => {
    const databases = { source, target };
    const alter = async (script: string): Promise<void> => {
      for (const side of sides) await databases[side as keyof typeof databases].run(script);
    };
    await alter(change);
    const [part, merged] = [await folder.part(1), await folder.merge(partNames(2))];
    await alter(back);
    expect(part.stderr).toMatch(message);
    expect(merged.stderr).toMatch(message);
    expect([part.exitCode, merged.exitCode]).toEqual([2, 2]);
  });
});
