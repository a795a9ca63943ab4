import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { apply, repairFile } from '../apply/applied.js';
import { fewEnginePairs, type TestDatabase, useDatabase } from '../support/database.js';

const TABLES = [
  'select',
  'Group By',
  'back`tick',
  'double"quote',
  "it's",
  'semi;colon -- x',
  'per%cent_',
  'ünï',
  'constructor',
  '$1 ? :x',
  '[a-z]*',
];
const COLUMN_NAMES = [
  'order',
  'Two Words',
  'tick`',
  'quote"',
  "apostrophe'",
  '__proto__',
  'toString',
  'ä',
  '?',
  '\\',
];
const WIDE_COLUMNS = 400;

const quoterOf =
  ({ engine }: TestDatabase) =>
  (name: string) =>
    engine === 'postgresql' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;

describe.each(fewEnginePairs())('names from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);

  beforeAll(async () => {
    for (const database of [source, target]) {
      const quote = quoterOf(database);
      const columns = COLUMN_NAMES.map((name) => `${quote(name)} varchar(20)`).join(', ');
      const values = COLUMN_NAMES.map((_, column) => `'value ${column}'`).join(', ');
      for (const table of TABLES) {
        await database.run(`CREATE TABLE ${quote(table)} (${quote('key"`;')} int PRIMARY KEY, ${columns});
          INSERT INTO ${quote(table)} VALUES (1, ${values}), (2, ${values})`);
      }
    }
  });

  it('with quotes, blanks, keywords and upper case are verified', async () => {
    const { result } = await compare({ source, target, flags: { 'chunk-rows': '1' } });
    expect(result).toMatchObject({
      verdict: 'verified',
      totals: { tables: TABLES.length, sourceRows: 2 * TABLES.length },
    });
  });

  it('of that kind name the columns that differ', async () => {
    const quote = quoterOf(target);
    for (const table of TABLES) {
      await target.run(
        `UPDATE ${quote(table)} SET ${quote('__proto__')} = 'x', ${quote("apostrophe'")} = NULL,
          ${quote('toString')} = NULL WHERE ${quote('key"`;')} = 2`,
      );
    }
    const run = await compare({ source, target });
    expect(listDifferences(run)).toEqual(TABLES.map(() => "changed 2 apostrophe',__proto__,toString"));
    expect(run.differences.map(({ table }) => table.slice(table.indexOf('.') + 1)).sort()).toEqual(
      [...TABLES].sort(),
    );
    expect(Object.entries(run.differences[0]?.difference.target ?? {})).toEqual([
      ["apostrophe'", null],
      ['__proto__', 'x'],
      ['toString', null],
    ]);
    for (const { changedColumns } of run.result.tables) {
      expect(Object.entries(changedColumns)).toEqual([
        ["apostrophe'", 1],
        ['__proto__', 1],
        ['toString', 1],
      ]);
    }
  });

  it.runIf(engines.source === engines.target)(
    'of that kind are repaired, applied, and taken back',
    async () => {
      const differences = listDifferences(await compare({ source, target }));
      expect(differences).toHaveLength(TABLES.length);
      const file = await repairFile({ source, target });
      const applied = await apply(target, file);
      expect(applied.result).toMatchObject({ applied: TABLES.length, refused: 0, differing: 0 });
      expect((await compare({ source, target })).result.verdict).toBe('verified');
      const undone = await apply(target, applied.result.undoPath ?? '');
      expect(undone.result).toMatchObject({ applied: TABLES.length, refused: 0, differing: 0 });
      expect(listDifferences(await compare({ source, target }))).toEqual(differences);
    },
  );

  it('can be spelled out in --tables, where other characters mean something', async () => {
    for (const table of ['[a-z]*', 'back`tick', 'semi;colon -- x']) {
      const run = await compare({ source, target, flags: { tables: [table] } });
      expect(run.result.tables.map((each) => each.source)).toContain(tableResult(run, table).source);
    }
  });
});

describe.each(fewEnginePairs())('a table of 400 columns from $source to $target', (engines) => {
  const source = useDatabase(engines.source);
  const target = useDatabase(engines.target);
  const names = Array.from({ length: WIDE_COLUMNS - 1 }, (_, column) => `c${column}`);

  beforeAll(async () => {
    for (const database of [source, target]) {
      const values = names.map((_, column) => (column % 3 === 0 ? 'NULL' : `${column}`)).join(', ');
      await database.run(`CREATE TABLE wide (id int PRIMARY KEY, ${names.map((name) => `${name} int`).join(', ')});
        INSERT INTO wide VALUES (1, ${values}), (2, ${values}), (3, ${values})`);
    }
  });

  it('is compared to its last column, and NULLs are kept apart from their neighbours', async () => {
    await target.run('UPDATE wide SET c398 = 7 WHERE id = 1; UPDATE wide SET c0 = 1, c1 = NULL WHERE id = 2');
    const run = await compare({ source, target });
    expect(listDifferences(run)).toEqual(['changed 1 c398', 'changed 2 c0,c1']);
    expect(tableResult(run, 'wide').columns).toHaveLength(WIDE_COLUMNS);
  });
});
